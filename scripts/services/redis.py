"""Redis, every write on disk before it is answered."""
from . import install
from .server import Server
from .service import Service
from .wire import asked


class Redis(Service):
    kind = "redis"
    port_names = ("redis",)

    def needs(self):
        install.programs("redis", "redis-server")

    def configure(self):
        (self.folder / "redis.conf").write_text(
            f"bind 127.0.0.1\nport {self.ports['redis']}\ndir {self.folder}\n"
            "appendonly yes\nappendfsync always\nsave \"\"\ndaemonize no\n", encoding="utf-8")

    def servers(self):
        return [Server("redis", self.folder, ["redis-server", self.folder / "redis.conf"],
                       lambda log: asked(self.ports["redis"], b"PING\r\n", 5) == b"+PONG")]

    def addresses(self):
        return {"redis": self.address("redis")}
