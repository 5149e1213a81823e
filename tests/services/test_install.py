"""What is fetched is checked; what can't be had is told."""
import os
import tempfile
from pathlib import Path
from unittest import mock

from service_case import ServiceCase, services
from services import install, service


class InstallTest(ServiceCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sagaflow-install-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "bin").mkdir()
        self.replaced(mock.patch.object(install, "CACHE", self.folder / "cache"))
        self.replaced(mock.patch.dict(os.environ, {"PATH": f"{self.folder}/bin:{os.environ['PATH']}"}))

    def replaced(self, patch):
        patch.start()
        self.addCleanup(patch.stop)

    def stand_in(self, name, script):
        program = self.folder / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def test_without_a_network_it_says_so_and_tries_again_the_next_time(self):
        self.stand_in("mvn", "echo 'Could not transfer artifact: no route'; exit 1")
        self.stand_in("go", "echo 'dial tcp: lookup failed' >&2; exit 1")
        for _ in range(2):
            self.assert_refused("could not fetch Kafka (status 1): is the network there?", install.kafka_jars)
            self.assert_refused("dial tcp: lookup failed", install.toxiproxy)

    def test_a_full_disk_is_named(self):
        self.stand_in("mvn", "echo 'x.jar: No space left on device'; exit 1")
        self.assert_refused("the disk is full", install.kafka_jars)
        with mock.patch.object(service, "ROOM_NEEDED", 1 << 60):
            redis = services.redis()
            self.assert_refused("free some space", redis.start)
            self.assertFalse(redis.root.exists())

    def test_jars_with_other_sums_are_not_used(self):
        self.stand_in("mvn", 'for a in "$@"; do case $a in -DoutputDirectory=*) d=${a#*=} ;; esac; done\n'
                             'mkdir -p "$d"; echo forged >"$d/kafka_2.13-3.9.2.jar"; echo odd >"$d/extra.jar"')
        with self.assertRaisesRegex(services.Failure, "jars are not those of scripts/services/kafka_jars/sha256"):
            install.kafka_jars()
        wrong = install.wrong_jars(self.folder / "cache" / "kafka.new")
        self.assertIn("kafka_2.13-3.9.2.jar", wrong)
        self.assertIn("extra.jar", wrong)
        self.assertIn("zstd-jni-1.5.6-4.jar", wrong)
        self.assertEqual([], list((self.folder / "cache").glob("kafka-*")))

    def test_a_server_that_does_not_start_is_shown_with_the_end_of_its_log(self):
        self.stand_in("redis-server", "echo 'Could not create server TCP listening socket: bind: Address already in use'; exit 1")
        redis = services.redis()
        with self.assertRaisesRegex(services.Failure, "(?s)redis ended with status 1 instead of starting.*choose another"):
            redis.start()
        self.assertFalse(redis.root.exists())
