"""toxiproxy: TCP links that are cut, slowed or stopped on request, over its HTTP interface."""
import json
import urllib.request

from . import install
from .server import Server
from .service import Service


class Toxiproxy(Service):
    kind = "toxiproxy"
    port_names = ("toxiproxy",)

    def needs(self):
        install.toxiproxy()

    def servers(self):
        return [Server("toxiproxy", self.folder,
                       [install.toxiproxy(), "-host", "127.0.0.1", "-port", self.ports["toxiproxy"]], lambda log: self.answers())]

    def addresses(self):
        return {"toxiproxy": self.address("toxiproxy")}

    def answers(self):
        try:
            self.ask("GET", "/version")
        except OSError:
            return False
        return True

    def ask(self, method, path, body=None):
        request = urllib.request.Request(f"http://{self.address('toxiproxy')}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        # No proxy of the environment's is in between.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as response:
            content = response.read()
            return json.loads(content) if "json" in response.headers.get("Content-Type", "") else content

    def link(self, name, upstream, listen="127.0.0.1:0"):
        """A link that listens on loopback and forwards to `upstream`."""
        made = self.ask("POST", "/proxies", {"name": name, "listen": listen, "upstream": upstream, "enabled": True})
        return Link(self, name, made["listen"])


class Link:
    def __init__(self, proxy, name, address):
        self.proxy = proxy
        self.name = name
        self.address = address

    def toxic(self, kind, stream="downstream", **attributes):
        """`latency` (latency=ms), `bandwidth` (rate=KB/s), `timeout` (timeout=0: a black hole), `limit_data` (bytes=n),
        `reset_peer` (timeout=ms): as toxiproxy's documentation has them."""
        self.proxy.ask("POST", f"/proxies/{self.name}/toxics", {"type": kind, "stream": stream, "attributes": attributes})

    def cut(self):
        """Ends the connections and takes no new ones."""
        self.proxy.ask("POST", f"/proxies/{self.name}", {"enabled": False})

    def heal(self):
        """Takes connections again, without a toxic."""
        for toxic in self.proxy.ask("GET", f"/proxies/{self.name}/toxics"):
            self.proxy.ask("DELETE", f"/proxies/{self.name}/toxics/{toxic['name']}")
        self.proxy.ask("POST", f"/proxies/{self.name}", {"enabled": True})
