"""Another client of the broker, which knows nothing of sagaflow: python3 stranger.py HOST:PORT VERB …

  publish EXCHANGE KEY BODY [PROPERTIES]   PROPERTIES is JSON; prints `ok`, or `unroutable`
  get QUEUE                                takes one message; prints it as JSON; waits for one at most 30 s
  answer QUEUE                             takes one command and answers as a plain service does: to reply_to by the
                                           default exchange, with the correlation_id and a body, nothing else
  bind QUEUE EXCHANGE KEY [ARGUMENTS]      makes a plain queue of its own; ARGUMENTS is JSON
  count QUEUE                              prints how many wait there
  delete-queue QUEUE, delete-exchange EXCHANGE
"""
import json
import sys
import time

import pika

PROPERTIES = ("content_type", "correlation_id", "reply_to", "message_id", "type", "app_id", "timestamp", "delivery_mode")


def wait_for_one(channel, queue):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        method, properties, body = channel.basic_get(queue, auto_ack=True)
        if method:
            return method, properties, body
        time.sleep(0.01)
    sys.exit(f"nothing came to {queue}")


def publish(channel, exchange, key, body, properties="{}"):
    channel.confirm_delivery()
    try:
        channel.basic_publish(exchange, key, body.encode(), pika.BasicProperties(**json.loads(properties)), mandatory=True)
    except pika.exceptions.UnroutableError:
        return "unroutable"
    return "ok"


def get(channel, queue):
    method, properties, body = wait_for_one(channel, queue)
    seen = {"exchange": method.exchange, "routing_key": method.routing_key, "body": body.decode()}
    seen["properties"] = {name: getattr(properties, name) for name in PROPERTIES if getattr(properties, name) is not None}
    seen["headers"] = properties.headers or {}
    return json.dumps(seen, default=str, indent=1, sort_keys=True)


def answer(channel, queue):
    _, asked, _ = wait_for_one(channel, queue)
    how = pika.BasicProperties(correlation_id=asked.correlation_id, content_type="application/json")
    channel.basic_publish("", asked.reply_to, b'{"room_id":"42"}', how)
    return "ok"


def bind(channel, queue, exchange, key, arguments="{}"):
    channel.queue_declare(queue, durable=True, arguments=json.loads(arguments))
    channel.queue_bind(queue, exchange, key)
    return "ok"


def count(channel, queue):
    return str(channel.queue_declare(queue, passive=True).method.message_count)


def delete_queue(channel, queue):
    channel.queue_delete(queue)
    return "ok"


def delete_exchange(channel, exchange):
    channel.exchange_delete(exchange)
    return "ok"


VERBS = {"publish": publish, "get": get, "answer": answer, "bind": bind, "count": count, "delete-queue": delete_queue,
         "delete-exchange": delete_exchange}


def main():
    address, verb, *arguments = sys.argv[1:]
    host, port = address.rsplit(":", 1)
    with pika.BlockingConnection(pika.ConnectionParameters(host, int(port))) as connection:
        print(VERBS[verb](connection.channel(), *arguments))


main()
