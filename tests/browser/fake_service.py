#!/usr/bin/python3
"""A small stand-in for the user sign-up: its HTTP interface and nothing behind it.

For working on the page alone, and for tests of answers that the real service gives only in rare moments
(POST /fake/answers {"path", "status", "times"}: the next requests whose path begins so are refused with that status,
and streams of such a path are cut).
Takes the real program's options; state is kept in --data, so that it may be killed and started again.
"""
import argparse
import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "examples/user_signup/page"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".svg": "image/svg+xml"}
OTHERS = ("chat", "customer")
EXPECTED = {
    "userId": "1 to 64 letters, digits, '.', '_' or '-'",
    "userPw": "8 to 128 bytes",
    "email": "one '@' with something on both sides",
    "userName": "1 to 100 characters",
}
VALID = {
    "userId": lambda s: re.fullmatch(r"[A-Za-z0-9._-]{1,64}", s),
    "userPw": lambda s: 8 <= len(s.encode()) <= 128,
    "email": lambda s: re.fullmatch(r"[^@]+@[^@]+", s),
    "userName": lambda s: 1 <= len(s) <= 100,
}


def terminal(document):
    return document["userStatus"].endswith(("_COMPLETE", "_FAIL"))


class Signups:
    """The sagas: each status document is written to the file before anyone sees it."""

    def __init__(self, folder, flow):
        self.file = Path(folder) / "fake.json"
        self.flow = flow
        self.changed = threading.Condition()
        self.faults = {name: {"delayMs": 0, "deaf": False} for name in OTHERS}
        self.state = {"sequence": 0, "users": [], "chat": [], "customer": [], "sagas": {}}
        if self.file.exists():
            self.state = json.loads(self.file.read_text())
        for user_id, saga in self.state["sagas"].items():
            if not terminal(saga["events"][-1][1]):
                threading.Thread(target=self.run, args=(user_id,), daemon=True).start()

    def save(self):
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(self.state))
        fresh.rename(self.file)
        self.changed.notify_all()

    def events(self, user_id):
        saga = self.state["sagas"].get(user_id)
        return saga["events"] if saga else None

    def add_event(self, user_id, **changes):
        events = self.state["sagas"][user_id]["events"]
        document = dict(events[-1][1], **changes)
        self.state["sequence"] += 1
        events.append([self.state["sequence"], document])
        self.save()

    def begin(self, user_id, status, fields):
        """Returns a problem, or None when the saga runs."""
        with self.changed:
            saga = self.state["sagas"].get(user_id)
            if saga and not terminal(saga["events"][-1][1]):
                same = status == saga["events"][0][1]["userStatus"] and fields == saga["fields"]
                return None if same else (409, "same user exists", f"another request for {user_id} is running")
            if status == "USER_INSERT" and user_id in self.state["users"]:
                return 409, "same user exists", f"{user_id} is signed up already"
            if status == "USER_DELETE" and user_id not in self.state["users"]:
                return 404, "no such user", f"{user_id} is not signed up"
            document = {"userId": user_id, "userStatus": status, "chatStatus": "PENDING", "customerStatus": "PENDING",
                        "reason": None}
            self.state["sequence"] += 1
            self.state["sagas"][user_id] = {"fields": fields, "events": [[self.state["sequence"], document]]}
            self.save()
        threading.Thread(target=self.run, args=(user_id,), daemon=True).start()
        return None

    def run(self, user_id):
        """Until both services have answered; then the end."""
        due = {name: time.monotonic() + 0.15 + 0.1 * OTHERS.index(name) for name in OTHERS}
        while True:
            time.sleep(0.02)
            with self.changed:
                document = self.events(user_id)[-1][1]
                waiting = [name for name in OTHERS if document[f"{name}Status"] == "PENDING"]
                for name in waiting:
                    fault = self.faults[name]
                    if not fault["deaf"] and time.monotonic() >= due[name] + fault["delayMs"] / 1000:
                        self.settle(user_id, name, document["userStatus"])
                if not waiting:
                    self.finish(user_id)
                    return

    def settle(self, user_id, name, status):
        there = self.state[name]
        if status == "USER_INSERT" and user_id in there:
            self.add_event(user_id, **{f"{name}Status": "FAIL", "reason": "same user exists"})
            return
        if status == "USER_INSERT":
            there.append(user_id)
        elif user_id in there:
            there.remove(user_id)
        self.add_event(user_id, **{f"{name}Status": "SUCCESS"})

    def finish(self, user_id):
        document = self.events(user_id)[-1][1]
        kind = document["userStatus"]
        refused = any(document[f"{name}Status"] == "FAIL" for name in OTHERS)
        if refused and self.flow == "compensate":
            for name in OTHERS:
                if document[f"{name}Status"] == "SUCCESS":
                    self.state[name].remove(user_id)
                    self.add_event(user_id, **{f"{name}Status": "ROLLED_BACK"})
            self.add_event(user_id, userStatus=f"{kind}_FAIL")
            return
        if kind == "USER_INSERT":
            self.state["users"].append(user_id)
        else:
            self.state["users"].remove(user_id)
        self.add_event(user_id, userStatus=f"{kind}_COMPLETE")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    signups = None
    refusals = []  # {"path", "status", "times"}

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", content_type="application/json", **headers):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def problem(self, status, title, detail, **more):
        document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
        self.answer(status, json.dumps(document).encode(), "application/problem+json")

    def refusal(self):
        return next((r for r in self.refusals if r["times"] > 0 and self.path.startswith(r["path"])), None)

    def refused(self):
        refusal = self.refusal()
        if refusal:
            refusal["times"] -= 1
            self.problem(refusal["status"], "not now", "the service is busy; try again in a moment")
        return refusal is not None

    def body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")

    def do_POST(self):
        body = self.body()
        if self.path == "/fake/answers":
            with self.signups.changed:
                self.refusals.append(body)
                self.signups.changed.notify_all()
            self.answer(204)
        elif self.refused():
            pass
        elif self.path == "/user":
            self.sign_up(body)
        elif self.path == "/demo/users":
            with self.signups.changed:
                self.signups.state[body["service"]].append(body["userId"])
                self.signups.save()
            self.answer(204)
        elif self.path == "/demo/faults":
            self.signups.faults[body["service"]] = body
            self.answer(204)
        else:
            self.problem(404, "not found", self.path)

    def sign_up(self, fields):
        errors = [{"pointer": f"/{name}", "detail": EXPECTED[name]} for name in EXPECTED if not VALID[name](fields.get(name, ""))]
        if errors:
            self.problem(400, "invalid sign-up", "some fields are not as expected", errors=errors)
            return
        self.begun(fields["userId"], self.signups.begin(fields["userId"], "USER_INSERT", fields))

    def begun(self, user_id, refusal):
        if refusal:
            self.problem(*refusal)
        else:
            self.answer(202, b"{}", Location=f"/user/{user_id}/status")

    def do_DELETE(self):
        if not self.refused():
            user_id = self.path.split("/")[2]
            self.begun(user_id, self.signups.begin(user_id, "USER_DELETE", None))

    def do_GET(self):
        asked = re.fullmatch(r"/user/([^/]+)/(events|status)", self.path)
        if self.refused():
            pass
        elif not asked:
            self.file()
        elif self.signups.events(asked[1]) is None:
            self.problem(404, "no such user", f"nothing is known of {asked[1]}")
        elif asked[2] == "status":
            self.answer(200, json.dumps(self.signups.events(asked[1])[-1][1]).encode())
        else:
            self.stream(asked[1])

    def file(self):
        file = PAGE / (self.path.lstrip("/") or "index.html")
        if file.suffix in TYPES and file.is_file():
            self.answer(200, file.read_bytes(), TYPES[file.suffix])
        else:
            self.problem(404, "not found", self.path)

    def stream(self, user_id):
        last = self.headers.get("Last-Event-ID", "")
        seen = int(last) if last.isdigit() else 0
        events = self.signups.events(user_id)
        if events[-1][0] <= seen and terminal(events[-1][1]):
            self.answer(204)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self.wfile.write(b"retry: 500\n\n")
            self.follow(events, seen)
        except OSError:
            pass  # the client left

    def follow(self, events, seen):
        while not self.refusal():
            with self.signups.changed:
                fresh = [event for event in events if event[0] > seen]
                if not fresh:
                    self.signups.changed.wait(15)
                    continue
            for number, document in fresh:
                self.wfile.write(f"id: {number}\ndata: {json.dumps(document)}\n\n".encode())
                seen = number
            self.wfile.flush()
            if terminal(fresh[-1][1]):
                return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    address_family = socket.AF_INET


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8000)
    options.add_argument("--data", required=True)
    options.add_argument("--flow", choices=("compensate", "synchronise"), default="compensate")
    chosen = options.parse_args()
    Handler.signups = Signups(chosen.data, chosen.flow)
    server = Server(("127.0.0.1", chosen.port), Handler)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
