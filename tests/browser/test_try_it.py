"""The "try it out" section: trouble by hand."""
from page_case import PageCase


class TryItTest(PageCase):
    def open_section(self):
        self.page.run("document.querySelector('#try summary').click()")
        self.page.until("the section", lambda: self.page.shown("plant"))

    def choose(self, form, service):
        self.page.run(f"document.querySelector('#{form} input[value={service}]').click()")

    def test_user_put_into_customer_is_a_duplicate_there(self):
        self.open_section()
        self.page.fill(self.user_id)
        self.assertEqual(self.page.find("plant-userId").get_attribute("value"), self.user_id)
        self.choose("plant", "customer")
        self.page.run("document.querySelector('#plant button').click()")
        self.page.until("the note", lambda: self.page.text("plant-note") == f"Customer has {self.user_id} now.")
        self.shoot("planted")
        self.page.click("submit")
        self.page.until("customer red", lambda: self.page.lights()["customer"] == "FAIL")
        self.page.until("the end", lambda: self.page.lights()["user"] == "FAIL")
        self.did("customer refused the user that the page had put there")

    def test_service_made_deaf_holds_the_sign_up_until_all_is_normal_again(self):
        self.open_section()
        self.page.run("document.getElementById('deaf').click()")
        self.page.run("document.querySelector('#fault .secondary').click()")
        self.page.until("the note", lambda: self.page.text("fault-note") == "Chat is deaf now.")
        self.page.sign_up(self.user_id)
        self.page.until_lights("PENDING", "PENDING", "SUCCESS")
        self.shoot("deaf")
        self.page.click("heal")
        self.page.until("the note", lambda: "back to normal" in self.page.text("fault-note"))
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.did("deaf by a click, green by another")

    def test_service_made_slow_by_the_slider_still_ends_green(self):
        self.open_section()
        self.page.run("const d = document.getElementById('delay'); d.value = 1500; d.dispatchEvent(new Event('input'))")
        self.page.run("document.querySelector('#fault .secondary').click()")
        self.page.until("the note", lambda: self.page.text("fault-note") == "Chat answers after 1.5 s now.")
        self.page.sign_up(self.user_id)
        self.page.until_lights("PENDING", "PENDING", "SUCCESS")
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.did("orange while chat was slow, then green")
