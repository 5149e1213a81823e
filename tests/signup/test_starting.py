"""Options, configuration, and starts that can't be."""
import os
import shutil
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from service_case import ServiceCase
from signup_service import PATIENCE, Service, binary


def run(*arguments, user=None, **environment):
    env = {**os.environ, **environment}
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=PATIENCE, env=env, user=user,
                          check=False)


class FolderCase(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="signup-starting-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def file(self, text):
        path = self.folder / "signup.yaml"
        path.write_text(text)
        return str(path)

    def refused(self, *arguments):
        ended = run(*arguments)
        self.assertEqual(ended.returncode, 1, ended.stderr)
        self.assertEqual(ended.stdout, "")
        return ended.stderr


class ConfigurationTest(FolderCase):
    def test_all_mistakes_are_listed_at_once(self):
        path = self.file("signup:\n  flow: compensat\nhttp:\n  port: 70000\n  prot: 1\npasswords:\n  threads: 0\n")
        errors = self.refused("--config", path, "--check-config")
        for expected in (":2:9: signup.flow", ":4:9: http.port", ":5:3: ", "port", ":7:12: passwords.threads"):
            self.assertIn(expected, errors)

    def test_settings_that_contradict_each_other_are_refused(self):
        errors = self.refused("--chat.group=one", "--customer.group=one", "--check-config")
        self.assertIn("customer.group", errors)

    def test_places_that_are_none_are_found_before_the_start(self):
        errors = self.refused("--data=", "--http.address=localhost", "--check-config")
        self.assertIn("data: is empty", errors)
        self.assertIn("http.address: is no IP address", errors)

    def test_a_good_file_passes_and_is_printed(self):
        path = self.file("signup: {flow: synchronise}\nhttp: {port: 0}\nlog: {format: ecs}\n")
        self.assertEqual(run("--config", path, "--check-config").returncode, 0)
        printed = run("--config", path, "--print-config", SAGAFLOW__HTTP__HEARTBEAT="5s")
        self.assertEqual(printed.returncode, 0)
        for expected in ("synchronise", "5s", "ecs"):
            self.assertIn(expected, printed.stdout)

    def test_help_names_the_options(self):
        text = run("--help").stdout
        for option in ("--port", "--data", "--flow", "--config", "--check-config", "--print-config"):
            self.assertIn(option, text)

    def test_the_page_about_all_settings_is_what_the_program_prints(self):
        page = Path(__file__).resolve().parents[2] / "docs/settings.md"
        self.assertEqual(page.read_text() if page.exists() else "", run("--print-reference").stdout,
                         "refresh it: build/dev/examples/user_signup/user_signup --print-reference > docs/settings.md")


class RefusedStartTest(FolderCase):
    def test_a_data_folder_that_is_a_file(self):
        path = self.file("")
        self.assertIn(path, self.refused("--data", path, "--port", "0"))

    def test_a_data_folder_that_cant_be_made(self):
        self.assertIn("/proc/nothing", self.refused("--data", "/proc/nothing/here", "--port", "0"))

    nobody = "nobody" if os.geteuid() == 0 else None  # root may write everywhere

    def test_a_data_folder_without_permission(self):
        self.folder.chmod(0o555)
        ended = run("--data", str(self.folder / "data"), "--port", "0", user=self.nobody)
        self.assertEqual(ended.returncode, 1)
        self.assertIn(str(self.folder), ended.stderr)
        ended = run("--data", str(self.folder), "--port", "0", user=self.nobody)
        self.assertEqual(ended.returncode, 1)
        self.assertIn(str(self.folder), ended.stderr)

    def test_a_database_that_may_not_be_written_to(self):
        service = Service(folder=str(self.folder))
        self.addCleanup(service.close)
        self.assertEqual(service.stop(), 0)
        data = self.folder / "data"
        (data / "chat.db").chmod(0o444)
        if self.nobody:
            self.folder.chmod(0o755)
            for path in (data, *data.iterdir()):
                shutil.chown(path, self.nobody)
        ended = run("--data", str(data), "--port", "0", user=self.nobody)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("chat.db' can't be used: it may not be written to", ended.stderr)

    def test_a_store_that_is_no_database(self):
        (self.folder / "sagas.db").write_bytes(b"x" * 5000)
        self.assertIn("sagas.db", self.refused("--data", str(self.folder), "--port", "0"))


class AddressTest(FolderCase):
    def test_an_ipv6_address_is_told_as_a_url_has_it(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError as why:
            self.skipTest(f"this machine has no IPv6: {why}")
        command = [binary(), "--http.address", "::1", "--port", "0", "--data", str(self.folder / "data")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            line = process.stdout.readline()
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)
        self.assertRegex(line, r"^listening on http://\[::1\]:\d+$")


class NeighboursTest(ServiceCase):
    def test_a_folder_in_use_is_refused_and_its_owner_named(self):
        ended = run("--port", "0", "--data", str(Path(self.service.folder, "data")))
        self.assertEqual(ended.returncode, 1)
        self.assertIn(str(self.service.process.pid), ended.stderr)
        self.assertEqual(self.service.sign_up("ada")[0], 202)

    def test_a_port_in_use_is_refused(self):
        ended = run("--port", str(self.service.port), "--data", str(Path(self.service.folder, "other")))
        self.assertEqual(ended.returncode, 1)
        self.assertIn(str(self.service.port), ended.stderr)

    def test_other_files_in_the_folder_stay(self):
        note = Path(self.service.folder, "data", "note.txt")
        note.write_text("mine")
        self.assertEqual(self.service.stop(), 0)
        self.service.start()
        self.assertEqual(note.read_text(), "mine")


class SecretsTest(ServiceCase):
    arguments = ("--log.level=debug",)
    passwords = ("analytical engine", "a wrong password", "hunter2-hunter2")

    def test_no_password_is_kept_or_told_anywhere(self):
        self.service.fault("chat", deaf=True)
        told = [self.service.sign_up("ada", userPw=pw)[2] for pw in self.passwords]
        told.append(self.service.sign_up("b d", userPw=self.passwords[2])[2])
        self.service.fault("chat")
        told.append(list(self.service.events("ada").events()))
        files = [p for p in Path(self.service.folder).rglob("*") if p.is_file()]
        content = b"".join(p.read_bytes() for p in files) + self.service.logged().encode() + str(told).encode()
        self.assertIn(b"$argon2id$", content)
        for pw in self.passwords:
            self.assertNotIn(pw.encode(), content)
        for p in files:
            self.assertEqual(p.stat().st_mode & 0o077, 0, p)
        for p in files:
            if not p.name.startswith("user.db"):
                self.assertNotIn(b"$argon2id$", p.read_bytes(), p)
