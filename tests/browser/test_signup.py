"""What the lights show for each way that a sign-up can end."""
from page_case import PageCase


class CompensateTest(PageCase):
    flow = "compensate"

    def test_clean_sign_up_turns_three_lights_green(self):
        self.assert_lights("IDLE", "IDLE", "IDLE")
        self.shoot("form")
        self.page.sign_up(self.user_id)
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.assertEqual(self.page.text("headline"), f"Welcome, {self.user_id}")
        self.assertTrue(self.page.shown("login"))
        self.assertFalse(self.page.shown("signup"))
        self.did(f"three green lights after events {self.page.event_ids()}")

    def test_events_are_listed_as_they_arrive(self):
        self.service.set_fault("chat", delay_ms=1500)
        self.page.sign_up(self.user_id)
        self.page.until("customer added while chat waits", lambda: self.page.lights()["customer"] == "SUCCESS")
        self.assertEqual(self.page.lights()["chat"], "PENDING")
        before = self.page.event_ids()
        self.shoot("in flight")
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        after = self.page.event_ids()
        self.assertEqual(after[:len(before)], before)
        self.assertGreater(len(after), len(before))
        self.assertEqual(after, sorted(set(after)))
        self.did(f"{len(before)} events while chat was slow, {len(after)} at the end, ids rising")

    def test_chat_duplicate_undoes_the_sign_up(self):
        self.service.put_user_into("chat", self.user_id)
        self.page.sign_up(self.user_id)
        self.page.until("the end", lambda: self.page.lights()["user"] == "FAIL")
        lights = self.page.lights()
        self.assertEqual(lights["chat"], "FAIL")
        self.assertIn(lights["customer"], ("ROLLED_BACK", "PENDING"))
        self.assertIn("was not signed up", self.page.text("headline"))
        self.assertIn("Chat refused", self.page.text("story"))
        self.assertFalse(self.page.shown("login"))
        self.did(f"lights {lights}: {self.page.text('story')}")

    def test_after_a_refusal_the_details_can_be_changed(self):
        self.service.put_user_into("chat", self.user_id)
        self.page.sign_up(self.user_id)
        self.page.until("the end", lambda: self.page.lights()["user"] == "FAIL")
        self.page.click("again")
        self.assertEqual(self.page.find("email").get_attribute("value"), "ada@example.org")
        self.assertEqual(self.page.find("userPw").get_attribute("value"), "")
        self.page.sign_up(self.user_id + "-2")
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.did("the same form with another id: three green lights")


class SynchroniseTest(PageCase):
    flow = "synchronise"

    def test_chat_duplicate_turns_only_its_own_light_red(self):
        self.service.put_user_into("chat", self.user_id)
        self.page.sign_up(self.user_id)
        self.page.until_lights("SUCCESS", "FAIL", "SUCCESS")
        self.assertEqual(self.page.text("headline"), f"Welcome, {self.user_id}")
        self.assertIn("Chat refused", self.page.text("story"))
        self.assertTrue(self.page.shown("login"))
        self.did(f"chat red, the others green: {self.page.text('story')}")
