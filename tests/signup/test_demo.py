"""What ./demo --transport kafka|amqp runs: a broker, the three programs, and an orderly end."""
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from signup_service import PATIENCE, Service
from split_service import broker_kind, programs

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
from services import processes  # noqa: E402


class Demo(Service):
    """Answers as the user service that it starts."""

    def command(self):
        return [sys.executable, "-B", str(ROOT / "examples/user_signup/demo.py"), "--programs", str(programs()),
                "--transport", broker_kind(), "--port", str(self.port), "--data", self.folder]

    def start(self, flow="compensate"):
        self.flow = flow
        self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.port = int(self.line("listening on http://127.0.0.1:").rpartition(":")[2])

    def line(self, beginning):
        """The next line that begins so."""
        deadline = threading.Timer(2 * PATIENCE, self.process.kill)
        deadline.start()
        try:
            return next(line for line in self.process.stdout if line.startswith(beginning))
        except StopIteration:
            raise AssertionError(f"no line {beginning!r}: {self.logged()}") from None
        finally:
            deadline.cancel()


class DemoTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="signup-demo-")
        self.addCleanup(folder.cleanup)
        self.demo = Demo(folder=folder.name, passwords=[])
        self.addCleanup(self.demo.close)

    def test_signs_up_stays_alone_tells_of_a_program_that_ended_and_leaves_nothing_behind(self):
        second = subprocess.run([*self.demo.command(), "--port", "0"], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((second.returncode, second.stdout), (1, ""))
        self.assertEqual(second.stderr, f"demo: another one runs in {self.demo.folder}: stop it first, or choose another "
                                        "folder with --data\n")
        self.demo.sign_up("ada")
        self.assertEqual(self.demo.end_of("ada")["userStatus"], "USER_INSERT_COMPLETE")
        for program in ("chat_service", "user_service"):
            os.kill(processes.main_process(f"{self.demo.folder}/{self.kind()}/{program}"), signal.SIGKILL)
            self.demo.line(f"{program} ended; sign-ups wait for it")
        again = subprocess.Popen(shlex.split(self.demo.process.stdout.readline()), stdout=subprocess.PIPE, text=True)
        self.addCleanup(again.stdout.close)
        self.addCleanup(again.wait)
        self.addCleanup(again.kill)
        self.assertEqual(again.stdout.readline(), f"listening on http://127.0.0.1:{self.demo.port}\n")
        self.assertEqual(self.demo.end_of("ada")["userStatus"], "USER_INSERT_COMPLETE")
        again.terminate()
        self.assertEqual(again.wait(PATIENCE), 0)
        self.assertEqual(self.demo.stop(signal.SIGTERM), 0)
        self.assertEqual(processes.members(self.demo.folder), [])

    def kind(self):
        return "rabbitmq" if broker_kind() == "amqp" else broker_kind()
