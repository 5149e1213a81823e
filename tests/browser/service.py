"""The sign-up service as a process: started on a free port, killed, started again on the same one."""
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

FAKE = [sys.executable, str(Path(__file__).with_name("fake_service.py"))]
PATIENCE = 60  # seconds; a bound on waiting, never a pause


def configured():
    """The command of the service under test: SAGAFLOW_SIGNUP, or the fake."""
    return shlex.split(os.environ.get("SAGAFLOW_SIGNUP", "")) or FAKE


def over_broker():
    """Whether the services are programs of their own, over a broker."""
    return bool(os.environ.get("SAGAFLOW_BROKER"))


class Service:
    def __init__(self, flow="compensate", command=None):
        self.command = command or configured()
        self.flow = flow
        self.folder = tempfile.mkdtemp(prefix="signup-browser-")
        self.process = None
        self.url = None
        self.start(port=0)

    def start(self, port):
        arguments = [*self.command, "--port", str(port), "--data", self.folder, "--flow", self.flow]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        deadline = threading.Timer(PATIENCE, self.process.kill)
        deadline.start()
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.url = line.split()[-1]
                break
        else:
            raise RuntimeError(f"the service did not get ready: {shlex.join(arguments)} ended with {self.process.wait()}")
        deadline.cancel()
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def kill(self):
        """As a power cut: no chance to say goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def start_again(self):
        self.start(port=int(self.url.rsplit(":", 1)[1]))

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def post(self, path, /, **body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.status

    def put_user_into(self, service, user_id):
        self.post("/demo/users", service=service, userId=user_id)

    def set_fault(self, service, delay_ms=0, deaf=False):
        self.post("/demo/faults", service=service, delayMs=delay_ms, deaf=deaf)
