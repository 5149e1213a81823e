"""The services as programs that start while there is no broker: SAGAFLOW_BROKER says of which kind."""
import json
import signal
import socket
import time
import unittest

from signup_service import document
from split_service import SplitService

SOON = 8  # seconds: less than Kafka's client takes to give up on whom the answers belong to


class BrokerAwayTest(unittest.TestCase):
    def setUp(self):
        self.nobody = socket.socket()  # bound, so that nobody else listens there either
        self.addCleanup(self.nobody.close)
        self.nobody.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:{}".format(self.nobody.getsockname()[1])
        self.service = SplitService(self.address, ready=False)
        self.addCleanup(self.service.close)

    def programs(self):
        return [self.service, *self.service.chats, *self.service.customers]

    def test_every_program_listens_at_once_and_ends_at_once_on_sigterm(self):
        for program in self.programs():
            self.assertEqual(program.get("/livez")[0], 200)
            self.assertEqual(program.get("/readyz")[0], 503)
            self.assertEqual(program.get("/metrics")[0], 200)
        for program in self.programs():
            began = time.monotonic()
            self.assertEqual(program.stop(signal.SIGTERM), 0, program.logged())
            self.assertLess(time.monotonic() - began, SOON)

    def test_a_sign_up_is_taken_and_readyz_says_what_is_missing(self):
        status, _, answer = self.service.sign_up("ada")
        self.assertEqual(status, 202, answer)
        self.assertEqual(self.service.status("ada"), document("ada", "USER_INSERT"))
        status, _, problem = self.service.ask("GET", "/readyz")
        self.assertEqual(status, 503)
        self.assertIn(self.address, problem["detail"], json.dumps(problem))
