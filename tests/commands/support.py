"""A folder with the repository's scripts in it and stand-ins for the programs that they call."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command, cwd=ROOT, env=None):
    return subprocess.run([str(c) for c in command], cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True,
                          text=True, timeout=60, check=False)


class InACopy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sagaflow-commands-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        self.bin = self.root / "bin"
        self.bin.mkdir()

    def stand_in(self, name, script):
        """A program `name` that is found first; it appends its arguments to the file `calls`."""
        file = self.bin / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.root}/calls"\n{script}\n')
        file.chmod(0o755)

    def calls(self):
        file = self.root / "calls"
        return file.read_text().splitlines() if file.exists() else []

    def run_script(self, *command):
        return run(*command, cwd=self.root, env={
            "PATH": f"{self.bin}:{os.environ['PATH']}", "POLICY_RC_D": str(self.root / "policy-rc.d")})
