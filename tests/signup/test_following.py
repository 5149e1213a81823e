"""GET /user/{userId}/events and /status, DELETE, and the questions of operators."""
import json

from service_case import ServiceCase
from signup_service import STREAM, document


class FollowingTest(ServiceCase):
    def test_an_unknown_user_is_404_everywhere(self):
        self.assert_problem(self.service.ask("GET", "/user/nobody/events"), 404)
        self.assert_problem(self.service.ask("GET", "/user/nobody/status"), 404)
        self.assert_problem(self.service.remove("nobody"), 404)

    def test_history_comes_after_the_last_event_id_and_204_when_there_is_no_more(self):
        self.service.sign_up("ada")
        events = list(self.service.events("ada").events())
        for n, (event_id, _) in enumerate(events[:-1]):
            self.assertEqual(list(self.service.events("ada", event_id).events()), events[n + 1:])
        last = events[-1][0]
        self.assertEqual(self.service.events("ada", last).response.status, 204)
        self.assertEqual(self.service.events("ada", last - 1).response.status, 200)

    def test_a_last_event_id_that_cant_be_read_or_is_beyond_the_newest_is_ignored(self):
        self.service.sign_up("ada")
        events = list(self.service.events("ada").events())
        for odd in (events[-1][0] + 1, 2**63, 2**64, "-1", "1.5", "abc", "", "0x1", "1 2"):
            self.assertEqual(list(self.service.events("ada", odd).events()), events, odd)

    def test_live_events_are_the_same_as_history(self):
        self.service.fault("chat", delay_ms=300)
        streams = [self.service.sign_up_stream("ada")] + [self.service.events("ada") for _ in range(5)]
        seen = [list(s.events()) for s in streams]
        for events in seen + [list(self.service.events("ada").events())]:
            self.assertEqual(events, seen[0])

    def test_status_is_the_newest_document(self):
        self.service.fault("chat", deaf=True)
        self.service.sign_up("ada")
        self.service.events("ada").until(lambda d: d["customerStatus"] == "SUCCESS")
        status, headers, body = self.service.ask("GET", "/user/ada/status")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(body, document("ada", "USER_INSERT", "PENDING", "SUCCESS"))
        self.service.fault("chat")
        self.assertEqual(self.service.end_of("ada"), self.service.status("ada"))

    def test_readyz_and_livez(self):
        self.assertEqual(self.service.ask("GET", "/livez")[0], 200)
        self.assertEqual(self.service.ask("GET", "/readyz")[0], 200)


class HeartbeatTest(ServiceCase):
    arguments = ("--http.heartbeat=50ms",)

    def test_a_silent_stream_says_that_it_is_there(self):
        self.service.fault("chat", deaf=True)
        stream = self.service.sign_up_stream("ada")
        stream.until(lambda d: d["customerStatus"] == "SUCCESS")
        block = stream.next()
        self.assertEqual(list(block), ["comment"])


class RemovalTest(ServiceCase):
    def setUp(self):
        super().setUp()
        self.service.sign_up("ada")
        self.service.end_of("ada")

    def test_removes_the_user_everywhere(self):
        status, headers, _ = self.service.remove("ada")
        self.assertEqual((status, headers["Location"]), (202, "/user/ada/status"))
        documents = [d for _, d in self.service.events("ada").events()]
        self.assertEqual(documents[0], document("ada", "USER_DELETE"))
        self.assertEqual(documents[-1], document("ada", "USER_DELETE_COMPLETE", "SUCCESS", "SUCCESS"))
        self.assert_problem(self.service.remove("ada"), 404)
        self.assertEqual(self.service.status("ada")["userStatus"], "USER_DELETE_COMPLETE")
        self.service.sign_up("ada")
        self.assertEqual(self.service.end_of("ada")["userStatus"], "USER_INSERT_COMPLETE")

    def test_streams_the_removal_when_asked_to(self):
        response = self.service.send("DELETE", "/user/ada", headers=STREAM)
        self.assertEqual((response.status, response.headers["Content-Type"]), (200, "text/event-stream"))
        self.assertIn("USER_DELETE_COMPLETE", response.read().decode())

    def test_the_same_again_while_it_runs_is_the_same_removal(self):
        self.service.fault("customer", deaf=True)
        self.assertEqual(self.service.remove("ada")[0], 202)
        self.assertEqual(self.service.remove("ada")[0], 202)
        self.assert_problem(self.service.sign_up("ada"), 409, title="a removal is running")
        self.service.fault("customer")
        events = list(self.service.events("ada").events())
        self.assertEqual(events[0][1], document("ada", "USER_DELETE"))
        self.assertEqual(events[-1][1]["userStatus"], "USER_DELETE_COMPLETE")
        self.assertEqual(len({json.dumps(d) for _, d in events}), len(events))


class PageTest(ServiceCase):
    def test_serves_the_page_and_its_files(self):
        for path, kind in (("/", "text/html"), ("/page.js", "text/javascript"), ("/page.css", "text/css")):
            status, headers, body = self.service.ask("GET", path)
            self.assertEqual((status, headers["Content-Type"].split(";")[0]), (200, kind))
            self.assertEqual(headers["Cache-Control"], "no-cache")
            self.assertTrue(body)
        self.assert_problem(self.service.ask("GET", "/nothing"), 404)
        self.assert_problem(self.service.ask("PUT", "/user"), 405)
