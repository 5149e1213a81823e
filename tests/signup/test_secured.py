"""The services as programs, over a broker that wants TLS and a password; what is secret stands in files."""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from signup_service import PATIENCE, document
from split_service import SplitService, broker_kind, shared_broker

KEY_PASSWORD = "the-clients-key-password"
WRONG = "a-wrong-guess"


class SecuredTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="signup-secrets-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.user, self.password = shared_broker(
            {"kafka": "kafka-scram-user", "amqp": "amqp-user"}[broker_kind()]).split(":")

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text + "\n", encoding="utf-8")
        return str(path)

    def certificate(self, name):
        return str(Path(shared_broker("certificates"), name))

    def encrypted_key(self, name):
        key = str(self.folder / "encrypted.key")
        subprocess.run(["openssl", "pkcs8", "-topk8", "-in", self.certificate(f"{name}.key"), "-out", key,
                        "-passout", f"pass:{KEY_PASSWORD}"], check=True, capture_output=True)
        return key

    def settings(self, password=None, client="client"):
        tls = {"enabled": True, "ca_file": self.certificate("ca.pem"), "certificate_file": self.certificate(f"{client}.pem"),
               "key_file": self.encrypted_key(client), "key_password_file": self.file("key-password", KEY_PASSWORD)}
        user = {"user": self.user, "password_file": self.file("password", password or self.password)}
        if broker_kind() == "kafka":
            return {"tls": tls, "sasl": {"mechanism": "SCRAM-SHA-512", **user}}
        return {"tls": tls, **user}

    def began(self, **options):
        address = shared_broker({"kafka": "kafka-sasl-ssl", "amqp": "amqps"}[broker_kind()])
        service = SplitService(address, more="log: {{level: debug}}", **options)
        self.addCleanup(service.close)
        return service

    def assert_no_secret_is_told(self, service):
        told = service.logged() + "".join(p.get(path)[1] for p in self.programs(service) for path in ("/readyz", "/metrics"))
        for secret in (self.password, KEY_PASSWORD, WRONG):
            self.assertNotIn(secret, told)

    def programs(self, service):
        return [service, *service.chats, *service.customers]

    def assert_comes_to_say(self, program, words):
        """At /readyz and in the log."""
        status, _ = program.wait_for("/readyz", lambda _, body: words in body and words in program.logged())
        self.assertEqual(status, 503)

    def test_a_sign_up_goes_through_with_a_certificate_and_a_password_from_files(self):
        service = self.began(settings=self.settings())
        service.sign_up("ada")
        self.assertEqual(service.end_of("ada"), document("ada", "USER_INSERT_COMPLETE", "SUCCESS", "SUCCESS"))
        self.assert_no_secret_is_told(service)

    def test_a_wrong_password_is_told_and_no_secret_is(self):
        service = self.began(settings=self.settings(password=WRONG), ready=False)
        words = {"kafka": "check sasl.mechanism, sasl.user and sasl.password", "amqp": "check user and password"}
        for program in self.programs(service):
            self.assert_comes_to_say(program, words[broker_kind()])
        self.assert_no_secret_is_told(service)
        for program in self.programs(service):
            self.assertEqual(program.stop(), 0)

    def test_a_certificate_of_another_authority_does_not_count(self):
        """Newer client libraries don't even show it to a broker that does not insist on one."""
        service = self.began(settings=self.settings(client="stranger"), ready=False)
        chat = service.chats[0]
        is_unshown = lambda: "not sending any client certificates" in chat.logged()
        status, _ = chat.wait_for("/readyz", lambda _, body: is_unshown() or ("certificate" in body and "certificate" in chat.logged()))
        if not is_unshown():
            self.assertEqual(status, 503)
        self.assert_no_secret_is_told(service)

    def test_a_password_file_that_is_missing_ends_the_program(self):
        settings = self.settings()
        path = Path(settings.get("sasl", settings)["password_file"])
        service = self.began(settings=settings)
        path.unlink()
        ended = subprocess.run(service.user_command(0), capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(ended.returncode, 1, ended.stdout)
        self.assertIn(f"password_file: the file '{path}' ", ended.stderr.replace('"', "'"), json.dumps(ended.stderr))
