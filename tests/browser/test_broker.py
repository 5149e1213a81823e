"""The broker dies in mid sign-up, and comes back."""
from broker_service import BrokerService
from page_case import PageCase


class BrokerTest(PageCase):
    def test_lights_stay_orange_without_the_broker_and_turn_green_when_it_is_back(self):
        self.service.set_fault("chat", deaf=True)
        self.page.sign_up(self.user_id)
        self.page.until_lights("PENDING", "PENDING", "SUCCESS")
        self.page.run("window.marker = 'never reloaded'")
        before = self.page.event_ids()
        BrokerService.broker.kill()
        self.page.until("the service to notice", lambda: self.service.readiness() == 503)
        self.service.set_fault("chat", deaf=False)
        self.assert_lights("PENDING", "PENDING", "SUCCESS")
        self.shoot("broker dead")
        BrokerService.broker.start()
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.assertEqual(self.page.event_ids()[:len(before)], before)
        self.assertEqual(self.page.run("return window.marker"), "never reloaded")
        self.did("orange while there was no broker, green on the same page when there was one again")

    def test_a_sign_up_is_taken_without_the_broker_and_ends_when_it_is_back(self):
        BrokerService.broker.kill()
        self.page.until("the service to notice", lambda: self.service.readiness() == 503)
        self.page.sign_up(self.user_id)
        self.page.until_lights("PENDING", "PENDING", "PENDING")
        self.shoot("taken without a broker")
        BrokerService.broker.start()
        self.page.until_lights("SUCCESS", "SUCCESS", "SUCCESS")
        self.did("taken while there was no broker, green when there was one again")
