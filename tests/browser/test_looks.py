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
        """The events stand in columns, one for each service, however long a reason is."""
        widths = "return [...document.querySelectorAll('#events .says')].map(row => row.getBoundingClientRect().width)"
        before = self.page.run(widths)
        self.page.run("document.querySelector('#events .why').textContent = 'Reason: ' + 'no such account; '.repeat(20)")
        self.check("a long reason")
        self.assertEqual(self.page.run(widths), before)
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


class LargePrintTest(PageCase):
    font_size = 32

    def test_letters_twice_as_large_fit_on_a_phone(self):
        self.browser.size(*PHONE, phone=True)
        self.service.put_user_into("chat", self.user_id)
        self.page.sign_up(self.user_id)
        self.page.until("the end", lambda: self.page.lights()["user"] == "FAIL")
        self.assertEqual(self.page.run("return getComputedStyle(document.body).fontSize"), "32px")
        self.assertLessEqual(self.page.overflow(), 0, "something sticks out to the right")
        boxes = self.page.run("return [...document.querySelectorAll('.light')].map(l => [...l.children].map(c => "
                              "{ const b = c.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }))")
        for first, second in zip(boxes, boxes[1:]):
            for a in first:
                for b in second:
                    apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                    self.assertTrue(apart, f"two lights overlap: {a} and {b}")
        self.did("nothing sticks out, no light lies on another")
