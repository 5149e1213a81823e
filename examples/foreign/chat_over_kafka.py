#!/usr/bin/python3
"""The chat service over Kafka.  chat_over_kafka.py HOST:PORT TOPIC DATABASE"""
import signal
import sys

from chat import Chat
from confluent_kafka import Consumer, Producer

hosts, topic, path = sys.argv[1:]
chat = Chat(path)
consumer = Consumer({"bootstrap.servers": hosts, "group.id": topic + ".chat", "auto.offset.reset": "earliest",
                     "enable.auto.commit": False, "session.timeout.ms": 6000})
producer = Producer({"bootstrap.servers": hosts, "enable.idempotence": True})


# [take]
def take(message):
    headers = {name: value.decode() for name, value in message.headers() or []}
    attributes = {name[3:]: value for name, value in headers.items() if name.startswith("ce_")}
    if attributes.get("type") not in Chat.types:
        return  # another service's
    outcome, body = chat.answer(attributes, message.value())
    producer.produce(attributes["sagareplyto"], body, message.key(), headers={
        "content-type": "application/json", "ce_specversion": "1.0", "ce_id": attributes["id"] + "/reply",
        "ce_source": "chat", "ce_type": attributes["type"], "ce_sagakind": "reply",
        "ce_causationid": attributes["id"], "ce_sagaoutcome": outcome})
    if producer.flush(60):
        raise SystemExit("the broker does not take the answer: started again, this service gives it again")
# [/take]


def stop(*_):
    raise SystemExit(0)


signal.signal(signal.SIGTERM, stop)
consumer.subscribe([topic])
try:
    while True:
        message = consumer.poll(1)
        if message and not message.error():
            take(message)
            consumer.commit(message)
finally:
    consumer.close()
