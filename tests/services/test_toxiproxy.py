"""toxiproxy, between redis-cli and a real Redis."""
import subprocess
import time

from service_case import ServiceCase, client, services


def ping(link, timeout=20):
    return client("redis-cli", "-p", link.address.rpartition(":")[2], "ping", timeout=timeout).strip()


class ToxiproxyTest(ServiceCase):
    def test_a_link_is_cut_slowed_and_healed(self):
        redis, proxy = services.redis(), services.toxiproxy()
        with self.gone_afterwards(redis, proxy):
            link = proxy.link("redis", redis.address("redis"))
            self.assertTrue(link.address.startswith("127.0.0.1:"))
            self.assertEqual("PONG", ping(link))
            link.cut()
            with self.assertRaisesRegex(AssertionError, "Connection refused"):
                ping(link)
            link.heal()
            link.toxic("latency", latency=400)
            began = time.monotonic()
            self.assertEqual("PONG", ping(link))
            self.assertGreaterEqual(time.monotonic() - began, 0.4)
            link.heal()
            link.toxic("timeout", timeout=0)  # swallows everything
            with self.assertRaises(subprocess.TimeoutExpired):
                ping(link, timeout=1)
            link.heal()
            self.assertEqual("PONG", ping(link))
