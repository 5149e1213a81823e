"""scripts/install_dependencies with a stand-in for apt-get."""
from support import InACopy

INSTALLED = "echo 'g++ 12.2 installed'"


class InstallDependencies(InACopy):
    def setUp(self):
        super().setUp()
        self.stand_in("apt-get", "exit 0")
        self.stand_in("dpkg-query", INSTALLED)
        self.stand_in("id", "echo 0")
        self.stand_in("sleep", "exit 0")

    def install(self, packages="build"):
        return self.run_script("scripts/install_dependencies", packages)

    def apt_calls(self, verb):
        return [c for c in self.calls() if c.startswith("apt-get ") and f" {verb}" in c]

    def test_updates_and_installs_whatever_may_be_there_already(self):
        done = self.install()
        self.assertEqual(0, done.returncode, done)
        self.assertEqual(1, len(self.apt_calls("update")))
        self.assertIn("libsqlite3-dev", self.apt_calls("install")[0])

    def test_the_check_set_holds_the_build_set(self):
        self.install("check")
        self.assertIn("libboost1.81-dev", self.apt_calls("install")[0])
        self.assertIn("chromium", self.apt_calls("install")[0])

    def test_does_nothing_while_what_it_installed_is_unchanged(self):
        self.install()
        self.install()
        self.assertEqual(1, len(self.apt_calls("install")))
        self.stand_in("dpkg-query", "echo 'g++ 12.3 installed'")
        self.install()
        self.assertEqual(2, len(self.apt_calls("install")))

    def test_tries_a_failing_update_three_times_and_still_tries_to_install(self):
        self.stand_in("apt-get", 'case "$*" in *update*) echo "E: no network"; exit 100 ;; esac')
        done = self.install()
        self.assertEqual(0, done.returncode, done)
        self.assertEqual(3, len(self.apt_calls("update")))
        self.assertIn("E: no network", done.stderr)

    def test_a_failing_install_says_so_and_is_not_remembered(self):
        self.stand_in("apt-get", 'case "$*" in *install*) echo "E: Unable to locate package x"; exit 100 ;; esac')
        done = self.install()
        self.assertEqual(1, done.returncode)
        self.assertIn("Unable to locate package x", done.stderr)
        self.assertIn("apt-get install failed", done.stderr)
        self.install()
        self.assertEqual(2, len(self.apt_calls("install")))

    def test_uses_sudo_when_it_is_not_root(self):
        self.stand_in("id", "echo 1000")
        self.stand_in("sudo", 'exec "$@"')
        self.assertEqual(0, self.install().returncode)
        self.assertTrue([c for c in self.calls() if c.startswith("sudo ") and "apt-get" in c])

    def test_no_server_is_started_for_the_whole_machine(self):
        policy = self.root / "policy-rc.d"
        self.stand_in("apt-get", f'case "$*" in *install*) "{policy}"; echo "policy $?" >>"{self.root}/calls" ;; esac; true')
        self.assertEqual(0, self.install("redis").returncode)
        self.assertIn("policy 101", self.calls())
        self.assertFalse(policy.exists())

    def test_leaves_a_policy_that_is_there_as_it_is(self):
        policy = self.root / "policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 0\n")
        self.install("redis")
        self.assertEqual("#!/bin/sh\nexit 0\n", policy.read_text())

    def test_the_check_set_holds_each_server(self):
        self.install("check")
        for package in ("openjdk-17-jre-headless", "rabbitmq-server", "postgresql-15", "redis-server", "kcat"):
            self.assertIn(f" {package}", self.apt_calls("install")[0])

    def test_refuses_an_unknown_set(self):
        done = self.install("everything")
        self.assertEqual(2, done.returncode)
        self.assertEqual([], self.calls())
