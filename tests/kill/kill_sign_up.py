#!/usr/bin/env python3
"""A load of sign-ups and removals; kill -9 at a random moment; start again; round after round. Then all is counted.

kill_sign_up.py --service PROGRAM [--broker kafka|amqp] [--rounds N] [--seed S] [--patience SECONDS]

With --broker it is three programs, over the broker whose address SAGAFLOW_SERVICE tells: user_service is killed each time,
the others half of the times.

What must hold at the end, from the answers that clients got and from the SQLite files:
  every accepted request has ended;
  no handler took effect twice (triggers in the three databases note each effect);
  every user is in all three services or in none, duplicates that were planted beforehand apart;
  a sign-up failed only where a duplicate was planted.
"""
import argparse
import http.client
import json
import os
import random
import sqlite3
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "signup"))
import signup_service  # noqa: E402
from signup_service import Service, terminal  # noqa: E402
from split_service import SplitService, shared_broker  # noqa: E402

CLIENTS = 8
EFFECTS = """
CREATE TABLE IF NOT EXISTS effects (what TEXT NOT NULL, user_id TEXT NOT NULL, request_id TEXT);
CREATE TRIGGER IF NOT EXISTS note_insert AFTER INSERT ON users
    BEGIN INSERT INTO effects VALUES ('insert', new.user_id, new.request_id); END;
CREATE TRIGGER IF NOT EXISTS note_delete AFTER DELETE ON users
    BEGIN INSERT INTO effects VALUES ('delete', old.user_id, old.request_id); END;
"""


class Programs(SplitService):
    """All are killed or stopped, and started again, as one."""

    def __init__(self, chance):
        self.chance = chance
        super().__init__(shared_broker(), more="log: {{level: warn}}")

    def others(self):
        return [*self.chats, *self.customers]

    def kill(self):
        for program in self.others():
            if self.chance.random() < 0.5:
                program.kill()
        super().kill()

    def stop(self):
        return sum(abs(status) for status in [super().stop(), *(p.stop() for p in self.others())])

    def start(self, flow="compensate"):
        for program in self.others():
            if program.process.poll() is not None:
                program.start()
        super().start(flow)


class Load:
    """Clients that sign up users of their own, and remove some, until the service is gone."""

    def __init__(self, service, number, chance):
        self.service = service
        self.number = number
        self.chance = chance
        self.accepted = {}  # user id -> whether its last accepted request is a removal
        self.unanswered = set()
        self.surprises = []
        self.in_the_way = set()  # of user ids in chat or customer: planted, or being planted when the service died
        self.planted = set()
        self.lock = threading.Lock()
        self.enough = threading.Event()
        self.target = chance.randint(1, 60)

    def run(self):
        clients = [threading.Thread(target=self.client, args=(n,)) for n in range(CLIENTS)]
        for c in clients:
            c.start()
        self.enough.wait()
        threading.Event().wait(self.chance.random() * 0.03)  # the moment is the point
        self.service.kill()
        for c in clients:
            c.join()

    def client(self, n):
        count = 0
        try:
            while True:
                user_id = f"u-{self.number}-{n}-{count}"
                count += 1
                self.sign_up(user_id, duplicate=count % 7 == 0)
                if count % 5 == 0:
                    self.service.end_of(user_id)
                    self.remove(user_id)
        except (OSError, http.client.HTTPException):
            self.enough.set()

    def sign_up(self, user_id, duplicate):
        if duplicate:
            with self.lock:
                self.in_the_way.add(user_id)
            if self.service.try_to_plant(("chat", "customer")[len(user_id) % 2], user_id) == 204:  # else nobody knows
                with self.lock:
                    self.planted.add(user_id)
        self.ask(user_id, False, lambda: self.service.sign_up(user_id))

    def remove(self, user_id):
        self.ask(user_id, True, lambda: self.service.remove(user_id))

    def ask(self, user_id, removal, request):
        with self.lock:
            self.unanswered.add(user_id)
        status = request()[0]
        with self.lock:
            self.unanswered.discard(user_id)
            if status == 202:
                self.accepted[user_id] = removal
            elif (status, removal) != (404, True):  # the sign-up failed: there is nobody to remove
                self.surprises.append(f"{user_id} was answered {status}")
            if len(self.accepted) >= self.target:
                self.enough.set()


