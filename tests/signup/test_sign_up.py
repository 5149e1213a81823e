"""POST /user and what it leads to."""
import concurrent.futures
import sqlite3
from pathlib import Path

from service_case import ServiceCase
from signup_service import STREAM, document, terminal


class CompensateTest(ServiceCase):
    def test_streams_the_sign_up_from_its_pending_state_to_its_end(self):
        stream = self.service.sign_up_stream("ada")
        self.assertEqual(stream.response.status, 200)
        self.assertEqual(stream.response.headers["Content-Type"], "text/event-stream")
        self.assertEqual(stream.response.headers["X-Accel-Buffering"], "no")
        self.assertIn("retry", stream.next())
        events = list(stream.events())
        documents = [d for _, d in events]
        self.assert_rising([i for i, _ in events])
        self.assertEqual(documents[0], document("ada", "USER_INSERT"))
        self.assertEqual(documents[-1], document("ada", "USER_INSERT_COMPLETE", "SUCCESS", "SUCCESS"))
        self.assertFalse(any(terminal(d) for d in documents[:-1]))

    def test_without_that_accept_answers_202_and_where_the_status_is(self):
        status, headers, body = self.service.sign_up("ada")
        self.assertEqual((status, headers["Location"]), (202, "/user/ada/status"))
        self.assertEqual(body, {"status": "/user/ada/status", "events": "/user/ada/events"})
        self.assertEqual(self.service.end_of("ada"), document("ada", "USER_INSERT_COMPLETE", "SUCCESS", "SUCCESS"))
        self.assertEqual(self.service.sign_up("bob", {"Accept": "*/*"})[0], 202)
        self.assertEqual(self.service.sign_up("cy", {"Accept": "text/event-stream;q=0, */*"})[0], 202)

    def test_the_same_again_while_it_runs_is_the_same_sign_up(self):
        self.service.fault("chat", deaf=True)
        first = self.service.sign_up_stream("ada")
        pending = first.first()
        self.assertEqual(self.service.sign_up("ada")[0], 202)
        again = self.service.sign_up_stream("ada")
        self.assertEqual(again.first(), pending)
        resumed = self.service.sign_up_stream("ada", {"Last-Event-ID": str(pending[0])})
        self.service.fault("chat")
        seen, repeated, rest = list(first.events()), list(again.events()), list(resumed.events())
        self.assertEqual(seen, repeated)
        self.assertEqual(seen, rest)
        self.assertEqual(seen[-1][1]["userStatus"], "USER_INSERT_COMPLETE")

    def test_other_fields_while_it_runs_are_a_conflict(self):
        self.service.fault("customer", deaf=True)
        self.assertEqual(self.service.sign_up("ada")[0], 202)
        for other in ({"userPw": "another password"}, {"email": "x@y"}, {"userName": "Eve"}):
            self.assert_problem(self.service.sign_up("ada", **other), 409, title="same user exists")
        self.assert_problem(self.service.remove("ada"), 409, title="a sign-up is running")
        self.assertEqual(self.service.sign_up("ada")[0], 202)

    def test_a_user_that_exists_is_a_conflict(self):
        self.service.sign_up("ada")
        self.service.end_of("ada")
        self.assert_problem(self.service.sign_up("ada"), 409, title="same user exists")
        self.assert_problem(self.service.sign_up("ada", STREAM, userPw="another password"), 409, title="same user exists")

    def test_a_duplicate_in_chat_undoes_the_sign_up(self):
        self.service.plant("chat", "ada")
        documents = [d for _, d in self.service.sign_up_stream("ada").events()]
        last = documents[-1]
        self.assertEqual((last["userStatus"], last["chatStatus"], last["reason"]),
                         ("USER_INSERT_FAIL", "FAIL", "duplicate-user"))
        self.assertIn(last["customerStatus"], ("ROLLED_BACK", "PENDING"))
        self.assert_problem(self.service.remove("ada"), 404)

    def test_a_duplicate_in_customer_undoes_the_sign_up_after_chat_was_added(self):
        self.service.plant("customer", "ada")
        self.service.fault("customer", delay_ms=300)
        last = list(self.service.sign_up_stream("ada").events())[-1][1]
        self.assertEqual(last, document("ada", "USER_INSERT_FAIL", "ROLLED_BACK", "FAIL", "duplicate-user"))

    def test_after_a_failure_the_same_user_is_a_new_sign_up(self):
        self.service.plant("chat", "ada")
        first = list(self.service.sign_up_stream("ada").events())
        second = list(self.service.sign_up_stream("ada", userPw="another password").events())
        self.assertGreater(second[0][0], first[-1][0])
        self.assertEqual(second[0][1], document("ada", "USER_INSERT"))
        self.assertEqual(list(self.service.events("ada").events()), second)

    def test_fifty_at_once_are_one_sign_up(self):
        self.service.fault("chat", delay_ms=200)
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            streams = list(pool.map(lambda _: list(self.service.sign_up_stream("ada").events()), range(50)))
        whole = max(streams, key=len)
        for events in streams:
            self.assertEqual(events, whole)
        self.assertEqual(whole[-1][1]["userStatus"], "USER_INSERT_COMPLETE")
        self.assert_problem(self.service.sign_up("ada"), 409, title="same user exists")

    def test_a_deaf_service_is_found_again_when_it_hears(self):
        self.service.fault("chat", deaf=True)
        stream = self.service.sign_up_stream("ada")
        stream.until(lambda d: d["customerStatus"] == "SUCCESS")
        self.assertEqual(self.service.status("ada"), document("ada", "USER_INSERT", "PENDING", "SUCCESS"))
        self.service.fault("chat")
        self.assertEqual(list(stream.events())[-1][1]["userStatus"], "USER_INSERT_COMPLETE")

    def test_user_ids_that_look_like_folders_can_sign_up(self):
        for user_id, path in (("..", "/user/%2E%2E"), (".", "/user/%2E"), ("A-z_9." + "x" * 58, None)):
            status, headers, _ = self.service.sign_up(user_id, email="a@b")
            self.assertEqual(status, 202)
            location = headers["Location"]
            self.assertEqual(location, f"{path or '/user/' + user_id}/status")
            self.assertEqual(self.service.ask("GET", location)[2]["userId"], user_id)


