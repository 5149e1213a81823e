"""Wrong arguments are refused before anything is installed or built."""
import unittest

from support import ROOT, run


class Arguments(unittest.TestCase):
    def refused(self, *command):
        done = run(ROOT / command[0], *command[1:])
        self.assertEqual(2, done.returncode, done)
        self.assertEqual("", done.stdout)
        return done.stderr

    def test_demo_says_which_argument_is_wrong_and_what_it_expects(self):
        for port in ("80a", "-1", "65536", "", "99999999999999999999"):
            self.assertIn("--port: expected 0 to 65535", self.refused("demo", "--port", port))
        self.assertIn("--flow: expected compensate or synchronise", self.refused("demo", "--flow=both"))
        self.assertIn("--transport: expected memory, kafka or amqp", self.refused("demo", "--transport", "tcp"))
        self.assertIn("--data: expected a folder", self.refused("demo", "--data", ""))
        self.assertIn("--port needs a value", self.refused("demo", "--port"))
        self.assertIn("unknown argument: --prot", self.refused("demo", "--prot", "1"))

    def test_check_takes_all_or_nothing(self):
        self.assertIn("unknown argument: --al", self.refused("check", "--al"))
        self.assertIn("too many arguments", self.refused("check", "--all", "--all"))

    def test_help_tells_the_options(self):
        for command, word in (("demo", "--flow"), ("check", "--all"), ("bench", "--list")):
            done = run(ROOT / command, "--help")
            self.assertEqual(0, done.returncode)
            self.assertIn(word, done.stdout)
            self.assertNotIn("#", done.stdout)

    def test_ci_runs_check_and_nothing_else(self):
        lines = (ROOT / ".ci/run").read_text().splitlines()
        self.assertEqual(2, len(lines))
        self.assertTrue(lines[1].endswith('check"'))
