"""The form: errors beside their fields, other problems in the alert, the keyboard alone."""
from page_case import PageCase

from browser import Keys

FIELDS = ("userId", "userPw", "email", "userName")


class FormTest(PageCase):
    def error_below(self, field):
        """The error that a screen reader reads with the field, if it stands right below it."""
        described_by = self.page.find(field).get_attribute("aria-describedby").split()
        error = self.page.find(described_by[-1])
        box, shown = self.page.find(field).rect, error.rect
        if error.text:
            self.assertLess(abs(shown["y"] - (box["y"] + box["height"])), 60, f"{field}: the error is not beside it")
        return error.text

    def test_errors_appear_beside_the_fields_they_belong_to(self):
        self.page.fill("not/an/id", password="short", email="nobody", name="Ada")
        self.page.click("submit")
        self.page.until("errors", lambda: self.page.find("userId").get_attribute("aria-invalid") == "true")
        for field in ("userId", "userPw", "email"):
            self.assertNotEqual(self.error_below(field), "", field)
            self.assertEqual(self.page.find(field).get_attribute("aria-invalid"), "true")
            self.did(f"{field}: {self.error_below(field)}")
        self.assertEqual(self.error_below("userName"), "")
        self.assertEqual(self.page.focused(), "userId")
        self.assertEqual(self.page.text("problem"), "")
        self.shoot("errors")

    def test_corrected_form_is_accepted_and_its_errors_are_gone(self):
        self.page.fill(self.user_id, password="short")
        self.page.click("submit")
        self.page.until("an error", lambda: self.error_below("userPw") != "")
        self.page.type("userPw", "long enough now")
        self.page.press(Keys.ENTER)
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.page.click("fresh")
        self.assertEqual([self.error_below(field) for field in FIELDS], ["", "", "", ""])
        self.did("accepted after the correction")

    def test_user_who_exists_is_told_in_the_alert(self):
        self.sign_up_to_the_end()
        self.page.click("fresh")
        self.page.sign_up(self.user_id)
        self.page.until("the alert", lambda: self.page.text("problem") != "")
        self.assertEqual(self.page.find("problem").get_attribute("role"), "alert")
        self.assertTrue(self.page.shown("signup"))
        self.assertIn("same user exists", self.page.text("problem").lower())
        self.did(self.page.text("problem"))
        self.shoot("alert")

    def test_service_that_is_away_is_told_in_the_alert(self):
        self.service.kill()
        self.page.sign_up(self.user_id)
        self.page.until("the alert", lambda: "can’t be reached" in self.page.text("problem"))
        self.service.start_again()
        self.page.click("submit")
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.did("told that the service is away, kept the form, signed up once it was back")

    def test_keyboard_alone_signs_up_and_removes(self):
        values = {"userId": self.user_id, "userPw": "correct horse", "email": "ada@example.org", "userName": "Ada"}
        for field, value in values.items():
            self.page.tab_to(field)
            self.assert_focus_is_visible()
            self.page.press(value)
        self.page.tab_to("submit")
        self.assert_focus_is_visible()
        self.shoot("focus")
        self.page.press(Keys.ENTER)
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.assertEqual(self.page.focused(), "headline")
        self.page.tab_to("remove")
        self.assert_focus_is_visible()
        self.page.press(Keys.SPACE)
        self.page.until("the removal's end", lambda: "was removed" in self.page.text("headline"))
        self.did("signed up and removed without a mouse")

    def test_example_fills_the_form_by_one_click(self):
        self.page.click("example")
        self.assertTrue(all(self.page.find(field).get_attribute("value") for field in FIELDS))
        self.page.press(Keys.ENTER)
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.did("one click and the enter key: three green lights")

    def test_password_is_shown_on_demand_and_nowhere_kept(self):
        self.page.fill(self.user_id, password="correct horse")
        self.page.click("reveal")
        self.assertEqual(self.page.find("userPw").get_attribute("type"), "text")
        self.page.click("reveal")
        self.assertEqual(self.page.find("userPw").get_attribute("type"), "password")
        self.page.click("submit")
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        kept = self.page.run("return location.href + JSON.stringify({...sessionStorage}) + JSON.stringify({...localStorage})")
        self.assertNotIn("horse", kept)
        self.assertEqual(self.page.find("userPw").get_attribute("value"), "")
        self.did("the password is gone from the page after the sign-up")

    def assert_focus_is_visible(self):
        outline = self.page.run("const s = getComputedStyle(document.activeElement); return s.outlineStyle + ' ' + s.outlineWidth")
        self.assertNotIn("none", outline, f"#{self.page.focused()} has no visible focus")
        self.assertNotIn(" 0px", outline)