class SynchroniseTest(ServiceCase):
    flow = "synchronise"

    def test_a_clean_sign_up_completes(self):
        last = list(self.service.sign_up_stream("ada").events())[-1][1]
        self.assertEqual(last, document("ada", "USER_INSERT_COMPLETE", "SUCCESS", "SUCCESS"))

    def test_a_duplicate_is_reported_and_the_user_is_kept(self):
        self.service.plant("chat", "ada")
        last = list(self.service.sign_up_stream("ada").events())[-1][1]
        self.assertEqual(last, document("ada", "USER_INSERT_COMPLETE", "FAIL", "SUCCESS", "duplicate-user"))
        self.assert_problem(self.service.sign_up("ada"), 409, title="same user exists")

    def test_fields_are_stored_as_they_are(self):
        name = "Åsa \"Ünïcode\" \u2603 \\ \n\t'); DROP TABLE users;--"
        self.assertEqual(self.service.sign_up("ada", userName=name, userPw="\u0000" * 8)[0], 202)
        self.assertEqual(self.service.end_of("ada")["userStatus"], "USER_INSERT_COMPLETE")
        self.assertEqual(self.service.stop(), 0)
        for database in ("user", "chat", "customer"):
            with sqlite3.connect(Path(self.service.folder, "data", f"{database}.db")) as db:
                self.assertEqual(db.execute("SELECT user_id, user_name FROM users").fetchall(), [("ada", name)])


class BusyTest(ServiceCase):
    arguments = ("--passwords.threads=1", "--passwords.queue=1")
    cost = ("--passwords.memory_kib=65536", "--passwords.passes=4")

    def test_more_passwords_than_may_wait_are_refused_and_nothing_is_taken_on(self):
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda n: self.service.sign_up(f"ada-{n}"), range(10)))
        self.assertEqual({status for status, _, _ in answers}, {202, 503})
        for n, answer in enumerate(answers):
            if answer[0] == 503:
                self.assert_problem(answer, 503)
                self.assert_problem(self.service.ask("GET", f"/user/ada-{n}/status"), 404)
            else:
                self.assertEqual(self.service.end_of(f"ada-{n}")["userStatus"], "USER_INSERT_COMPLETE")
