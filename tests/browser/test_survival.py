"""A sign-up in mid-flight outlives a reload, another window, and the death of the service."""
from page_case import PageCase


class SurvivalTest(PageCase):
    def begin_with_a_deaf_chat(self):
        self.service.set_fault("chat", deaf=True)
        self.page.sign_up(self.user_id)
        self.page.until_lights("PENDING", "PENDING", "SUCCESS")

    def test_reload_in_mid_flight_continues_the_same_sign_up(self):
        self.begin_with_a_deaf_chat()
        before = self.page.event_ids()
        self.page.reload()
        self.page.until_lights("PENDING", "PENDING", "SUCCESS")
        self.assertFalse(self.page.shown("signup"))
        self.assertEqual(self.page.event_ids()[:len(before)], before)
        self.assertIn(self.user_id, self.page.text("headline"))
        self.shoot("after reload")
        self.service.set_fault("chat", deaf=False)
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.did(f"events {before} before the reload, {self.page.event_ids()} at the end")

    def test_reload_after_the_end_still_shows_the_end(self):
        self.sign_up_to_the_end()
        self.page.reload()
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.assertTrue(self.page.shown("login"))
        self.did("the end is shown again after a reload")

    def test_killed_service_started_again_continues_on_the_same_page(self):
        self.begin_with_a_deaf_chat()
        before = self.page.event_ids()
        self.page.run("window.marker = 'never reloaded'")
        self.service.kill()
        self.page.until_connection("lost")
        self.assert_lights("PENDING", "PENDING", "SUCCESS")
        self.shoot("service dead")
        self.service.start_again()
        self.service.set_fault("chat", deaf=False)
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        after = self.page.event_ids()
        self.assertEqual(after[:len(before)], before)
        self.assertEqual(after, sorted(set(after)))
        self.assertEqual(self.page.run("return window.marker"), "never reloaded")
        self.did(f"killed after events {before}, green at {after}, on the page that was open all the time")

    def test_slow_service_is_named_and_the_sign_up_goes_on(self):
        self.begin_with_a_deaf_chat()
        self.page.until("a word of patience", lambda: self.page.shown("patience"))
        self.assertIn("Chat has not answered yet", self.page.text("patience"))
        self.shoot("waiting")
        self.service.set_fault("chat", deaf=False)
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.assertFalse(self.page.shown("patience"))
        self.did("told that chat has not answered, then green")

    def test_unknown_user_in_the_address_leads_back_to_the_form(self):
        self.page.open("#user=nobody")
        self.page.until("the form", lambda: self.page.shown("signup"))
        self.page.until("the reason", lambda: "nobody" in self.page.text("problem"))
        self.did(self.page.text("problem"))
