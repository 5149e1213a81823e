"""Kill, start again, stop: what was accepted goes on."""
import signal
import time

from service_case import ServiceCase
from signup_service import document


class RestartTest(ServiceCase):
    def begin_with_a_deaf_chat(self, user_id="ada"):
        self.service.fault("chat", deaf=True)
        stream = self.service.sign_up_stream(user_id)
        first = stream.first()
        return [first, stream.until(lambda d: d["customerStatus"] == "SUCCESS")]

    def test_a_sign_up_goes_on_after_a_kill_on_the_same_port(self):
        seen = self.begin_with_a_deaf_chat()
        port = self.service.port
        self.service.kill()
        self.service.start()
        self.assertEqual(self.service.port, port)
        events = list(self.service.events("ada").events())
        self.assertEqual(events[:len(seen)], seen)
        self.assertEqual(events[-1][1], document("ada", "USER_INSERT_COMPLETE", "SUCCESS", "SUCCESS"))
        self.assertEqual(list(self.service.events("ada", seen[-1][0]).events()), events[len(seen):])

    def test_a_sign_up_goes_on_as_it_began_when_the_other_flow_is_chosen(self):
        self.service.plant("chat", "ada")
        self.begin_with_a_deaf_chat()
        self.service.kill()
        self.service.start(flow="synchronise")
        self.assertEqual(self.service.end_of("ada"),
                         document("ada", "USER_INSERT_FAIL", "FAIL", "ROLLED_BACK", "duplicate-user"))
        self.service.sign_up("ada")
        self.assertEqual(self.service.end_of("ada"),
                         document("ada", "USER_INSERT_COMPLETE", "FAIL", "SUCCESS", "duplicate-user"))

    def test_the_same_again_after_a_kill_is_the_same_sign_up(self):
        seen = self.begin_with_a_deaf_chat()
        self.service.kill()
        self.service.start()
        self.service.fault("chat", deaf=True)
        status, _, _ = self.service.sign_up("ada", userPw="another password")
        self.assertEqual(status, 409)
        self.service.fault("chat")
        self.assertEqual(list(self.service.events("ada").events())[:len(seen)], seen)

    def test_a_removal_goes_on_after_a_kill(self):
        self.service.sign_up("ada")
        self.service.end_of("ada")
        self.service.fault("customer", deaf=True)
        self.assertEqual(self.service.remove("ada")[0], 202)
        self.service.kill()
        self.service.start()
        self.assertEqual(self.service.end_of("ada"), document("ada", "USER_DELETE_COMPLETE", "SUCCESS", "SUCCESS"))

    def test_users_and_ends_are_still_known_after_a_stop(self):
        self.service.sign_up("ada")
        self.service.plant("chat", "bob")
        self.service.sign_up("bob")
        ends = [self.service.end_of("ada"), self.service.end_of("bob")]
        self.assertEqual(self.service.stop(), 0)
        self.service.start()
        self.assertEqual([self.service.status("ada"), self.service.status("bob")], ends)
        self.assertEqual(self.service.sign_up("ada")[0], 409)
        self.assertEqual(self.service.sign_up("bob")[0], 202)


class StopTest(ServiceCase):
    def stops_in_order(self, how):
        self.service.fault("chat", deaf=True)
        self.service.fault("customer", delay_ms=600_000)
        streams = [self.service.sign_up_stream(f"ada-{n}") for n in range(10)]
        for stream in streams:
            stream.first()
        began = time.monotonic()
        self.assertEqual(self.service.stop(how), 0)
        self.assertLess(time.monotonic() - began, 20)
        for stream in streams:
            self.assertEqual(list(stream.events()), [])

    def test_sigterm_stops_it_in_order_open_streams_included(self):
        self.stops_in_order(signal.SIGTERM)
        self.service.start()
        for n in range(10):
            self.assertEqual(self.service.end_of(f"ada-{n}")["userStatus"], "USER_INSERT_COMPLETE")

    def test_sigint_stops_it_in_order_too(self):
        self.stops_in_order(signal.SIGINT)
