"""The sign-up over a broker, with the interface of service.Service. SAGAFLOW_BROKER says over which."""
import atexit
import os
import sys
from pathlib import Path

from service import Service

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/signup"), str(ROOT / "scripts")]
import services  # noqa: E402
from split_service import SplitService  # noqa: E402

KINDS = {"kafka": services.kafka, "amqp": services.rabbitmq}


class Broker:
    """A broker of this process's own: one for all its tests."""

    def __init__(self):
        self.name = os.environ["SAGAFLOW_BROKER"]
        self.server = KINDS[self.name]()
        self.server.__enter__()
        atexit.register(self.server.close)

    @property
    def address(self):
        return self.server.addresses()[self.name]

    def kill(self):
        self.server.kill9()

    def start(self):
        self.server.start()


class BrokerService(Service):
    broker = None

    def __init__(self, flow="compensate", _command=None):
        BrokerService.broker = BrokerService.broker or Broker()
        self.programs = SplitService(self.broker.address, flow)
        self.url = f"http://127.0.0.1:{self.programs.port}"

    def kill(self):
        self.programs.kill()

    def start_again(self):
        self.programs.start(self.programs.flow)

    def close(self):
        self.programs.close()

    def readiness(self):
        return self.programs.ask("GET", "/readyz")[0]
