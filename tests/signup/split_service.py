"""The sign-up as user_service, chat_service and customer_service, over a broker that is there."""
import json
import os
import shutil
import tempfile
import uuid
from pathlib import Path

from signup_service import Program, Service

CONFIG = """
data: {data}
signup: {{flow: {flow}}}
transport:
  kind: {kind}
  {kind}: {settings}
wire: {wire}
topics: {{commands: {name}.req, replies: {name}.res}}
{more}
"""
PARTITIONS = {"kafka": {"partitions": 2}}


def programs():
    """The folder of the programs."""
    return Path(os.environ["SAGAFLOW_SIGNUP"]).parent


def broker_kind():
    return os.environ["SAGAFLOW_BROKER"]


def shared_broker(what=None):
    """The address of the broker that ctest started, or what else it tells."""
    lines = Path(os.environ["SAGAFLOW_SERVICE"]).read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)[what or broker_kind()]


class Part(Program):
    """chat_service or customer_service."""

    def __init__(self, name, config):
        super().__init__()
        self.name = name
        self.config = config
        self.start()

    def command(self):
        return [str(programs() / self.name), f"--config={self.config}", f"--port={self.port}"]

    def address(self):
        return f"127.0.0.1:{self.port}"


class SplitService(Service):
    """What is asked of it goes to user_service; so do kill, start and stop. `more`: lines of YAML. `settings`: more of the
    transport's. Without `ready` they may still be starting."""

    def __init__(self, address, flow="compensate", wire="cloudevents", more="", ready=True, settings=None):
        self.folder = tempfile.mkdtemp(prefix="signup-")
        self.config = Path(self.folder, "signup.yaml")
        name = f"signup-{uuid.uuid4().hex[:8]}"
        self.config.write_text(CONFIG.format(
            data=Path(self.folder, "data"), flow=flow, kind=broker_kind(), wire=wire, name=name,
            settings=json.dumps({"hosts": [address], **PARTITIONS.get(broker_kind(), {}), **(settings or {})}),
            more=more.format(name=name)), encoding="utf-8")
        self.chats, self.customers = [], []
        try:
            self.customers.append(Part("customer_service", self.config))
            self.chats.append(Part("chat_service", self.config))
            for part in [*self.chats, *self.customers] if ready else []:
                part.wait_until_ready()
            super().__init__(flow=flow, folder=self.folder)
            if ready:
                self.wait_until_ready()
        except BaseException:
            self.close()
            raise

    def user_command(self, port, *arguments):
        return [str(programs() / "user_service"), f"--config={self.config}", f"--port={port}", *arguments]

    def command(self):
        return [*self.user_command(self.port, *self.arguments), f"--flow={self.flow}",
                "--chat.instances=" + ",".join(p.address() for p in self.chats),
                "--customer.instances=" + ",".join(p.address() for p in self.customers)]

    def another_chat(self):
        self.chats.append(Part("chat_service", self.config))
        self.chats[-1].wait_until_ready()
        return self.chats[-1]

    def close(self):
        if getattr(self, "process", None):
            super().close()
        for part in [*self.chats, *self.customers]:
            part.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def logged(self):
        return "".join([super().logged(), *(f"\n{p.name}: {p.logged()}" for p in [*self.chats, *self.customers])])
