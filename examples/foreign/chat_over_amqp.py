#!/usr/bin/python3
"""The chat service over AMQP.  chat_over_amqp.py HOST:PORT EXCHANGE DATABASE [USER PASSWORD]"""
import signal
import sys

import pika
from chat import Chat

address, exchange, path = sys.argv[1:4]
user, password = sys.argv[4:] or ("guest", "guest")
host, port = address.rsplit(":", 1)
chat = Chat(path)
connection = pika.BlockingConnection(pika.ConnectionParameters(
    host, int(port), credentials=pika.PlainCredentials(user, password), heartbeat=20))
channel = connection.channel()


# [take]
def take(_, delivery, properties, body):
    attributes = {name[3:]: value for name, value in properties.headers.items() if name.startswith("ce-")}
    outcome, answer = chat.answer(attributes, body)
    channel.basic_publish("", properties.reply_to, answer, mandatory=True, properties=pika.BasicProperties(
        content_type="application/json", delivery_mode=2, correlation_id=properties.correlation_id,
        headers={"ce-specversion": "1.0", "ce-id": attributes["id"] + "/reply", "ce-source": "chat",
                 "ce-type": attributes["type"], "ce-sagakind": "reply", "ce-causationid": attributes["id"],
                 "ce-sagaoutcome": outcome}))
    channel.basic_ack(delivery.delivery_tag)
# [/take]


def stop(*_):
    raise SystemExit(0)


signal.signal(signal.SIGTERM, stop)
# [queue]
queue = exchange + ".python-chat"
channel.exchange_declare(exchange, "topic", durable=True)
channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
for type in Chat.types:
    channel.queue_bind(queue, exchange, type)
# [/queue]
channel.confirm_delivery()  # basic_publish returns when the broker has the answer
channel.basic_qos(prefetch_count=100)
channel.basic_consume(queue, take)
channel.start_consuming()
