"""Answers that the real service gives only in rare moments, from the fake one."""
from page_case import PageCase
from service import FAKE


class OddAnswersTest(PageCase):
    command = FAKE

    def refuse(self, path, status, times):
        self.service.post("/fake/answers", path=path, status=status, times=times)

    def test_full_service_is_told_in_the_alert_and_the_form_is_kept(self):
        self.refuse("/user", 503, 1)
        self.page.sign_up(self.user_id)
        self.page.until("the alert", lambda: "busy" in self.page.text("problem"))
        self.assertEqual(self.page.find("userPw").get_attribute("value"), "correct horse")
        self.page.click("submit")
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.did("503, then the same form again: green")

    def test_stream_that_is_refused_is_opened_again(self):
        self.refuse(f"/user/{self.user_id}", 503, 5)
        self.page.sign_up(self.user_id)
        self.page.until_connection("ended")
        self.assert_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.assertEqual(len(self.page.event_ids()), 4)
        self.did("events and status refused five times, then every event, once")

    def test_stream_that_is_cut_and_refused_continues_without_repeating_an_event(self):
        self.service.set_fault("chat", deaf=True)
        self.page.sign_up(self.user_id)
        self.page.until_lights("PENDING", "PENDING", "SUCCESS")
        self.refuse(f"/user/{self.user_id}/events", 503, 2)
        self.page.until_connection("lost")
        self.page.until_connection("live")
        self.service.set_fault("chat", deaf=False)
        self.page.until_connection("ended")
        ids = self.page.event_ids()
        self.assertEqual(len(ids), 4)
        self.assertEqual(ids, sorted(set(ids)))
        self.did(f"cut, refused twice, continued to the end: events {ids}")

    def test_removal_that_is_refused_is_told_beside_the_button(self):
        self.sign_up_to_the_end()
        self.refuse("/user", 409, 1)
        self.page.click("remove")
        self.page.until("the alert", lambda: self.page.text("outcome-problem") != "")
        self.assert_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.did(self.page.text("outcome-problem"))
