"""What the servers of every kind have in common: a folder, ports, the order of start and end."""
import json
import os
import shutil
import tempfile
from pathlib import Path

from . import ports, processes
from .failure import Failure
from .guard import Guard

NOTE = "service.json"
ROOM_NEEDED = 300 * 1024 * 1024


class Service:
    """One or more servers that belong together. A kind has:

    kind       its name on the command line
    port_names its ports, the one that clients use first
    foreign_ports those of them that are kept for another program to listen on
    options    what can be chosen, with defaults
    needs()    installs what is missing
    prepare()  makes what a fresh folder needs; configure() writes the settings, before each start
    servers()  in the order of their start
    addresses() name -> value: what clients need
    """

    kind = ""
    port_names = ()
    foreign_ports = ()
    options = {}

    def __init__(self, folder=None, port=None, **options):
        """Without a folder: a temporary one, removed at the end. A folder that has data already goes on with them."""
        unknown = set(options) - set(self.options)
        if unknown:
            raise Failure(f"{self.kind} does not have the option {', '.join(sorted(unknown))}")
        self.temporary = folder is None
        self.root = self.folder = None if self.temporary else Path(folder).absolute()
        self.wanted_port = port
        self.options = {**type(self).options, **options}
        self.chosen = options
        self.ports = {}
        self.guard = None
        self.running = []
        self.fresh = False  # its first start is under way: if that fails nothing of it stays
        if self.folder and (self.folder / NOTE).exists():
            self.read_note()

    # ---- for a kind to fill in

    def needs(self):
        raise NotImplementedError

    def prepare(self):
        pass

    def configure(self):
        pass

    def wait_until_together(self):
        """Each server answers; a kind whose servers must know each other waits for that here."""

    def servers(self):
        raise NotImplementedError

    def addresses(self):
        raise NotImplementedError

    # ---- what a user calls

    def start(self, *names):
        """Starts what does not run, or those servers of it, and returns when all of it answers."""
        self.make_root()
        try:
            if not self.running:
                self.set_up()
            waiting = [s for s in self.running if not s.pid and (not names or s.name in names)]
            self.check_ports(waiting)
            for group in self.start_order(waiting):
                for server in group:
                    server.launch()
                for server in group:
                    server.wait_until_it_answers()
            if waiting:
                self.wait_until_together()
            self.fresh = False
        except OSError as trouble:
            self.abandon()
            raise Failure(f"{self.kind}: {trouble}: {'free some space' if trouble.errno == 28 else 'is the folder usable?'}"
                          ) from trouble
        except BaseException:
            self.abandon()
            raise
        return self

    def stop(self):
        for server in reversed(self.all_servers()):
            server.stop()

    def kill9(self):
        """Kills the server as a power cut would; what helps it (epmd) stays."""
        for server in self.main_servers():
            server.kill9()

    def restart(self):
        for server in self.main_servers():
            server.stop()
        self.start()

    def reconfigure(self, **options):
        """Starts again with other options, with the same data."""
        for server in self.main_servers():
            server.stop()
        self.options.update(options)
        self.configure()
        self.write_note()
        self.start()

    def pause(self):
        for server in self.main_servers():
            server.pause()

    def resume(self):
        for server in self.main_servers():
            server.resume()

    def close(self):
        """Ends everything: at once in a temporary folder, which is removed; in order in one that is kept."""
        if not self.root:
            return
        try:
            if not self.temporary:
                self.stop()
            processes.kill(self.root)
            for server in self.running:
                server.reap()
        finally:
            if self.temporary:
                remove(self.root)
            if self.guard:
                self.guard.dismiss()
                self.guard = None

    def __enter__(self):
        self.make_root()
        if not self.guard:
            self.guard = Guard(self.root, self.temporary)
        return self.start()

    def __exit__(self, *_):
        self.close()

    def server(self, name):
        for server in self.all_servers():
            if server.name == name:
                return server
        raise Failure(f"{self.kind} has no server {name}, only {', '.join(s.name for s in self.all_servers())}")

    # ---- how

    def make_root(self):
        if not self.root:
            self.root = Path(tempfile.mkdtemp(prefix="sagaflow-services-"))
            self.folder = self.root / self.kind

    def set_up(self):
        self.needs()
        first = not (self.folder / NOTE).exists()
        if first and self.folder.exists() and any(self.folder.iterdir()):
            raise Failure(f"{self.folder} is not empty and no data folder of {self.kind}: choose another with --data")
        self.fresh = first
        self.folder.mkdir(parents=True, exist_ok=True)
        for folder in {self.root, self.folder}:
            folder.chmod(0o711)  # a server of another user must get through to its own
        free = shutil.disk_usage(self.folder).free
        if free < ROOM_NEEDED:
            raise Failure(f"only {free >> 20} MB are free where {self.folder} is, {ROOM_NEEDED >> 20} are needed: "
                          "free some space, or give another folder with --data")
        self.take_ports()
        self.configure()
        if first:
            self.prepare()
        self.write_note()
        self.running = self.servers()

    def take_ports(self):
        if self.wanted_port:
            ports.claim_this(self.folder, self.wanted_port)
            self.ports[self.port_names[0]] = self.wanted_port
        missing = [name for name in self.port_names if name not in self.ports]
        self.ports.update(zip(missing, ports.claim(self.folder, len(missing))))

    def check_ports(self, waiting):
        """Before the servers find out, each in its own words."""
        if len(waiting) < len(self.running):
            return
        for name, port in self.ports.items():
            if name not in self.foreign_ports and not ports.is_free(port):
                raise Failure(f"port {port} ({name} of {self.kind}) is in use by another program: end that one, "
                              "or choose another with --port")

    def start_order(self, waiting):
        """Groups that start together; the next begins when the one before answers."""
        return [[server] for server in waiting]

    def main_servers(self):
        return self.all_servers()

    def all_servers(self):
        if not self.running and self.ports:
            self.running = self.servers()
        return self.running

    def abandon(self):
        """A start that failed leaves no process behind, and no folder if that was a temporary one."""
        processes.kill(self.folder)
        for server in self.running:
            server.reap()
        if self.fresh:
            remove(self.folder)
        if self.temporary:
            self.close()

    def read_note(self):
        note = json.loads((self.folder / NOTE).read_text(encoding="utf-8"))
        if note["kind"] != self.kind:
            raise Failure(f"{self.folder} holds data of {note['kind']}, not of {self.kind}: choose another with --data")
        self.ports = note["ports"]
        self.options = {**self.options, **note["options"], **self.chosen}

    def write_note(self):
        note = {"kind": self.kind, "ports": self.ports, "options": self.options}
        (self.folder / NOTE).write_text(json.dumps(note) + "\n", encoding="utf-8")

    def address(self, port_name):
        return f"127.0.0.1:{self.ports[port_name]}"


def remove(folder):
    """The folder, its ports; its processes are ended first."""
    processes.kill(folder)
    ports.release(folder)
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.exists(folder):
        raise Failure(f"{folder} could not be removed: remove it by hand")
