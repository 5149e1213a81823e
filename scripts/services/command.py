"""./services: the servers by hand, and for ctest. The words of the command line are in USAGE."""
import argparse
import contextlib
import fcntl
import itertools
import os
import select
import signal
import sys
import tempfile
from pathlib import Path

from . import KINDS, processes, service
from .failure import Failure
from .guard import Guard
from .install import CACHE

USAGE = """Private servers on 127.0.0.1 for tests and demos; what is missing is installed.

  ./services up KIND...       starts kafka, kafka3, kafka-auth, kafka-link, rabbitmq, postgres, redis or toxiproxy; prints
                              `name value` for each address when it answers, then `ready`. One that runs already is left
                              as it is.
  ./services status           what there is, and whether it runs
  ./services kill9 NAME       SIGKILL; NAME is a kind, or one node: kafka3-2
  ./services restart NAME     in order, if it still runs; the same port, the same data
  ./services pause NAME       SIGSTOP; `continue` goes on
  ./services rabbitmqctl ...  RabbitMQ's own tool, for the one that runs here
  ./services down [KIND...]   ends all, or these, in order; the data stay, unless --remove

  --data DIR     where the servers keep everything (default build/services/run)
  --port N       up: the port that clients use (default: a free one, which then stays the same)
  --fresh        up: ends it and removes its data first
  --remove       down: the data too
  --certificate  up kafka-auth, rabbitmq: server, expired or other-host
  --foreground   up: stays, and ends all when its standard input closes, at Ctrl-C and at SIGTERM; without --data the
                 data go into a temporary folder and are removed at the end
"""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"services: {message}\ntry: ./services --help", file=sys.stderr)
        sys.exit(2)

    def format_help(self):
        return USAGE


def port(text):
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f'expected 1 to 65535, got "{text}"')


def parser():
    top = Parser()
    verbs = top.add_subparsers(dest="verb", required=True, metavar="up, down, status, kill9, restart, pause or continue")
    for verb in ("up", "down", "status", "kill9", "restart", "pause", "continue", "rabbitmqctl"):
        sub = verbs.add_parser(verb)
        sub.add_argument("--data", type=Path)
        if verb == "up":
            sub.add_argument("names", nargs="+", choices=KINDS, metavar="KIND")
            sub.add_argument("--port", type=port)
            sub.add_argument("--certificate", choices=("server", "expired", "other-host"))
            sub.add_argument("--fresh", action="store_true")
            sub.add_argument("--foreground", action="store_true")
        elif verb == "down":
            sub.add_argument("names", nargs="*", metavar="KIND")
            sub.add_argument("--remove", action="store_true")
        elif verb == "rabbitmqctl":
            sub.add_argument("arguments", nargs=argparse.REMAINDER)
        elif verb != "status":
            sub.add_argument("names", nargs=1, metavar="NAME")
    return top


