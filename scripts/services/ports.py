"""Free ports on loopback that stay one folder's own while its server is down.

They lie below the range from which the kernel takes the ports of outgoing connections: one of those could otherwise sit on
a server's port between its kill and its restart. Who has which port is noted in a folder of this user, under a lock.
"""
import contextlib
import fcntl
import os
import random
import socket
from pathlib import Path

from .failure import Failure

FIRST = 15000


def end_of_range():
    with contextlib.suppress(OSError, ValueError):
        low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
        if low > FIRST + 2000:
            return min(low, 32768)
    return 32768


def is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT is no hindrance
        try:
            s.bind(("127.0.0.1", port))
            s.listen()
        except OSError:
            return False
    return True


@contextlib.contextmanager
def notes():
    """The folder of the notes, locked."""
    folder = Path(f"/tmp/sagaflow-ports-{os.getuid()}")  # one for all, whatever their TMPDIR
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise Failure(f"{folder} belongs to somebody else: have it removed")
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def owner(note):
    """The folder that has this port, if it still exists."""
    with contextlib.suppress(FileNotFoundError):
        folder = note.read_text()
        if os.path.isdir(folder):
            return folder
    return None


def claim(folder, count):
    """`count` free ports, noted for this folder."""
    folder = os.path.realpath(folder)
    found = []
    if not count:
        return found
    with notes() as noted:
        for port in random.sample(range(FIRST, end_of_range()), 2000):
            if not owner(noted / str(port)) and is_free(port):
                (noted / str(port)).write_text(folder)
                found.append(port)
            if len(found) == count:
                return found
    raise Failure("there are no free ports: end some of the servers on this machine")


def claim_this(folder, port):
    """Notes a port that the user chose."""
    folder = os.path.realpath(folder)
    with notes() as noted:
        other = owner(noted / str(port))
        if other not in (None, folder):
            raise Failure(f"port {port} is kept for {other}: choose another with --port")
        (noted / str(port)).write_text(folder)


def release(folder):
    """Forgets every port of this folder and of the folders in it, and those whose folders are gone."""
    folder = os.path.realpath(folder)
    with notes() as noted:
        for note in noted.glob("[0-9]*"):
            has = owner(note)
            if has is None or has == folder or has.startswith(folder + "/"):
                note.unlink(missing_ok=True)
