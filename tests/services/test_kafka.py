"""Kafka: one node, with kcat as its client."""
import concurrent.futures

from service_case import ServiceCase, client, services


def produce(bootstrap, topic, *messages):
    client("kcat", "-b", bootstrap, "-t", topic, "-P", "-X", "acks=all", said="".join(f"{m}\n" for m in messages))


def consume(bootstrap, topic):
    return client("kcat", "-b", bootstrap, "-t", topic, "-C", "-o", "beginning", "-e", "-q").splitlines()


class KafkaTest(ServiceCase):
    def test_messages_survive_kill9_and_two_run_side_by_side(self):
        both = [services.kafka(create_topics=True), services.kafka()]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for each in pool.map(services.kafka.start, both):
                self.addCleanup(each.close)
        kafka, other = both
        with self.gone_afterwards(kafka, other):
            produce(kafka.bootstrap, "users", "Ada", "Grace")
            kafka.kill9()
            self.assertIn("broker 1 at", client("kcat", "-b", other.bootstrap, "-L"))
            kafka.start()
            self.assertEqual(["Ada", "Grace"], consume(kafka.bootstrap, "users"))
            produce(kafka.bootstrap, "users", "Hedy")
            self.assertEqual(["Ada", "Grace", "Hedy"], consume(kafka.bootstrap, "users"))
            self.assertIn(" 0 topics", client("kcat", "-b", other.bootstrap, "-L"))

    def test_the_clients_of_kafka_link_go_through_the_link_that_listens_there(self):
        kafka, proxy = services.kafka_link(create_topics=True), services.toxiproxy()
        with self.gone_afterwards(kafka, proxy):
            link = proxy.link("kafka", kafka.address("kafka"), listen=kafka.address("kafka-link"))
            produce(kafka.bootstrap, "users", "Ada")
            link.cut()
            with self.assertRaisesRegex(AssertionError, "Connection refused"):
                client("kcat", "-b", kafka.bootstrap, "-t", "users", "-P", "-X", "message.timeout.ms=500", said="Bob\n")
            link.heal()
            kafka.restart()
            self.assertEqual(["Ada"], consume(kafka.bootstrap, "users"))
