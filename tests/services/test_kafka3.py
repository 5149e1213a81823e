"""Kafka: three nodes; one may be killed."""
from service_case import ServiceCase, client, services
from test_kafka import consume, produce


def leader(bootstrap, topic):
    line = next(l for l in client("kcat", "-b", bootstrap, "-L", "-t", topic).splitlines() if "partition 0" in l)
    return int(line.partition("leader ")[2].partition(",")[0])


class Kafka3Test(ServiceCase):
    def test_a_topic_goes_on_when_its_leader_is_killed_and_the_leader_comes_back(self):
        kafka = services.kafka3(create_topics=True)
        with self.gone_afterwards(kafka):
            produce(kafka.bootstrap, "users", "Ada")
            killed = leader(kafka.bootstrap, "users")
            kafka.server(f"kafka3-{killed}").kill9()
            self.assertEqual(2, sum(1 for server in kafka.running if server.pid))
            produce(kafka.bootstrap, "users", "Grace")
            self.assertNotEqual(killed, leader(kafka.bootstrap, "users"))
            kafka.start()  # starts those that do not run
            produce(kafka.addresses()[f"kafka-{killed}"], "users", "Hedy")
            self.assertEqual(["Ada", "Grace", "Hedy"], consume(kafka.bootstrap, "users"))
