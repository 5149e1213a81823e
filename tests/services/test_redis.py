"""Redis: the quickest of the servers, so what holds for all of them is tested here too."""
import os
import signal
import subprocess
import tempfile

from service_case import ServiceCase, client, processes, services


def cli(redis, *command):
    return client("redis-cli", "-p", redis.ports["redis"], *command).strip()


class RedisTest(ServiceCase):
    def test_data_survive_kill9_and_restart_on_the_same_port(self):
        # [kill]
        with services.redis() as redis:
            port = redis.ports["redis"]
            cli(redis, "set", "name", "Ada")
            redis.kill9()
            self.assertIsNone(redis.server("redis").pid)
            redis.start()
            self.assertEqual((port, "Ada"), (redis.ports["redis"], cli(redis, "get", "name")))
        # [/kill]
            redis.restart()
            self.assertEqual("Ada", cli(redis, "get", "name"))

    def test_two_side_by_side_know_nothing_of_each_other(self):
        one, other = services.redis(), services.redis()
        with self.gone_afterwards(one, other):
            cli(one, "set", "name", "Ada")
            one.kill9()
            self.assertEqual("", cli(other, "get", "name"))

    def test_a_paused_server_is_silent_until_it_may_go_on_and_can_be_ended(self):
        redis = self.began(services.redis())
        redis.pause()
        self.assertFalse(redis.server("redis").answers(""))
        redis.resume()
        self.assertEqual("PONG", cli(redis, "ping"))
        redis.pause()
        redis.stop()
        self.assertIsNone(redis.server("redis").pid)
        self.assert_refused("does not run", redis.pause)

    def test_a_kept_folder_goes_on_with_its_data_and_its_port(self):
        with tempfile.TemporaryDirectory() as folder:
            with services.redis(folder=f"{folder}/r") as redis:
                port = redis.ports["redis"]
                cli(redis, "set", "name", "Ada")
            with services.redis(folder=f"{folder}/r") as redis:
                self.assertEqual((port, "Ada"), (redis.ports["redis"], cli(redis, "get", "name")))
            self.assertEqual([], processes.members(folder))

    def test_a_server_that_was_killed_from_outside_is_no_hindrance_even_as_a_zombie(self):
        redis = self.began(services.redis())
        pid = redis.server("redis").pid
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # it ended; only we, its parent, can take the zombie away
        redis.start()
        self.assertEqual("PONG", cli(redis, "ping"))

    def test_a_stale_note_with_the_pid_of_something_else_harms_nobody(self):
        redis = self.began(services.redis())
        redis.kill9()
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as bystander:
            _, *rest = processes.identity(bystander.pid).split()
            (redis.server("redis").folder / processes.NOTE).write_text(f"{bystander.pid} 1 {rest[-1]}", encoding="ascii")
            redis.kill9()
            redis.stop()
            self.assertIsNone(redis.server("redis").pid)
            self.assertIsNone(bystander.poll())
            bystander.stdin.close()
            self.assertEqual(0, bystander.wait())

    def test_no_open_file_of_ours_gets_into_the_server(self):
        with tempfile.NamedTemporaryFile() as held:
            os.set_inheritable(held.fileno(), True)
            redis = self.began(services.redis())
            folder = f"/proc/{redis.server('redis').pid}/fd"
            self.assertNotIn(held.name, [os.readlink(f"{folder}/{fd}") for fd in os.listdir(folder)])
