"""What strangers send: each gets the right status and a problem that names the field; nothing is taken on."""
import json

from service_case import ServiceCase
from signup_service import JSON, document, form


def nested(depth):
    return b"[" * depth + b"]" * depth


class BadInputTest(ServiceCase):
    def errors_of(self, **fields):
        answer = self.service.sign_up("ada", **fields)
        self.assert_problem(answer, 400)
        return {e["pointer"]: e["detail"] for e in answer[2]["errors"]}

    def post(self, body, headers=JSON):
        return self.service.ask("POST", "/user", body, headers)

    def tearDown(self):
        self.assert_problem(self.service.ask("GET", "/user/ada/status"), 404)  # nothing was taken on

    def test_every_bad_field_has_its_entry(self):
        self.assertEqual(set(self.errors_of(userId="", userPw="short", email="no at", userName="")),
                         {"/userId", "/userPw", "/email", "/userName"})
        answer = self.post(b"{}")
        self.assert_problem(answer, 400)
        self.assertEqual([e["pointer"] for e in answer[2]["errors"]], ["/userId", "/userPw", "/email", "/userName"])
        for e in answer[2]["errors"]:
            self.assertTrue(e["detail"][0].isalpha() and not e["detail"].startswith(e["pointer"][1:]), e)

    def test_what_each_field_may_not_be(self):
        bad = {
            "userId": ["", "a" * 65, "a b", "a/b", "å", "a\u0000", "a\n", 7, None, ["ada"], {}],
            "userPw": ["", "1234567", "x" * 129, "é" * 65, 12345678, None],
            "email": ["", "@", "a@", "@b", "a@b@c", "ab", 1, None],
            "userName": ["", "x" * 101, "é" * 101, False, None],
        }
        for name, values in bad.items():
            for value in values:
                self.assertEqual(list(self.errors_of(**{name: value})), [f"/{name}"], (name, value))

    def test_json_that_cant_be_read(self):
        for body in (b"", b"{", b"[]", b"null", b'"x"', b'{"userId":"a",}', b"{'userId':1}", b'{"userId":"\xff\xfe"}',
                     b'{"userId":"\xed\xa0\x80"}', b'{"userId":"\\ud800"}', json.dumps(form("ada")).encode() + b"x",
                     json.dumps(form("ada")).encode("utf-16")):
            self.assert_problem(self.post(body), 400)

    def test_nesting_deeper_than_32(self):
        for depth in (33, 100, 20_000):
            self.assert_problem(self.post(b'{"x":' + nested(depth - 1) + b"}"), 400)

    def test_other_content_types(self):
        body = json.dumps(form("ada")).encode()
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""):
            self.assert_problem(self.post(body, {"Content-Type": kind}), 415)
        self.assert_problem(self.service.ask("POST", "/user", body), 415)

    def test_over_64_kib(self):
        body = json.dumps({**form("ada"), "more": "x" * 65536}).encode()
        self.assert_problem(self.post(body), 413)
        head = b"POST /user HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4000000\r\n\r\n"
        answer = self.service.raw(head + b"x" * 4_000_000)
        self.assertTrue(answer.startswith(b"HTTP/1.1 413 "), answer[:100])
        self.assertIn(b'"status":413', answer)

    def test_ids_that_are_odd_in_a_path(self):
        for path in ("/user/%00/status", "/user/a%20b/events", "/user/%2F/status", "/user/" + "a" * 5000 + "/status"):
            self.assert_problem(self.service.ask("GET", path), 404)
        self.assertEqual(self.service.ask("GET", "/user/%zz/status")[0], 400)

    def test_demo_requests(self):
        for body, pointers in (
                ({"service": "mail", "userId": "ada"}, ["/service"]), ({"service": "chat"}, ["/userId"]),
                ({"service": "chat", "userId": "a b"}, ["/userId"]), ({}, ["/service", "/userId"])):
            answer = self.service.ask("POST", "/demo/users", body)
            self.assert_problem(answer, 400)
            self.assertEqual([e["pointer"] for e in answer[2]["errors"]], pointers)
        for body, pointers in (
                ({"service": "user"}, ["/service"]), ({"service": "chat", "delayMs": -1}, ["/delayMs"]),
                ({"service": "chat", "delayMs": 1.5, "deaf": "yes"}, ["/delayMs", "/deaf"]),
                ({"service": "chat", "delayMs": "5"}, ["/delayMs"]), ({"service": "chat", "delayMs": 1e300}, ["/delayMs"])):
            answer = self.service.ask("POST", "/demo/faults", body)
            self.assert_problem(answer, 400)
            self.assertEqual([e["pointer"] for e in answer[2]["errors"]], pointers)
        self.assert_problem(self.service.ask("POST", "/demo/users", b"{", JSON), 400)
        self.assert_problem(self.service.ask("POST", "/demo/faults", b"{}", {"Content-Type": "text/plain"}), 415)


class OddButGoodTest(ServiceCase):
    def test_unknown_members_are_ignored_and_bounds_are_inside(self):
        deep = json.loads(nested(31))
        fields = {"userId": "a" * 64, "userPw": "é" * 64, "email": "@".join("ab"), "userName": "☃" * 100, "x": deep}
        status, _, body = self.service.ask("POST", "/user", fields, {"Content-Type": "Application/JSON; charset=utf-8"})
        self.assertEqual(status, 202, body)
        self.assertEqual(self.service.end_of("a" * 64), document("a" * 64, "USER_INSERT_COMPLETE", "SUCCESS", "SUCCESS"))

    def test_a_long_email_travels(self):
        self.assertEqual(self.service.sign_up("ada", email="a@" + "\"" * 30_000)[0], 202)
        self.assertEqual(self.service.end_of("ada")["userStatus"], "USER_INSERT_COMPLETE")

    def test_the_longest_body_is_taken(self):
        self.assert_taken(64 * 1024)

    def assert_taken(self, size):
        body = json.dumps({**form("ada"), "email": "a@b"}).encode()
        body = body.replace(b"a@b", b"a@" + b"b" * (size - len(body) + 1))
        self.assertEqual(len(body), size)
        self.assertEqual(self.service.ask("POST", "/user", body, JSON)[0], 202)
        self.assertEqual(self.service.end_of("ada"), document("ada", "USER_INSERT_COMPLETE", "SUCCESS", "SUCCESS"))


class LongBodiesTest(OddButGoodTest):
    arguments = ("--http.body_size=1MiB",)

    def test_the_longest_body_is_taken(self):
        self.assert_taken(1024 * 1024)
