"""A full disk in the middle of the work: told, waited for, gone on from. The limit on the size of files plays the disk."""
import resource
import time
from pathlib import Path

from service_case import ServiceCase


class FullDiskTest(ServiceCase):
    def no_room(self):
        logs = Path(self.service.folder, "data").glob("*.db-wal")
        self.limit(min(log.stat().st_size for log in logs))

    def limit(self, size):
        resource.prlimit(self.service.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def test_callers_are_told_and_all_goes_on_when_there_is_room(self):
        for n in range(5):
            self.service.sign_up(f"before-{n}")
            self.service.end_of(f"before-{n}")
        self.service.fault("chat", deaf=True)
        self.service.sign_up("ada")
        self.service.events("ada").until(lambda d: d["customerStatus"] == "SUCCESS")
        self.no_room()
        refused = self.service.sign_up("bob")
        self.assert_problem(refused, 503)
        self.assertIn("Retry-After", refused[1])
        self.assert_problem(self.service.ask("GET", "/readyz"), 503)
        self.assertEqual(self.service.ask("GET", "/livez")[0], 200)
        self.service.fault("chat")
        self.assertEqual(self.service.status("ada")["userStatus"], "USER_INSERT")
        self.limit(resource.RLIM_INFINITY)
        self.service.wait_until_ready()
        for user_id in ("ada", "before-0"):
            self.assertEqual(self.service.end_of(user_id)["userStatus"], "USER_INSERT_COMPLETE")
        self.assertEqual(self.service.sign_up("bob")[0], 202)
        self.assertEqual(self.service.end_of("bob")["userStatus"], "USER_INSERT_COMPLETE")

    def test_it_stops_in_order_and_the_log_stays_short(self):
        self.service.fault("chat", deaf=True)
        for n in range(5):
            self.service.sign_up(f"user-{n}")
        self.service.events("user-0").until(lambda d: d["customerStatus"] == "SUCCESS")
        self.no_room()
        self.assert_problem(self.service.sign_up("bob"), 503)
        self.service.fault("chat")
        begun = time.monotonic()
        self.assertEqual(self.service.stop(), 0)
        self.assertLess(time.monotonic() - begun, 20)
        self.assertLess(len(self.service.logged().splitlines()), 40)
        self.service.start()
        for n in range(5):
            self.assertEqual(self.service.end_of(f"user-{n}")["userStatus"], "USER_INSERT_COMPLETE")
