"""Over Kafka, SAGAFLOW_SERVICE says where."""
import json
import subprocess

from foreign_case import COMPLETE, ForeignCase, JoinsCase
from signup_service import PATIENCE
from split_service import shared_broker


class ChatTest(JoinsCase, ForeignCase):
    program = "chat_over_kafka.py"

    def command(self):
        return [shared_broker(), self.topic("req"), self.database()]

    def test_a_stranger_can_read_what_is_said(self):
        service = self.began()
        service.sign_up("ada")
        self.assert_ends("ada", *COMPLETE)
        said = [json.loads(line) for line in subprocess.run(
            ["kcat", "-b", shared_broker(), "-t", self.topic("req"), "-C", "-e", "-q", "-J"],
            capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.splitlines()]
        for message in said:
            headers = dict(zip(message["headers"][::2], message["headers"][1::2]))
            self.assertEqual(headers["ce_sagaid"], message["key"])
            self.assertEqual(headers["content-type"], "application/json")
            self.assertEqual(json.loads(message["payload"])["user_id"], "ada")
        self.assertEqual({dict(zip(m["headers"][::2], m["headers"][1::2]))["ce_type"] for m in said},
                         {"chat.add-user", "customer.add-user"})


class PlainChatTest(ForeignCase):
    """It was there before, and knows nothing of sagas."""
    program = "plain_chat_over_kafka.py"

    def command(self):
        return [shared_broker(), self.topic("req"), self.topic("res"), self.database()]

    def test_completes_and_reports(self):
        service = self.began("synchronise", wire="plain")
        service.sign_up("ada")
        self.assert_ends("ada", *COMPLETE)
        self.plant("bob")
        service.sign_up("bob")
        self.assert_ends("bob", "USER_INSERT_COMPLETE", "FAIL", "SUCCESS", "USER_FAIL")
        service.remove("ada")
        self.assert_ends("ada", "USER_DELETE_COMPLETE", "SUCCESS", "SUCCESS")


class PlainTopicEachTest(ForeignCase):
    """All or nothing needs a topic for each service."""
    program = "plain_chat_over_kafka.py"

    def command(self):
        return [shared_broker(), self.topic("req") + ".chat", self.topic("res"), self.database()]

    def test_compensates(self):
        service = self.began("compensate", wire="plain", more="chat: {{topic: {name}.req.chat}}\n"
                                                              "customer: {{topic: {name}.req.customer}}")
        service.plant("customer", "bob")
        service.sign_up("bob")
        self.assert_ends("bob", "USER_INSERT_FAIL", "ROLLED_BACK", "FAIL", "USER_FAIL")
