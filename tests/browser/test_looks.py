"""Phone and desktop, light and dark: nothing sticks out, everything can be read."""
from pathlib import Path

from page_case import DESKTOP, PHONE, PageCase

CONTRAST = Path(__file__).with_name("contrast.js").read_text()


class LooksTest(PageCase):
    def walk_through(self, name):
        """Every state of the page, each checked and photographed."""
        self.check(f"{name} form")
        self.page.run("document.getElementById('try').open = true")
        self.page.fill("not/an/id", password="short", email="nobody", name="")
        self.page.click("submit")
        self.page.until("errors", lambda: self.page.find("userId").get_attribute("aria-invalid") == "true")
        self.check(f"{name} errors")
        self.page.run("document.getElementById('try').open = false")
        self.service.set_fault("chat", deaf=True)
        self.page.sign_up(self.long_id())
        self.page.until_lights("PENDING", "PENDING", "SUCCESS")
        self.page.until("patience", lambda: self.page.shown("patience"))
        self.check(f"{name} waiting")
        self.service.set_fault("chat", deaf=False)
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.check(f"{name} green")
        refused = self.user_id
        self.service.put_user_into("chat", refused)
        self.page.click("fresh")
        self.page.sign_up(refused)
        self.page.until("the end", lambda: self.page.lights()["user"] == "FAIL")
        self.check(f"{name} refused")

    def long_id(self):
        return (self.user_id + "-" + "x" * 64)[:64]

    def check(self, state):
        self.page.settle()
        self.assertLessEqual(self.page.overflow(), 0, f"{state}: something sticks out to the right")
        self.assertEqual(self.page.run(CONTRAST), [], f"{state}: too little contrast")
        self.shoot(state)
        self.did(f"{state}: nothing sticks out, all text can be read")

    def assert_columns(self):
        """The events stand in columns, one for each service."""
        lefts = self.page.run("""return [0, 1, 2].map(service => new Set([...document.querySelectorAll('#events .says')].map(
            row => Math.round(row.children[service].getBoundingClientRect().left))).size)""")
        self.assertEqual(lefts, [1, 1, 1])

    def test_phone_in_light(self):
        self.browser.size(*PHONE, phone=True)
        self.walk_through("phone")

    def test_phone_in_dark(self):
        self.browser.size(*PHONE, phone=True)
        self.browser.scheme("dark")
        self.walk_through("phone")

    def test_desktop_in_light(self):
        self.browser.size(*DESKTOP)
        self.walk_through("desktop")
        self.assert_columns()

    def test_desktop_in_dark(self):
        self.browser.size(*DESKTOP)
        self.browser.scheme("dark")
        self.walk_through("desktop")

    def test_reduced_motion_stops_every_animation(self):
        self.browser.scheme("light", reduced_motion=True)
        self.service.set_fault("chat", deaf=True)
        self.page.sign_up(self.user_id)
        self.page.until_lights("PENDING", "PENDING", "SUCCESS")
        self.assertEqual(self.page.run("return document.getAnimations().length"), 0)
        self.did("nothing moves")
