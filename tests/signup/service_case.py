"""The base of these tests: a service of its own for each."""
import unittest

from signup_service import CHEAP_PASSWORDS, Service


class ServiceCase(unittest.TestCase):
    flow = "compensate"
    arguments = ()
    cost = CHEAP_PASSWORDS

    def setUp(self):
        self.service = Service(*self.arguments, flow=self.flow, passwords=self.cost)
        self.addCleanup(self.service.close)

    def assert_problem(self, answer, status, **members):
        code, headers, body = answer
        self.assertEqual(code, status, body)
        self.assertEqual(headers["Content-Type"], "application/problem+json")
        self.assertLessEqual({"type", "title", "status", "detail"}, body.keys())
        self.assertEqual(body["status"], status)
        for name, value in members.items():
            self.assertEqual(body[name], value, body)

    def assert_rising(self, ids):
        self.assertEqual(ids, sorted(set(ids)))
