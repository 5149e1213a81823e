"""A process that ends the servers of a folder when whoever started them is gone, however it went.

Its standard input is a pipe whose other end only the owner holds.
"""
import os
import subprocess
import sys
from pathlib import Path

WATCH = "import sys; from services.guard import watch; watch(*sys.argv[1:])"


class Guard:
    def __init__(self, root, temporary):
        package = Path(__file__).resolve().parent
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-c", WATCH, str(root), "remove" if temporary else "keep"],
            cwd=package.parent, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)

    def dismiss(self):
        self.process.stdin.close()
        self.process.wait()


def watch(root, what):
    from services import processes
    from services.service import remove
    while os.read(0, 4096):
        pass
    if what == "remove":
        remove(root)
    else:
        processes.kill(root)