class Root:
    """A folder with a folder for each kind."""

    def __init__(self, folder):
        self.folder = folder

    def there(self):
        return [self.open(kind) for kind in KINDS if (self.folder / kind / service.NOTE).exists()]

    def open(self, kind, **how):
        return KINDS[kind](folder=self.folder / kind, **how)

    def find(self, name):
        """(service, None) or (service, one server of it)"""
        there = self.there()
        for found in there:
            if found.kind == name:
                return found, None
        for found in there:
            for server in found.all_servers():
                if server.name == name:
                    return found, server
        known = ", ".join(found.kind for found in there) or "nothing"
        raise Failure(f"there is no {name} in {self.folder}, only {known}: start it with ./services up {name}")

    @contextlib.contextmanager
    def locked(self):
        """One command at a time on a folder."""
        if not self.folder.is_dir():
            yield
            return
        with open(self.folder / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def print_addresses(services):
    lines = [f"{name} {value}" for each in services for name, value in each.addresses().items()]
    for each in services:
        (each.folder / "addresses").write_text(
            "".join(f"{name} {value}\n" for name, value in each.addresses().items()), encoding="utf-8")
    print("\n".join(lines + ["ready"]), flush=True)


def start_all(root, args):
    how = {"port": args.port, **({"certificate": args.certificate} if args.certificate else {})}
    started = []
    for kind in dict.fromkeys(args.names):
        folder = root.folder / kind
        if args.fresh and (folder / service.NOTE).exists():
            service.remove(folder)
        each = root.open(kind, **how)
        if each.ports and any(server.pid for server in each.all_servers()):
            if args.port and args.port != each.ports[each.port_names[0]]:
                raise Failure(f"{kind} runs already, on another port: ./services down {kind} first")
            each.running = each.all_servers()
        each.start()
        started.append(each)
    return started


def up(args):
    if args.port and len(args.names) > 1:
        raise Failure("--port is for one kind at a time")
    if args.foreground:
        return in_foreground(args)
    root = Root((args.data or CACHE / "run").absolute())
    root.folder.mkdir(parents=True, exist_ok=True)
    with root.locked():
        print_addresses(start_all(root, args))
    return 0


class Ended(Exception):
    """A signal asks to end."""


def in_foreground(args):
    def end(*_):
        raise Ended
    for what in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(what, end)
    temporary = args.data is None
    folder = Path(tempfile.mkdtemp(prefix="sagaflow-services-")) if temporary else args.data.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    root = Root(folder)
    if processes.members(folder):
        raise Failure(f"servers run in {folder} already: ./services down --data {folder} first, or choose another folder")
    guard = Guard(folder, temporary)
    started = []
    try:
        with root.locked():
            started += start_all(root, args)
            print_addresses(started)
        stay(started)
    except Ended:
        pass
    finally:
        for what in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(what, signal.SIG_IGN)
        if temporary:
            service.remove(folder)
        else:
            for each in started:
                each.stop()
        guard.dismiss()
    return 0


def stay(services):
    """Until standard input closes. A server that ends in the meantime is no zombie for long, and is told."""
    ends = {os.pidfd_open(server.process.pid): server
            for each in services for server in each.running if server.process}
    watched = {0, *ends}
    while True:
        ready, _, _ = select.select(watched, [], [])
        for fd in ready:
            if fd == 0:
                if not os.read(0, 4096):
                    return
                continue
            server = ends[fd]
            watched.discard(fd)
            os.close(fd)
            print(f"{server.name} ended with status {server.process.wait()}", file=sys.stderr, flush=True)
            server.process = None


def down(args, root):
    for name in args.names:
        if name not in KINDS:
            raise Failure(f"{name} is no kind of server, only {', '.join(KINDS)} are")
        root.find(name)
    for each in root.there():
        if args.names and each.kind not in args.names:
            continue
        each.stop()
        processes.kill(each.folder)
        if args.remove:
            service.remove(each.folder)
    if args.remove and not args.names:
        with contextlib.suppress(OSError):
            (root.folder / "lock").unlink()
            root.folder.rmdir()
    return 0


def status(root):
    there = root.there()
    for each in there:
        for server in each.all_servers():
            pid = server.pid
            print(f"{server.name} {f'runs, pid {pid}' if pid else 'does not run'}")
        for name, value in each.addresses().items():
            print(f"    {name} {value}")
    if not there:
        print(f"nothing in {root.folder}")
    return 0


def one(verb, name, root):
    found, server = root.find(name)
    target = server or found
    if verb == "restart":
        if server:
            server.stop()
            found.start(server.name)
        else:
            found.restart()
    else:
        {"kill9": target.kill9, "pause": target.pause, "continue": target.resume}[verb]()
    return 0


def rabbitmqctl(arguments, root):
    found, _ = root.find("rabbitmq")
    print(found.control(*arguments[arguments[:1] == ["--"]:]), end="")
    return 0


def run(args):
    if args.verb == "up":
        return up(args)
    root = Root((args.data or CACHE / "run").absolute())
    with root.locked():
        if args.verb == "down":
            return down(args, root)
        if args.verb == "status":
            return status(root)
        if args.verb == "rabbitmqctl":
            return rabbitmqctl(args.arguments, root)
        return one(args.verb, args.names[0], root)


def separated(words):
    """With a `--` before what is rabbitmqctl's own, so that its options are not taken for ours. It has no --data: that one
    is ours wherever it stands, up to a `--`."""
    if words[:1] != ["rabbitmqctl"]:
        return words
    ours, theirs, rest = [], [], iter(words[1:])
    for word in rest:
        if word == "--data":
            ours += [word, *itertools.islice(rest, 1)]
        elif word.startswith("--data="):
            ours.append(word)
        else:
            theirs += [word, *rest] if word == "--" else [word]
    return ["rabbitmqctl", *ours, "--", *theirs]


def main():
    try:
        return run(parser().parse_args(separated(sys.argv[1:])))
    except Ended:
        return 0
    except Failure as failure:
        print(f"services: {failure}", file=sys.stderr)
    except OSError as trouble:
        print(f"services: {trouble}: choose another folder with --data", file=sys.stderr)
    except KeyboardInterrupt:
        print("services: interrupted", file=sys.stderr)
    return 1
