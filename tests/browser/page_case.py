"""The base of the browser tests: one Chromium per file, one service and one fresh page per test."""
import os
import re
import unittest
import uuid
from pathlib import Path

from browser import Browser, Page
from service import Service, over_broker

SHOTS = Path(os.environ.get("SAGAFLOW_SCREENSHOTS") or Path(__file__).resolve().parents[2] / "build/screenshots")
DESKTOP = (1280, 900)
PHONE = (375, 812)


class PageCase(unittest.TestCase):
    flow = "compensate"
    font_size = 16  # that the reader has chosen
    command = None  # the service under test; a case that needs the fake says so

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser(cls.font_size)
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.size(*DESKTOP)
        self.browser.scheme("light")
        self.browser.complaints()
        self.use_service(self.flow)

    def use_service(self, flow):
        self.service = self.started(flow)
        self.addCleanup(self.service.close)
        self.page = Page(self.browser, self.service.url)
        self.user_id = f"ada-{uuid.uuid4().hex[:8]}"

    def started(self, flow):
        if over_broker() and not self.command:
            from broker_service import BrokerService  # not needed, nor its servers, without a broker
            return BrokerService(flow)
        return Service(flow, self.command)

    def tearDown(self):
        self.shoot("end")
        self.assertEqual(self.browser.complaints(), [], "the page raised errors")

    def did(self, text):
        print(f"    {text}", flush=True)

    def shoot(self, state):
        """A screenshot of the whole page, named after the test and the state."""
        name = re.sub(r"[^a-z0-9]+", "-", f"{self._testMethodName.removeprefix('test_')} {state}".lower())
        self.page.settle()
        self.browser.screenshot(SHOTS / f"{name}.png")

    def assert_lights(self, user, chat, customer):
        self.assertEqual(self.page.lights(), {"user": user, "chat": chat, "customer": customer})

    def sign_up_to_the_end(self):
        self.page.sign_up(self.user_id)
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
