"""Which processes belong to a folder, and their end.

A server and all that it starts carry SAGAFLOW_SERVICE=<the server's folder> in their environment, which is found even
when whoever started them died in between. Some write their title over it (Redis, PostgreSQL), so the server's pid is noted
too, with the moment of its start and the boot: a note that went stale names no process, whatever has that pid now. Nothing
else than what is marked, noted or a descendant of such is ever sent a signal, and that through a pidfd, so that a pid which
is used again in between is not hit either. A zombie counts as gone, unless threads of it still end: they hold its ports.
"""
import contextlib
import os
import select
import signal
import time
from pathlib import Path

MARK = "SAGAFLOW_SERVICE"
NOTE = "process"  # in the server's folder


def environment(folder, **more):
    """This process's environment with the mark of that folder."""
    return {**os.environ, **more, MARK: os.path.realpath(folder)}


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def mark_of(pid):
    try:
        entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return None
    prefix = f"{MARK}=".encode()
    return next((os.fsdecode(e[len(prefix):]) for e in entries if e.startswith(prefix)), None)


def identity(pid):
    """What no later process with the same pid has: the pid, the tick of its start, the boot."""
    stat = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return f"{pid} {stat[19]} {Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"


def note(folder, pid):
    with contextlib.suppress(OSError):  # it ended already
        Path(folder, NOTE).write_text(identity(pid), encoding="ascii")


def noted(folder):
    """The pids that are noted in this folder and in those in it, and that still are the same processes."""
    for file in [*Path(folder).glob(NOTE), *Path(folder).glob(f"*/{NOTE}"), *Path(folder).glob(f"*/*/{NOTE}")]:
        with contextlib.suppress(OSError, ValueError):
            text = file.read_text(encoding="ascii")
            pid = int(text.partition(" ")[0])
            if identity(pid) == text:
                yield pid


def parents():
    """pid -> parent of all processes that are not gone."""
    result = {}
    for pid in all_pids():
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
            state, parent, threads = stat[0], int(stat[1]), int(stat[17])
            if state not in "ZX" or threads > 1:
                result[pid] = parent
    return result


def members(folder):
    """pids of the processes of this folder and of the folders in it, ancestors first."""
    folder = os.path.realpath(folder)
    parent_of = parents()
    found = {pid for pid in noted(folder) if pid in parent_of}
    for pid in parent_of:
        mark = mark_of(pid)
        if mark and (mark == folder or mark.startswith(folder + "/")):
            found.add(pid)
    while more := {pid for pid, parent in parent_of.items() if parent in found} - found:
        found |= more

    def depth(pid):
        return 1 + depth(parent_of[pid]) if parent_of.get(pid) in found else 0
    return sorted(found, key=lambda pid: (depth(pid), pid))


def main_process(folder):
    """The pid of the server itself, or None if it does not run."""
    return next(iter(members(folder)), None)


@contextlib.contextmanager
def held(folder):
    """(pid, pidfd) of each member."""
    opened = {}
    try:
        for pid in members(folder):
            with contextlib.suppress(ProcessLookupError):
                opened[pid] = os.pidfd_open(pid)
        still = set(members(folder))
        yield [(pid, fd) for pid, fd in opened.items() if pid in still]
    finally:
        for fd in opened.values():
            os.close(fd)


def send(fd, what):
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(fd, what)


def signal_all(folder, what):
    """Sends the signal to every member; how many there were."""
    with held(folder) as processes:
        for _, fd in processes:
            send(fd, what)
        return len(processes)


def wait_for(fds, deadline):
    """Whether all of them ended before the deadline, a time of the monotonic clock."""
    waiting = select.poll()
    for fd in fds:
        waiting.register(fd, select.POLLIN)
    count = len(fds)
    while count:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        for fd, _ in waiting.poll(left * 1000):
            waiting.unregister(fd)
            count -= 1
    return True


def kill(folder):
    """Ends every member at once (SIGKILL) and returns when all are gone."""
    while True:
        with held(folder) as processes:
            if not processes:
                return
            for _, fd in processes:
                send(fd, signal.SIGKILL)
            wait_for([fd for _, fd in processes], time.monotonic() + 10)


def stop(folder, what=signal.SIGTERM, patience=30):
    """Asks the server to end, waits for it and all that it started; after `patience` seconds it is killed. True: in order."""
    with held(folder) as processes:
        if not processes:
            return True
        for _, fd in processes:
            send(fd, signal.SIGCONT)  # one that is paused would never answer
        send(processes[0][1], what)
        in_order = wait_for([fd for _, fd in processes], time.monotonic() + patience)
    kill(folder)
    return in_order
