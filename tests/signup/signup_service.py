"""The user sign-up as a process, and plain HTTP towards it: nothing in between that would make requests nicer."""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

PATIENCE = 60  # seconds; a bound on waiting, never a pause
CHEAP_PASSWORDS = ["--passwords.memory_kib=64", "--passwords.passes=1"]
JSON = {"Content-Type": "application/json"}
STREAM = {"Accept": "text/event-stream"}


def binary():
    return os.environ["SAGAFLOW_SIGNUP"]


def terminal(document):
    return document["userStatus"].endswith(("_COMPLETE", "_FAIL"))


class Stream:
    """A text/event-stream as it arrives: fields of one event as a dict, comments under "comment"."""

    def __init__(self, response):
        self.response = response

    def next(self):
        """The next event, comment or retry; None at the end of the body."""
        block = {}
        while True:
            line = self.response.readline()
            if not line:
                return block or None
            line = line.decode().rstrip("\n")
            if not line:
                if block:
                    return block
                continue
            name, _, value = line.partition(": " if not line.startswith(":") else ":")
            block[name or "comment"] = value.strip()

    def events(self):
        """(id, document) of each event to the end of the body."""
        while (block := self.next()) is not None:
            if "data" in block:
                yield int(block["id"]), json.loads(block["data"])

    def first(self):
        return next(self.events())

    def until(self, wanted):
        return next(event for event in self.events() if wanted(event[1]))

    def close(self):
        self.response.close()


class Program:
    """One of the programs as a process. The port is free at the first start, and the same one from then on."""

    def __init__(self):
        self.log = tempfile.TemporaryFile("w+")
        self.process = None
        self.port = 0

    def command(self):
        raise NotImplementedError

    def start(self):
        self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=self.log, text=True)
        deadline = threading.Timer(PATIENCE, self.process.kill)
        deadline.start()
        line = self.process.stdout.readline()
        deadline.cancel()
        prefix = "listening on http://127.0.0.1:"
        if not line.startswith(prefix):
            raise RuntimeError(f"it did not get ready: {line!r} {self.logged()}")
        self.port = int(line.removeprefix(prefix))

    def wait_until_ready(self):
        self.wait_for("/readyz", lambda status, _: status == 200)

    def wait_for(self, path, holds):
        """Asks until holds(status, body as text); the answer."""
        deadline = time.monotonic() + PATIENCE
        while not holds(*(answer := self.get(path))):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{path} never became what was waited for: {answer} {self.logged()}")
            threading.Event().wait(0.02)
        return answer

    def get(self, path):
        """(status, body as text) of its HTTP interface."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.process.stdout.close()

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return status

    def close(self):
        if self.process.poll() is None:
            self.kill()
        self.log.close()

    def logged(self):
        self.log.seek(0)
        return self.log.read()


class Service(Program):
    """user_signup, and what clients ask of it."""

    def __init__(self, *arguments, flow="compensate", folder=None, passwords=CHEAP_PASSWORDS):
        super().__init__()
        self.owns_folder = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="signup-")
        self.arguments = [*passwords, *arguments]
        self.flow = flow
        self.connections = []
        self.start(flow)

    def command(self):
        data = str(Path(self.folder, "data"))
        return [binary(), "--port", str(self.port), "--data", data, "--flow", self.flow, *self.arguments]

    def start(self, flow="compensate"):
        self.flow = flow
        super().start()

    def close(self):
        for connection in self.connections:
            connection.close()
        super().close()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def send(self, method, path, body=None, headers=None):
        """The response, its body unread."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.connections.append(connection)
        connection.request(method, path, body, headers or {})
        return connection.getresponse()

    def ask(self, method, path, body=None, headers=None):
        """(status, headers, body), the body from JSON if it is some."""
        if isinstance(body, (dict, list)):
            body, headers = json.dumps(body).encode(), {**JSON, **(headers or {})}
        response = self.send(method, path, body, headers)
        content = response.read()
        response.close()
        kind = response.headers.get("Content-Type", "")
        return response.status, response.headers, json.loads(content) if "json" in kind and content else content

    def raw(self, data):
        """All that comes back for these bytes, until the other side closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as s:
            s.sendall(data)
            answer = b""
            while chunk := s.recv(65536):
                answer += chunk
            return answer

    def sign_up(self, user_id, headers=None, **fields):
        return self.ask("POST", "/user", {**form(user_id), **fields}, headers)

    def sign_up_stream(self, user_id, headers=None, **fields):
        body = json.dumps({**form(user_id), **fields}).encode()
        return Stream(self.send("POST", "/user", body, {**JSON, **STREAM, **(headers or {})}))

    def remove(self, user_id, headers=None):
        return self.ask("DELETE", f"/user/{user_id}", headers=headers)

    def events(self, user_id, last=None):
        headers = {**STREAM} if last is None else {**STREAM, "Last-Event-ID": str(last)}
        return Stream(self.send("GET", f"/user/{user_id}/events", headers=headers))

    def end_of(self, user_id):
        """The last document of its newest saga, when that has ended."""
        return list(self.events(user_id).events())[-1][1]

    def status(self, user_id):
        return self.ask("GET", f"/user/{user_id}/status")[2]

    def plant(self, service, user_id):
        """Puts a user in the way of a sign-up."""
        status = self.try_to_plant(service, user_id)
        if status != 204:
            raise RuntimeError(f"{user_id} was not put into {service}: {status} {self.logged()}")

    def try_to_plant(self, service, user_id):
        """The status: 503 where nobody knows, because the service is busy or away."""
        return self.ask("POST", "/demo/users", {"service": service, "userId": user_id})[0]

    def fault(self, service, delay_ms=0, deaf=False):
        return self.ask("POST", "/demo/faults", {"service": service, "delayMs": delay_ms, "deaf": deaf})[0]


def form(user_id):
    return {"userId": user_id, "userPw": "analytical engine", "email": f"{user_id}@example.org", "userName": "Ada L."}


def document(user_id, user, chat="PENDING", customer="PENDING", reason=None):
    return {"userId": user_id, "userStatus": user, "chatStatus": chat, "customerStatus": customer, "reason": reason}
