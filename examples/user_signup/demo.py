#!/usr/bin/python3
"""The sign-up over a private broker: starts Kafka or RabbitMQ, then customer_service, chat_service and user_service.

./demo --transport kafka|amqp builds the programs and calls this. It stays in the foreground; SIGINT and SIGTERM end all.
"""
import argparse
import contextlib
import fcntl
import http.client
import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import services  # noqa: E402
from services import processes  # noqa: E402

READY = "listening on http://"
PATIENCE = 30  # seconds that a program may take to end
CONFIG = """# For user_service, chat_service and customer_service: each takes what concerns it.
data: {data}
signup:
  flow: {flow}
transport:
  kind: {kind}
{broker}
"""
BROKERS = {"kafka": (services.kafka, lambda at: f"  kafka:\n    hosts: [{at['kafka']}]"),
           "amqp": (services.rabbitmq, lambda at: f"  amqp:\n    hosts: [{at['amqp']}]")}


class Ended(Exception):
    pass


class Program:
    def __init__(self, broker, folder, name, *arguments):
        self.name = name
        self.command = [str(folder / name), *arguments]
        # The mark lets the broker's guard end the program too, should this script be killed.
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, start_new_session=True,
                                        env=processes.environment(broker.root / name))
        line = self.process.stdout.readline()
        if not line.startswith(READY):
            raise Ended(f"{name} did not start")
        self.address = line.removeprefix(READY).strip()
        self.port = self.address.rpartition(":")[2]

    def wait_until_ready(self):
        while self.process.poll() is None:
            connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            finally:
                connection.close()
            threading.Event().wait(0.05)
        raise Ended(f"{self.name} did not start")

    def again(self):
        """The command that starts it again, on the same port."""
        kept = [a for a in self.command if not a.startswith("--port")]
        return " ".join([*kept, f"--port={self.port}"])

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(broker, chosen, config, running):
    """The programs, those first that the others ask."""
    def begin(name, *arguments):
        running.append(Program(broker, chosen.programs, name, f"--config={config}", *arguments))
        return running[-1]
    customer = begin("customer_service", "--port=0")
    chat = begin("chat_service", "--port=0")
    user = begin("user_service", f"--port={chosen.port}", f"--chat.instances={chat.address}",
                 f"--customer.instances={customer.address}")
    for program in running:
        program.wait_until_ready()
    return user


def stay(running):
    """Until a signal comes. The programs may come and go: sign-ups wait for them."""
    while True:
        ends = {os.pidfd_open(program.process.pid): program for program in running}
        select.select(list(ends), [], [])
        for end in ends:
            os.close(end)
        for program in [p for p in running if p.process.poll() is not None]:
            running.remove(program)
            print(f"{program.name} ended; sign-ups wait for it. To start it again:\n  {program.again()}", flush=True)


@contextlib.contextmanager
def alone(data):
    """With the folder: a second demo in it would end the broker of the first one."""
    data.mkdir(parents=True, exist_ok=True)
    with open(data / "demo.lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Ended(f"another one runs in {data}: stop it first, or choose another folder with --data") from None
        yield


def serve(chosen):
    kind, lines = BROKERS[chosen.transport]
    running = []
    print(f"starting {kind.kind} and the three services", flush=True)
    with kind(folder=chosen.data / kind.kind) as broker:
        try:
            config = chosen.data / "signup.yaml"
            config.write_text(CONFIG.format(data=json.dumps(str(chosen.data)), flow=chosen.flow, kind=chosen.transport,
                                            broker=lines(broker.addresses())), encoding="utf-8")
            user = start(broker, chosen, config, running)
            print(f"{kind.kind} at {broker.addresses()[chosen.transport]}; "
                  f"to try what happens without it: ./services kill9 {kind.kind} --data {chosen.data}, then restart")
            print(f"{READY}{user.address}", flush=True)
            stay(running)
        finally:
            for sign in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sign, signal.SIG_IGN)
            for program in reversed(running):
                program.end()


def stop(*_):
    raise SystemExit(0)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--programs", type=Path, required=True, help="the folder of the programs")
    options.add_argument("--transport", choices=BROKERS, required=True)
    options.add_argument("--port", type=int, default=8000)
    options.add_argument("--data", type=lambda text: Path(text).absolute(), required=True)
    options.add_argument("--flow", choices=("compensate", "synchronise"), default="compensate")
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, stop)
    try:
        chosen = options.parse_args()
        with alone(chosen.data):
            serve(chosen)
    except (Ended, OSError, services.Failure) as trouble:
        sys.exit(f"demo: {trouble}")


if __name__ == "__main__":
    main()
