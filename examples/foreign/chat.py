"""The chat service of the user sign-up: what it does with a command, and that it does it once (docs/joining.md)."""
import json
import sqlite3

TABLES = """
CREATE TABLE IF NOT EXISTS members (user_id TEXT PRIMARY KEY, request_id TEXT);
CREATE TABLE IF NOT EXISTS answers (source TEXT, id TEXT, outcome TEXT, body TEXT, PRIMARY KEY (source, id));
"""


class Chat:
    types = ("chat.add-user", "chat.take-back-user", "chat.remove-user", "chat.put-back-user")

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + TABLES)

    # [once]
    def answer(self, attributes, body):
        """(outcome, JSON) for a command: the work and the answer in one transaction; a repeated one is not done again."""
        key = (attributes["source"], attributes["id"])
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            known = self.db.execute("SELECT outcome, body FROM answers WHERE source = ? AND id = ?", key).fetchone()
            if not known:
                reason = self.refuse(attributes, json.loads(body))
                known = ("rejected", json.dumps({"reason": reason})) if reason else ("success", "{}")
                self.db.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (*key, *known))
        return known
    # [/once]

    def refuse(self, attributes, command):
        """Does it; the reason if it can't be done."""
        step = attributes["id"].rsplit("/action", 1)[0].rsplit("/compensation", 1)[0]
        undone = self.seen(attributes["source"], step + "/compensation")
        if attributes["sagakind"] == "command" and undone:
            return "compensated"  # it comes after what undoes it
        if attributes["sagakind"] == "compensation" and not self.seen(attributes["source"], step + "/action", "success"):
            return None  # there is nothing to undo
        return getattr(self, attributes["type"].split(".")[1].replace("-", "_"))(command)

    def seen(self, source, id, outcome="%"):
        return self.db.execute("SELECT 1 FROM answers WHERE source = ? AND (id = ? OR substr(id, 1, ?) = ?) AND outcome LIKE ?",
                               (source, id, len(id) + 1, id + "/", outcome)).fetchone()

    def add_user(self, command):
        if self.db.execute("SELECT 1 FROM members WHERE user_id = ?", (command["user_id"],)).fetchone():
            return "duplicate-user"
        self.put_back_user(command)

    def put_back_user(self, command):
        self.db.execute("INSERT OR REPLACE INTO members VALUES (?, ?)", (command["user_id"], command["request_id"]))

    def remove_user(self, command):
        self.db.execute("DELETE FROM members WHERE user_id = ?", (command["user_id"],))

    take_back_user = remove_user
