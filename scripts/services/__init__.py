"""Private servers on loopback for tests and demos.

    with services.kafka() as k:      # a temporary folder, free ports; all of it is gone at the end, however that comes
        k.bootstrap                  # "127.0.0.1:…"; k.addresses() has everything that clients need
        k.kill9()
        k.start()                    # on the same port, with the same data

Every kind takes folder=… (kept, and gone on from), port=… and its options; docs/servers.md tells them.
"""
from .failure import Failure
from .kafka import Kafka as kafka, Kafka3 as kafka3, KafkaAuth as kafka_auth, KafkaLink as kafka_link
from .postgres import Postgres as postgres
from .rabbitmq import RabbitMQ as rabbitmq
from .redis import Redis as redis
from .toxiproxy import Toxiproxy as toxiproxy

KINDS = {kind.kind: kind for kind in (kafka, kafka3, kafka_auth, kafka_link, rabbitmq, postgres, redis, toxiproxy)}

__all__ = ["Failure", "KINDS", "kafka", "kafka3", "kafka_auth", "kafka_link", "postgres", "rabbitmq", "redis", "toxiproxy"]
