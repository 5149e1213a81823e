"""What the tests of all servers share: the package, clients by their command line, and what must be gone at the end."""
import contextlib
import os
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))
import services  # noqa: E402
from services import ports, processes  # noqa: E402


def client(*command, said="", timeout=60):
    """What a client program prints. It must succeed."""
    done = subprocess.run([str(c) for c in command], input=said, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def ports_kept_for(folder):
    with ports.notes() as noted:
        return [note.name for note in noted.glob("[0-9]*") if note.read_text().startswith(str(folder))]


class ServiceCase(unittest.TestCase):
    def began(self, service):
        """The service, started; closed after the test."""
        self.addCleanup(service.close)
        return service.__enter__()

    def assert_all_gone(self, folder, numbers, pids):
        self.assertFalse(os.path.exists(folder))
        self.assertEqual([], processes.members(folder))
        self.assertEqual([], ports_kept_for(folder))
        self.assertEqual([], [port for port in numbers if not ports.is_free(port)])
        self.assertEqual([], [pid for pid in pids if pid in processes.parents()])

    @contextlib.contextmanager
    def gone_afterwards(self, *begun):
        """Ends these services at the end of the block, and looks that nothing of them stays."""
        with contextlib.ExitStack() as stack:
            for service in begun:
                stack.enter_context(service)
            yield
            there = [(s.root, list(s.ports.values()), processes.members(s.root)) for s in begun]
        for folder, numbers, pids in there:
            self.assert_all_gone(folder, numbers, pids)

    def assert_refused(self, words, call, *arguments, **options):
        with self.assertRaises(services.Failure) as failed:
            call(*arguments, **options)
        self.assertIn(words, str(failed.exception))
