"""The services as programs, over a real broker: SAGAFLOW_BROKER is kafka or amqp, its address where ctest says."""
import json
import signal
import subprocess
import tempfile
import unittest

from signup_service import PATIENCE, document
from split_service import SplitService, broker_kind, shared_broker

COMPLETE = ("USER_INSERT_COMPLETE", "SUCCESS", "SUCCESS")
TOPIC_EACH = "chat: {{topic: {name}.req.chat}}\ncustomer: {{topic: {name}.req.customer}}"


class BrokerCase(unittest.TestCase):
    def began(self, flow="compensate", **options):
        service = SplitService(shared_broker(), flow, **options)
        self.addCleanup(service.close)
        return service

    def waits_for_chat(self, service, user_id):
        """A sign-up that customer has answered and chat has not."""
        stream = service.sign_up_stream(user_id)
        return [stream.first(), stream.until(lambda d: d["customerStatus"] == "SUCCESS")]

    def assert_ends(self, service, user_id, *end):
        self.assertEqual(service.end_of(user_id), document(user_id, *end), service.logged())


class FlowsTest(BrokerCase):
    def test_all_or_nothing_and_removal(self):
        service = self.began("compensate")
        service.plant("chat", "bob")
        service.sign_up("ada")
        service.sign_up("bob")
        self.assert_ends(service, "ada", *COMPLETE)
        self.assert_ends(service, "bob", "USER_INSERT_FAIL", "FAIL", "ROLLED_BACK", "duplicate-user")
        service.remove("ada")
        self.assert_ends(service, "ada", "USER_DELETE_COMPLETE", "SUCCESS", "SUCCESS")
        service.sign_up("ada")
        self.assert_ends(service, "ada", *COMPLETE)

    def test_a_duplicate_is_only_reported_in_the_other_flow(self):
        service = self.began("synchronise")
        service.plant("chat", "ada")
        service.sign_up("ada")
        self.assert_ends(service, "ada", "USER_INSERT_COMPLETE", "FAIL", "SUCCESS", "duplicate-user")

    def test_every_program_has_figures_and_ends_in_order_on_sigterm(self):
        service = self.began()
        service.sign_up("ada")
        self.assert_ends(service, "ada", *COMPLETE)
        for program, line in ((service, 'sagaflow_sagas_finished_total{outcome="completed"} 1'),
                              (service.chats[0], 'sagaflow_participant_commands_total{participant="chat",result="handled"} 1'),
                              (service.customers[0], "sagaflow_participant_rejections_total{participant=\"customer\"} 0")):
            program.wait_for("/metrics", lambda _, figures, wanted=line: wanted in figures.splitlines())
            self.assertEqual(program.stop(signal.SIGTERM), 0)


class TroubleTest(BrokerCase):
    def test_a_sign_up_waits_for_a_chat_that_was_stopped(self):
        service = self.began()
        service.chats[0].stop()
        seen = self.waits_for_chat(service, "ada")
        service.chats[0].start()
        self.assert_ends(service, "ada", *COMPLETE)
        self.assertEqual(list(service.events("ada").events())[:len(seen)], seen)

    def test_a_sign_up_goes_on_after_a_kill_of_the_user_service(self):
        service = self.began()
        self.assertEqual(service.fault("chat", deaf=True), 204)
        seen = self.waits_for_chat(service, "ada")
        service.kill()
        service.start()
        self.assertEqual(service.fault("chat"), 204)
        self.assert_ends(service, "ada", *COMPLETE)
        self.assertEqual(list(service.events("ada").events())[:len(seen)], seen)

    def test_a_second_user_service_is_refused_and_told_who_has_the_answers(self):
        service = self.began()
        with tempfile.TemporaryDirectory() as other:
            second = subprocess.run(service.user_command(0, f"--data={other}"), capture_output=True, text=True,
                                    timeout=PATIENCE, check=False)
        self.assertNotEqual(second.returncode, 0, second.stdout)
        self.assertIn("belongs to the engine 'user'", second.stderr)
        service.sign_up("ada")
        self.assert_ends(service, "ada", *COMPLETE)

    def test_two_instances_of_chat_share_the_work_and_one_is_enough(self):
        service = self.began()
        service.another_chat()
        for n in range(20):
            service.sign_up(f"ada-{n}")
        service.chats[0].kill()
        for n in range(20):
            self.assert_ends(service, f"ada-{n}", *COMPLETE)


@unittest.skipUnless(broker_kind() == "amqp", "on Kafka they wait in their topic")
class NobodyTakesThemTest(BrokerCase):
    def test_readyz_tells_of_commands_that_no_queue_takes_and_stays_ready(self):
        service = self.began()
        service.stop()
        service.arguments.append("--chat.topic=nobody-" + service.config.parent.name)
        service.start()
        service.sign_up("ada")
        service.events("ada").until(lambda d: d["customerStatus"] == "SUCCESS")
        status, answer = service.get("/readyz")
        self.assertEqual(status, 200, answer)
        self.assertIn("takes the type 'chat.add-user'", json.loads(answer)["notes"]["publishing"])


class PlainTest(BrokerCase):
    """The plain JSON of services that were there before."""

    def test_one_request_for_both_services(self):
        service = self.began("synchronise", wire="plain")
        service.plant("customer", "bob")
        service.sign_up("ada")
        service.sign_up("bob")
        self.assert_ends(service, "ada", *COMPLETE)
        self.assert_ends(service, "bob", "USER_INSERT_COMPLETE", "SUCCESS", "FAIL", "USER_FAIL")
        service.remove("ada")
        self.assert_ends(service, "ada", "USER_DELETE_COMPLETE", "SUCCESS", "SUCCESS")

    def test_all_or_nothing_with_a_topic_for_each(self):
        service = self.began("compensate", wire="plain", more=TOPIC_EACH)
        service.plant("customer", "bob")
        service.sign_up("bob")
        self.assert_ends(service, "bob", "USER_INSERT_FAIL", "ROLLED_BACK", "FAIL", "USER_FAIL")