def watch_effects(service):
    assert service.stop() == 0
    for name in ("user", "chat", "customer"):
        with sqlite3.connect(Path(service.folder, "data", f"{name}.db")) as db:
            db.executescript(EFFECTS)
    service.start()


def rows(service, name, sql):
    with sqlite3.connect(Path(service.folder, "data", f"{name}.db")) as db:
        return db.execute(sql).fetchall()


class NotEnded(Exception):
    pass


def ends(service, user_ids):
    """The last document of each. The first that does not come says enough."""
    documents = {}
    for user_id in user_ids:
        give_up = time.monotonic() + signup_service.PATIENCE
        stream = service.events(user_id)
        try:
            while (block := stream.next()) is not None:
                if "data" in block:
                    documents[user_id] = json.loads(block["data"])
                if time.monotonic() > give_up:  # heartbeats come for ever
                    raise TimeoutError
        except TimeoutError:
            raise NotEnded(f"{user_id} has not ended: {documents.get(user_id)}") from None
        if user_id not in documents:
            raise NotEnded(f"{user_id} is not known: {service.ask('GET', f'/user/{user_id}/status')[2]}")
    return documents


def complain(service, rounds):
    """What does not hold. The service runs, and is stopped here."""
    accepted = {u: removal for r in rounds for u, removal in r.accepted.items()}
    unanswered = {u for r in rounds for u in r.unanswered}
    planted = {u for r in rounds for u in r.planted}
    in_the_way = {u for r in rounds for u in r.in_the_way}
    found = [s for r in rounds for s in r.surprises]
    documents = ends(service, accepted)
    known = {u for u in unanswered if service.ask("GET", f"/user/{u}/status")[0] == 200}
    documents.update(ends(service, known))
    found += [f"{u} has not ended: {d}" for u, d in documents.items() if not terminal(d)]
    found += [f"{u} failed: {d}" for u, d in documents.items() if d["userStatus"].endswith("_FAIL") and u not in in_the_way]
    found += [f"{u} did not fail: {documents[u]}" for u in planted & documents.keys()
              if documents[u]["userStatus"] != "USER_INSERT_FAIL"]
    assert service.stop() == 0

    where = {"user": {u for (u,) in rows(service, "user", "SELECT user_id FROM users WHERE state = 'active'")}}
    for name in ("chat", "customer"):
        where[name] = {u for (u,) in rows(service, name, "SELECT user_id FROM users WHERE request_id IS NOT NULL")}
    found += [f"{u} is in {[n for n in where if u in where[n]]} only" for u in set().union(*where.values())
              if not all(u in there for there in where.values())]
    complete = {u for u, d in documents.items() if d["userStatus"] == "USER_INSERT_COMPLETE"}
    found += [f"{u}: its status and the tables differ" for u in complete ^ where["user"]]
    found += [f"{u} is left as {state}" for u, state in
              rows(service, "user", "SELECT user_id, state FROM users WHERE state <> 'active'")]
    for name in where:
        twice = "SELECT what, user_id, COUNT(*) FROM effects WHERE request_id IS NOT NULL GROUP BY 1, 2, request_id HAVING COUNT(*) > 1"
        found += [f"{name}: {what} of {u} took effect {n} times" for what, u, n in rows(service, name, twice)]
    print(f"{len(accepted)} users with accepted requests, {len(unanswered)} unanswered of which {len(known)} were taken on, "
          f"{sum(accepted.values())} removals, {len(planted)} planted, {len(where['user'])} users at the end")
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--service", required=True)
    options.add_argument("--broker", choices=("kafka", "amqp"))
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--patience", type=int, default=signup_service.PATIENCE)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    chosen = options.parse_args()
    os.environ["SAGAFLOW_SIGNUP"] = chosen.service
    signup_service.PATIENCE = chosen.patience
    print(f"seed {chosen.seed}", flush=True)
    chance = random.Random(chosen.seed)
    if chosen.broker:
        os.environ["SAGAFLOW_BROKER"] = chosen.broker
    service = Programs(chance) if chosen.broker else Service("--log.level=warn")
    try:
        watch_effects(service)
        rounds = []
        for number in range(chosen.rounds):
            rounds.append(Load(service, number, chance))
            rounds[-1].run()
            service.start()
        try:
            found = complain(service, rounds)
        except NotEnded as why:
            found = [str(why)]
        print("\n".join(found))
        if found:
            print(service.logged())
        sys.exit(1 if found else 0)
    finally:
        service.close()


if __name__ == "__main__":
    main()
