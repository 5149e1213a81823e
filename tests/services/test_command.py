"""./services, as a person and as a test types it; with Redis, the quickest."""
import os
import select
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from service_case import ROOT, ServiceCase, client, ports, ports_kept_for, processes
from services import command

COMMAND = ROOT / "services"


def run(*arguments, env=None):
    return subprocess.run([COMMAND, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=120, check=False, env={**os.environ, **(env or {})})


def addresses(text):
    return dict(line.split(" ", 1) for line in text.splitlines() if line != "ready")


class CommandTest(ServiceCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sagaflow-command-")
        self.addCleanup(folder.cleanup)
        self.data = Path(folder.name, "data")
        self.addCleanup(run, "down", "--remove", "--data", self.data)

    def does(self, *arguments, **how):
        done = run(*arguments, "--data", self.data, **how)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return done.stdout

    def refuses(self, words, *arguments, status=1, **how):
        done = run(*arguments, "--data", self.data, **how)
        self.assertEqual(status, done.returncode, done)
        self.assertIn(words, done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def ping(self, port):
        return client("redis-cli", "-p", port, "ping").strip()


class BackgroundTest(CommandTest):
    def test_up_says_where_the_server_is_and_down_ends_it(self):
        said = self.does("up", "redis")
        self.assertTrue(said.endswith("\nready\n"))
        port = addresses(said)["redis"].removeprefix("127.0.0.1:")
        self.assertEqual("PONG", self.ping(port))
        self.assertEqual(said, (self.data / "redis/addresses").read_text() + "ready\n")
        self.assertEqual(said, self.does("up", "redis"), "one that runs stays as it is")
        self.assertIn("redis runs, pid", self.does("status"))
        self.does("down")
        self.assertIn("redis does not run", self.does("status"))
        self.assertEqual([], processes.members(self.data))
        self.assertEqual(said, self.does("up", "redis"), "the same port again")
        self.does("down", "--remove")
        self.assert_all_gone(self.data, [int(port)], [])

    def test_kill_restart_pause_and_continue(self):
        port = addresses(self.does("up", "redis"))["redis"].removeprefix("127.0.0.1:")
        client("redis-cli", "-p", port, "set", "name", "Ada")
        self.does("pause", "redis")
        self.does("continue", "redis")
        self.does("kill9", "redis")
        self.refuses("redis does not run: start it with", "pause", "redis")
        self.does("restart", "redis")
        self.assertEqual("Ada", client("redis-cli", "-p", port, "get", "name").strip())
        self.does("up", "redis", "--fresh")
        port = addresses(self.does("up", "redis"))["redis"].removeprefix("127.0.0.1:")
        self.assertEqual("", client("redis-cli", "-p", port, "get", "name").strip())

    def test_two_folders_side_by_side(self):
        other = self.data.parent / "other"
        self.addCleanup(run, "down", "--remove", "--data", other)
        one = addresses(self.does("up", "redis"))["redis"]
        another = addresses(run("up", "redis", "--data", other).stdout)["redis"]
        self.assertNotEqual(one, another)
        self.does("down", "--remove")
        self.assertEqual("PONG", self.ping(another.removeprefix("127.0.0.1:")))

    def test_the_port_that_was_asked_for(self):
        folder = self.data.parent / "claim"
        folder.mkdir()
        [port] = ports.claim(folder, 1)
        self.refuses(f"port {port} is kept for", "up", "redis", "--port", port)
        ports.release(folder)
        self.assertEqual(f"127.0.0.1:{port}", addresses(self.does("up", "redis", "--port", port))["redis"])
        self.does("down", "--remove")
        with socket.create_server(("127.0.0.1", port)):
            self.refuses(f"port {port} (redis of redis) is in use by another program", "up", "redis", "--port", port)
        self.assertEqual([], ports_kept_for(self.data / "redis"))

    def test_rabbitmqctl_has_its_own_options_and_data_may_stand_anywhere_before_two_dashes(self):
        nothing_there = f"there is no rabbitmq in {self.data}, only nothing"
        self.refuses(nothing_there, "rabbitmqctl", "list_queues", "--quiet")
        done = run("rabbitmqctl", f"--data={self.data}", "list_queues")
        self.assertEqual((1, True), (done.returncode, nothing_there in done.stderr))
        self.assertIn("expected one argument", run("rabbitmqctl", "list_queues", "--data").stderr)
        for said, data, passed in (
                (["--data", "D", "list_queues", "-p", "/"], Path("D"), ["list_queues", "-p", "/"]),
                (["-q", "list_queues", "--data", "D", "--no-table-headers"], Path("D"),
                 ["-q", "list_queues", "--no-table-headers"]),
                (["eval", "--", "--data", "D"], None, ["eval", "--", "--data", "D"]),
                (["--help"], None, ["--help"])):
            args = command.parser().parse_args(command.separated(["rabbitmqctl", *said]))
            self.assertEqual((data, ["--", *passed]), (args.data, args.arguments))

    def test_wrong_usage_is_refused_with_a_reason(self):
        for words, arguments in (
                ("invalid choice: 'mysql'", ("up", "mysql")), ("invalid choice: 'start'", ("start", "redis")),
                ('--port: expected 1 to 65535, got "0"', ("up", "redis", "--port", "0")),
                ("invalid choice: 'good'", ("up", "rabbitmq", "--certificate", "good")),
                ("required: NAME", ("kill9",)), ("required: KIND", ("up",))):
            self.refuses(words, *arguments, status=2)
        self.refuses("--port is for one kind at a time", "up", "redis", "postgres", "--port", "20000")
        self.refuses("there is no redis in", "kill9", "redis")
        self.refuses("redis does not have the option certificate", "up", "redis", "--certificate", "expired")
        self.refuses("mysql is no kind of server", "down", "mysql")
        self.assertEqual("", run("--help").stderr)
        self.data = self.data.parent / "file"
        self.data.write_text("no folder")
        self.refuses("choose another folder with --data", "up", "redis")

    def test_a_folder_with_something_else_in_it_is_left_alone(self):
        mine = self.data / "redis" / "mine"
        mine.parent.mkdir(parents=True)
        mine.write_text("precious")
        self.refuses("is not empty and no data folder of redis", "up", "redis")
        self.refuses("is not empty and no data folder of redis", "up", "redis", "--fresh")
        self.does("down", "--remove")
        self.assertEqual("precious", mine.read_text())

    def test_what_is_missing_is_named(self):
        self.refuses("there is no bin/java in it", "up", "kafka", env={"JAVA_HOME": str(self.data)})


class ForegroundTest(CommandTest):
    def start(self, *arguments):
        """(process, its port, the folder that it keeps its data in)"""
        process = subprocess.Popen([COMMAND, "up", "redis", "--foreground", *map(str, arguments)], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, "TMPDIR": str(self.data.parent)})
        self.addCleanup(self.end, process)
        lines = iter(process.stdout.readline, "ready\n")
        port = int(dict(line.split() for line in lines)["redis"].removeprefix("127.0.0.1:"))
        folder = self.data if arguments else next(self.data.parent.glob("sagaflow-services-*"))
        return process, port, folder

    def end(self, process):
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()

    def test_all_ends_when_standard_input_closes(self):
        process, port, folder = self.start()
        pids = processes.members(folder)
        self.assertTrue(pids)
        process.stdin.close()
        self.assertEqual(0, process.wait(60))
        self.assert_all_gone(folder, [port], pids)

    def test_all_ends_on_sigterm_and_on_sigint(self):
        for what in (signal.SIGTERM, signal.SIGINT):
            process, port, folder = self.start()
            pids = processes.members(folder)
            process.send_signal(what)
            self.assertEqual(0, process.wait(60))
            self.assert_all_gone(folder, [port], pids)

    def test_all_ends_even_when_it_is_killed(self):
        process, port, folder = self.start()
        pids = processes.members(folder)
        guards = [os.pidfd_open(pid) for pid, parent in processes.parents().items() if parent == process.pid]
        process.kill()
        for guard in guards:
            self.assertTrue(select.select([guard], [], [], 60)[0])
            os.close(guard)
        self.assert_all_gone(folder, [port], pids)

    def test_a_named_folder_is_kept(self):
        process, port, folder = self.start("--data", self.data)
        client("redis-cli", "-p", port, "set", "name", "Ada")
        process.stdin.close()
        self.assertEqual(0, process.wait(60))
        self.assertEqual([], processes.members(folder))
        _, again, _ = self.start("--data", self.data)
        self.assertEqual((port, "Ada"), (again, client("redis-cli", "-p", port, "get", "name").strip()))

    def test_a_folder_where_something_runs_is_refused(self):
        self.does("up", "redis")
        self.refuses("servers run in", "up", "toxiproxy", "--foreground")

    def test_it_tells_when_a_server_died_and_another_command_starts_it_again(self):
        process, port, _ = self.start("--data", self.data)
        self.does("kill9", "redis")
        self.assertEqual("redis ended with status -9\n", process.stderr.readline())
        self.does("restart", "redis")
        self.assertEqual("PONG", self.ping(port))
        process.stdin.close()
        self.assertEqual(0, process.wait(60))
        self.assertEqual([], processes.members(self.data))
