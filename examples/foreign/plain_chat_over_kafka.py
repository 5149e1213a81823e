#!/usr/bin/python3
"""A chat service that was there before and speaks plain JSON.  plain_chat_over_kafka.py HOST:PORT REQUESTS ANSWERS DATABASE

It knows no headers and nothing of sagas: {"eventId","userStatus","userId"} comes, and
{"eventId","userId","serviceName","userResponseStatus"} is its answer.
"""
import json
import signal
import sqlite3
import sys

from confluent_kafka import Consumer, Producer

hosts, requests, answers, path = sys.argv[1:]
db = sqlite3.connect(path, isolation_level=None)
db.executescript("""
CREATE TABLE IF NOT EXISTS members (user_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS events (id TEXT, status TEXT, response TEXT, PRIMARY KEY (id, status));""")
consumer = Consumer({"bootstrap.servers": hosts, "group.id": "plain-chat", "auto.offset.reset": "earliest",
                     "enable.auto.commit": False, "session.timeout.ms": 6000})
producer = Producer({"bootstrap.servers": hosts, "enable.idempotence": True})


def respond(event, status, user):
    with db:
        db.execute("BEGIN IMMEDIATE")
        known = db.execute("SELECT response FROM events WHERE id = ? AND status = ?", (event, status)).fetchone()
        if known:
            return known[0]
        there = db.execute("SELECT 1 FROM members WHERE user_id = ?", (user,)).fetchone()
        response = "USER_FAIL" if status == "USER_INSERT" and there else "USER_SUCCES"
        if response == "USER_SUCCES":
            db.execute("INSERT INTO members VALUES (?)" if status == "USER_INSERT" else
                       "DELETE FROM members WHERE user_id = ?", (user,))
        db.execute("INSERT INTO events VALUES (?, ?, ?)", (event, status, response))
        return response


def stop(*_):
    raise SystemExit(0)


signal.signal(signal.SIGTERM, stop)
consumer.subscribe([requests])
while True:
    message = consumer.poll(1)
    if message and not message.error():
        request = json.loads(message.value())
        response = respond(request["eventId"], request["userStatus"], request["userId"])
        producer.produce(answers, json.dumps({"eventId": request["eventId"], "userId": request["userId"],
                                              "serviceName": "chat", "userResponseStatus": response}))
        producer.flush()
        consumer.commit(message)
