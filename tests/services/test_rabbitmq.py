"""RabbitMQ, with pika as its client."""
import concurrent.futures
import json
import ssl
import urllib.request

import pika
from service_case import ServiceCase, services
from test_certificates import handshake

QUORUM = {"x-queue-type": "quorum"}


def connection(rabbit, user="alice", password="alice-secret", authority=None):
    how = {}
    if authority:
        context = ssl.create_default_context(cafile=str(authority))
        how = {"ssl_options": pika.SSLOptions(context, "127.0.0.1")}
    return pika.BlockingConnection(pika.ConnectionParameters(
        "127.0.0.1", rabbit.ports["amqps" if authority else "amqp"],
        credentials=pika.PlainCredentials(user, password), **how))


def publish(rabbit, queue, *messages):
    """Returns when the broker has confirmed each."""
    with connection(rabbit) as connected:
        channel = connected.channel()
        channel.confirm_delivery()
        channel.queue_declare(queue, durable=True, arguments=QUORUM)
        for message in messages:
            channel.basic_publish("", queue, message.encode(), mandatory=True)


def take(rabbit, queue, count, **how):
    with connection(rabbit, **how) as connected:
        channel = connected.channel()
        taken = []
        for method, _, body in channel.consume(queue, inactivity_timeout=30):
            if method is None:
                break
            channel.basic_ack(method.delivery_tag)
            taken.append(body.decode())
            if len(taken) == count:
                break
        channel.cancel()
        return taken


def overview(rabbit):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"http://{rabbit.address('management')}/api/overview",
                                     headers={"Authorization": "Basic Z3Vlc3Q6Z3Vlc3Q="})
    with opener.open(request, timeout=30) as response:
        return json.load(response)


class RabbitMQTest(ServiceCase):
    def test_messages_survive_kill9_and_two_run_side_by_side(self):
        rabbit, other = services.rabbitmq(), services.rabbitmq()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for each in pool.map(services.rabbitmq.start, (rabbit, other)):
                self.addCleanup(each.close)
        with self.gone_afterwards(rabbit, other):
            publish(rabbit, "users", "Ada", "Grace")
            rabbit.sync()
            rabbit.kill9()
            self.assertIsNotNone(rabbit.server("epmd").pid)
            self.assertEqual("rabbit@localhost", overview(other)["node"])
            rabbit.start()
            self.assertEqual(["Ada", "Grace"], take(rabbit, "users", 2, authority=rabbit.certificates / "ca.pem"))
            self.refuses(other)

    def refuses(self, rabbit):
        with self.assertRaises(pika.exceptions.ProbableAuthenticationError):
            connection(rabbit, password="guess")
        authority = rabbit.certificates / "ca.pem"
        handshake(rabbit.ports["amqps"], authority)
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "self-signed|local issuer"):
            handshake(rabbit.ports["amqps"], rabbit.certificates / "wrong-ca.pem")
        rabbit.reconfigure(certificate="expired")
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "expired"):
            handshake(rabbit.ports["amqps"], authority)
