"""A sign-up whose chat is one of examples/foreign."""
import contextlib
import os
import sqlite3
import subprocess
import unittest
from pathlib import Path

from signup_service import PATIENCE, document
from split_service import SplitService, shared_broker

FOREIGN = Path(__file__).resolve().parents[2] / "examples" / "foreign"
COMPLETE = ("USER_INSERT_COMPLETE", "SUCCESS", "SUCCESS")


class ForeignCase(unittest.TestCase):
    program = None  # in examples/foreign

    def began(self, flow="compensate", **options):
        self.service = SplitService(shared_broker(), flow, **options)
        self.addCleanup(self.service.close)
        self.service.chats[0].stop()
        self.chat = None
        self.addCleanup(self.end)
        self.start()
        return self.service

    def command(self):
        """The arguments of the program."""
        raise NotImplementedError

    def database(self):
        return str(Path(self.service.folder, "foreign.db"))

    def plant(self, user_id):
        """A member that is there before its sign-up."""
        with contextlib.closing(sqlite3.connect(self.database())) as db, db:
            db.execute("INSERT INTO members (user_id) VALUES (?)", (user_id,))

    def topic(self, which):
        """req or res, as the configuration names it."""
        for line in self.service.config.read_text(encoding="utf-8").splitlines():
            if line.startswith("topics:"):
                return {"req": line.split("commands: ")[1].split(",")[0],
                        "res": line.split("replies: ")[1].rstrip("}")}[which]
        raise AssertionError("no topics in the configuration")

    def start(self):
        self.chat = subprocess.Popen([str(FOREIGN / self.program), *self.command()],
                                     env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})

    def end(self, kill=False):
        if self.chat and self.chat.poll() is None:
            (self.chat.kill if kill else self.chat.terminate)()
            self.chat.wait(PATIENCE)

    def assert_ends(self, user_id, *end):
        self.assertEqual(self.service.end_of(user_id), document(user_id, *end), self.service.logged())


class JoinsCase:
    """What every one of them does that knows docs/joining.md."""

    def test_completes_compensates_and_removes(self):
        service = self.began()
        service.plant("customer", "bob")
        service.sign_up("ada")
        self.assert_ends("ada", *COMPLETE)
        service.sign_up("bob")
        self.assert_ends("bob", "USER_INSERT_FAIL", "ROLLED_BACK", "FAIL", "duplicate-user")
        service.remove("ada")
        self.assert_ends("ada", "USER_DELETE_COMPLETE", "SUCCESS", "SUCCESS")
        service.sign_up("ada")
        self.assert_ends("ada", *COMPLETE)

    def test_rejects_a_duplicate(self):
        service = self.began("synchronise")
        service.sign_up("ada")
        self.assert_ends("ada", *COMPLETE)
        self.plant("bob")
        service.sign_up("bob")
        self.assert_ends("bob", "USER_INSERT_COMPLETE", "FAIL", "SUCCESS", "duplicate-user")

    def test_goes_on_after_a_kill(self):
        service = self.began()
        for n in range(10):
            service.sign_up(f"ada-{n}")
        self.end(kill=True)
        self.start()
        for n in range(10):
            self.assert_ends(f"ada-{n}", *COMPLETE)
