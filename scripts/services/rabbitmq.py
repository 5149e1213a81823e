"""RabbitMQ with its own epmd, AMQP with and without TLS, the management interface, and two users."""
import base64
import hashlib
import json
import os
import secrets
import subprocess
from pathlib import Path

from . import certificates, install
from .failure import Failure
from .server import Server
from .service import Service
from .wire import asked

# /usr/sbin has wrappers of the same names that change to the user rabbitmq.
PROGRAMS = Path("/usr/lib/rabbitmq/bin")
USERS = {"guest": ("guest", "administrator"), "alice": ("alice-secret", "")}
CONFIGURATION = """
listeners.tcp.local = 127.0.0.1:{amqp}
listeners.ssl.local = 127.0.0.1:{amqps}
ssl_options.cacertfile = {certificates}/ca.pem
ssl_options.certfile = {certificates}/{certificate}.pem
ssl_options.keyfile = {certificates}/{certificate}.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
load_definitions = {folder}/definitions.json
log.console = true
log.console.level = info
log.file = false
vm_memory_high_watermark.absolute = 2GB
disk_free_limit.absolute = 50MB
"""


def password_hash(password):
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


class RabbitMQ(Service):
    """certificate: what the broker shows: server, expired or other-host"""

    kind = "rabbitmq"
    port_names = ("amqp", "amqps", "management", "distribution", "epmd")
    options = {"certificate": "server"}

    def needs(self):
        if not (PROGRAMS / "rabbitmq-server").exists():
            install.packages("rabbitmq")
        if not (PROGRAMS / "rabbitmq-server").exists():
            raise Failure(f"there is no {PROGRAMS}/rabbitmq-server: install the package rabbitmq-server")
        install.programs("rabbitmq", "epmd", "openssl")

    @property
    def certificates(self):
        return self.folder / "certificates"

    @property
    def node(self):
        return self.folder / "node"

    def configure(self):
        certificates.checked(self.options["certificate"])
        if not self.certificates.exists():
            certificates.make(self.certificates)
        for folder in (self.folder / "epmd", self.node):
            folder.mkdir(exist_ok=True)
        self.write("rabbitmq.conf", CONFIGURATION.format(
            **self.ports, certificates=self.certificates, certificate=self.options["certificate"], folder=self.node))
        self.write("enabled_plugins", "[rabbitmq_management].\n")
        self.write("advanced.config", "[].\n")
        self.write("none.conf", "")

    def prepare(self):
        cookie = self.node / ".erlang.cookie"
        cookie.touch(mode=0o600)
        cookie.write_text(secrets.token_hex(12), encoding="ascii")
        users = [{"name": name, "password_hash": password_hash(password), "tags": tags,
                  "hashing_algorithm": "rabbit_password_hashing_sha256"} for name, (password, tags) in USERS.items()]
        permissions = [{"user": name, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"} for name in USERS]
        self.write("definitions.json", json.dumps({"vhosts": [{"name": "/"}], "users": users, "permissions": permissions}))

    def write(self, name, text):
        (self.node / name).write_text(text, encoding="utf-8")

    def environment(self):
        base = {"HOME": self.node, "ERL_EPMD_PORT": self.ports["epmd"], "ERL_EPMD_ADDRESS": "127.0.0.1",
                "RUNNING_UNDER_SYSTEMD": "yes"}  # the script becomes the server instead of watching over it
        rabbit = {"CONF_ENV_FILE": self.node / "none.conf", "NODENAME": "rabbit@localhost", "NODE_IP_ADDRESS": "127.0.0.1",
                  "NODE_PORT": self.ports["amqp"], "DIST_PORT": self.ports["distribution"],
                  "CONFIG_FILE": self.node / "rabbitmq.conf", "ADVANCED_CONFIG_FILE": self.node / "advanced.config",
                  "ENABLED_PLUGINS_FILE": self.node / "enabled_plugins", "MNESIA_BASE": self.node / "mnesia",
                  "LOG_BASE": self.node / "log.d", "PID_FILE": self.node / "pid",
                  "GENERATED_CONFIG_DIR": self.node / "schema",
                  "SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none "
                                                "-kernel inet_dist_use_interface {127,0,0,1}"}
        return {name: str(value) for name, value in
                {**base, **{f"RABBITMQ_{name}": value for name, value in rabbit.items()}}.items()}

    def servers(self):
        epmd = Server("epmd", self.folder / "epmd", ["epmd", "-address", "127.0.0.1", "-port", self.ports["epmd"]],
                      lambda log: len(asked(self.ports["epmd"], b"\0\1n", 4)) == 4)
        rabbit = Server("rabbitmq", self.node, [PROGRAMS / "rabbitmq-server"],
                        lambda log: "Server startup complete" in log
                        and asked(self.ports["amqp"], b"AMQP\0\0\x09\x01") == b"\1", env=self.environment())
        return [epmd, rabbit]

    def main_servers(self):
        return self.all_servers()[1:]

    def control(self, *arguments):
        """What rabbitmqctl prints."""
        try:
            done = subprocess.run([PROGRAMS / "rabbitmqctl", *arguments], env={**os.environ, **self.environment()},
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            raise Failure(f"rabbitmqctl {' '.join(arguments)} does not answer: does RabbitMQ run?") from None
        if done.returncode:
            raise Failure(f"rabbitmqctl {' '.join(arguments)} failed: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def sync(self):
        """Has the names of quorum queues written. RabbitMQ 3.10 does it by itself up to a second after the last one was made:
        a queue that was declared right before kill9 is there afterwards, but never gets a leader."""
        self.control("-q", "eval", "[dets:sync(Table) || Table <- dets:all()].")

    def addresses(self):
        return {"amqp": self.address("amqp"), "amqps": self.address("amqps"),
                "rabbitmq-management": self.address("management"), "amqp-user": "alice:alice-secret",
                "amqp-administrator": "guest:guest", "certificates": str(self.certificates)}
