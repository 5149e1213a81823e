"""PostgreSQL. It refuses to run as root: there, the user `postgres` of Debian's package owns its data."""
import os
import secrets
import shutil
import signal
import struct
import subprocess
from pathlib import Path

from . import install, processes
from .failure import Failure, advice
from .server import Server
from .service import Service
from .wire import asked

HELLO = struct.pack("!II", 41, 196608) + b"user\0postgres\0database\0postgres\0\0"


def binaries():
    """The folder of the newest version that is installed, or None."""
    found = [p for p in Path("/usr/lib/postgresql").glob("*/bin/postgres") if p.parts[-3].isdigit()]
    return max(found, key=lambda p: int(p.parts[-3])).parent if found else None


class Postgres(Service):
    kind = "postgres"
    port_names = ("postgres",)

    def needs(self):
        if not binaries():
            install.packages("postgres")
        if not binaries():
            raise Failure("PostgreSQL is not in /usr/lib/postgresql: install the package postgresql-15")

    @property
    def user(self):
        return "postgres" if os.getuid() == 0 else None

    @property
    def data(self):
        return self.folder / "server" / "data"

    def prepare(self):
        server = self.data.parent
        server.mkdir()
        password = self.folder / "password"
        password.write_text(secrets.token_hex(8) + "\n", encoding="utf-8")
        if self.user:
            for path in (server, password):
                shutil.chown(path, self.user, self.user)
        as_user = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        done = subprocess.run(
            [binaries() / "initdb", "-D", self.data, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            cwd=server, env=processes.environment(self.folder), check=False, **as_user)
        if done.returncode:
            raise Failure(f"initdb failed: {done.stderr.strip()}{advice(done.stderr)}")

    def settings(self):
        """On the command line, so that they hold for data of an earlier start too."""
        return [f"-c{name}={value}" for name, value in {
            "listen_addresses": "127.0.0.1", "port": self.ports["postgres"], "unix_socket_directories": "",
            "shared_buffers": "64MB", "max_connections": 100, "logging_collector": "off"}.items()]

    def servers(self):
        return [AfterItsZombie(
            "postgres", self.folder / "server", [binaries() / "postgres", "-D", self.data, *self.settings()],
            lambda log: asked(self.ports["postgres"], HELLO) == b"R", user=self.user, stop_with=signal.SIGINT)]

    def addresses(self):
        password = (self.folder / "password").read_text(encoding="utf-8").strip()
        return {"postgres": self.address("postgres"),
                "postgres-url": f"postgresql://postgres:{password}@{self.address('postgres')}/postgres"}


class AfterItsZombie(Server):
    """A killed postmaster that nobody reaped yet keeps the next one from starting, which tests its pid only with kill(0)."""

    def launch(self):
        if not self.pid:
            (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        super().launch()
