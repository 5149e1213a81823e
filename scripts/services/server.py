"""One server: a process in a folder of its own, with a log there."""
import collections
import signal
import subprocess
import time
from pathlib import Path

from . import processes
from .failure import Failure, advice

PATIENCE = 120  # seconds; a machine that builds at the same time is slow


class Server:
    """`answers` takes what the log got since the start began, and says whether the server is there for its clients."""

    def __init__(self, name, folder, command, answers, *, env=None, user=None, stop_with=signal.SIGTERM):
        self.name = name
        self.folder = Path(folder)
        self.command = [str(c) for c in command]
        self.answers = answers
        self.env = env or {}
        self.user = user
        self.stop_with = stop_with
        self.process = None
        self.log_start = 0

    @property
    def log(self):
        return self.folder / "log"

    @property
    def pid(self):
        """None when it does not run."""
        return processes.main_process(self.folder)

    def launch(self):
        """Starts it and does not wait. No descriptor of ours but the log gets into it."""
        if self.pid:
            raise Failure(f"{self.name} runs already (pid {self.pid})")
        self.reap()
        self.log_start = self.log.stat().st_size if self.log.exists() else 0
        as_user = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, close_fds=True,
                start_new_session=True, env=processes.environment(self.folder, **self.env), **as_user)
        processes.note(self.folder, self.process.pid)

    def logged(self):
        """What the log got since the last start began."""
        with open(self.log, "rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def wait_until_it_answers(self):
        deadline = time.monotonic() + PATIENCE
        while not self.answers(self.logged()):
            try:
                status = self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                raise Failure(self.told(f"{self.name} does not answer after {PATIENCE} s")) from None
            raise Failure(self.told(f"{self.name} ended with status {status} instead of starting"))

    def told(self, what):
        end = "".join(f"\n  | {line[:300]}" for line in collections.deque(self.logged().splitlines(), 15))
        return f"{what}; the end of {self.log}:{end}{advice(self.logged())}"

    def start(self):
        self.launch()
        self.wait_until_it_answers()

    def stop(self, patience=30):
        """In order, if that takes no longer."""
        processes.stop(self.folder, self.stop_with, patience)
        self.reap()

    def kill9(self):
        processes.kill(self.folder)
        self.reap()

    def pause(self):
        self.expect_running(processes.signal_all(self.folder, signal.SIGSTOP))

    def resume(self):
        self.expect_running(processes.signal_all(self.folder, signal.SIGCONT))

    def expect_running(self, count):
        if not count:
            raise Failure(f"{self.name} does not run: start it with ./services restart {self.name}")

    def reap(self):
        """Takes the zombie of a child away."""
        if self.process:
            self.process.wait()
            self.process = None
