"""Removing the user whose sign-up is on screen."""
from page_case import PageCase


class RemovalTest(PageCase):
    def test_removal_turns_three_lights_green(self):
        self.sign_up_to_the_end()
        self.page.click("remove")
        self.page.until("the removal's end", lambda: self.page.text("headline") == f"{self.user_id} was removed")
        self.assert_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.assertEqual(self.page.light_names()["chat"], "Chat: removed")
        self.assertFalse(self.page.shown("login"))
        self.assertFalse(self.page.shown("remove"))
        self.did("the same lights, now green for removed")

    def test_removal_in_flight_survives_a_reload(self):
        self.sign_up_to_the_end()
        self.service.set_fault("chat", deaf=True)
        self.page.click("remove")
        self.page.until("customer removed", lambda: self.page.lights()["chat"] == "PENDING"
                        and self.page.text("headline") == f"Removing {self.user_id}")
        self.page.reload()
        self.page.until("still removing", lambda: self.page.text("headline") == f"Removing {self.user_id}")
        self.service.set_fault("chat", deaf=False)
        self.page.until("the removal's end", lambda: self.page.text("headline") == f"{self.user_id} was removed")
        self.did("removed, across a reload")

    def test_removed_user_can_sign_up_again(self):
        self.sign_up_to_the_end()
        self.page.click("remove")
        self.page.until("the removal's end", lambda: self.page.text("headline") == f"{self.user_id} was removed")
        self.page.click("fresh")
        self.assert_lights("IDLE", "IDLE", "IDLE")
        self.sign_up_to_the_end()
        self.assertEqual(self.page.text("headline"), f"Welcome, {self.user_id}")
        self.did("signed up, removed, signed up again")
