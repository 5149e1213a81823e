"""Apache Kafka (KRaft): one node, three nodes, one that asks who its clients are, or one behind a link."""
import concurrent.futures
import struct
import subprocess
import threading
import time

from . import certificates, install, processes
from .failure import Failure, advice
from .server import PATIENCE, Server
from .service import Service
from .wire import asked

PROPERTIES = """
process.roles=broker,controller
node.id={id}
controller.quorum.voters={voters}
listeners={listeners},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners={advertised}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
log.dirs={folder}/data
num.partitions=1
default.replication.factor={replicas}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={replicas}
offsets.topic.num.partitions=3
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr={in_sync}
transaction.state.log.num.partitions=3
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable={create_topics}
num.network.threads=2
num.io.threads=4
background.threads=2
log.cleaner.dedupe.buffer.size=4194304
log.retention.hours=-1
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
{more}
"""
LOG4J = """
log4j.rootLogger=INFO, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
"""

# A request for metadata, version 1, of no topic; its answer begins with size, correlation and the number of brokers.
METADATA = struct.pack("!ihhihi", 14, 3, 1, 7, -1, 0)


def brokers_known(port):
    """How many brokers the one at this port knows of."""
    answer = asked(port, METADATA, 12)
    return struct.unpack("!iii", answer)[2] if len(answer) == 12 else 0


class Kafka(Service):
    """create_topics: whether a topic is made when somebody first names it."""

    kind = "kafka"
    nodes = 1
    port_names = ("kafka", "controller")
    options = {"create_topics": False}
    heap = ("-Xms128m", "-Xmx512m")

    def needs(self):
        self.jars = install.kafka_jars()
        install.java()

    # ---- of one node

    def port_name(self, node):
        return "kafka"

    def controller_name(self, node):
        return "controller"

    def node_folder(self, node):
        return self.folder / f"node-{node}"

    def listeners(self, node):
        return f"PLAINTEXT://{self.address(self.port_name(node))}"

    def advertised(self, node):
        """Where clients are sent to."""
        return self.listeners(node)

    def more_properties(self):
        return ""

    def java(self, node, main, *arguments):
        folder = self.node_folder(node)
        return [str(part) for part in (  # without the second compiler, which has a core for itself for half a minute
            install.java(), *self.heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true",
            f"-Dlog4j.configuration=file:{folder}/log4j.properties", "-cp", f"{install.kafka_jars()}/*", main, *arguments)]

    # ---- of all

    def configure(self):
        all_nodes = range(1, self.nodes + 1)
        voters = ",".join(f"{n}@{self.address(self.controller_name(n))}" for n in all_nodes)
        for n in all_nodes:
            folder = self.node_folder(n)
            folder.mkdir(exist_ok=True)
            (folder / "server.properties").write_text(PROPERTIES.format(
                id=n, voters=voters, listeners=self.listeners(n), advertised=self.advertised(n), controller_port=self.ports[self.controller_name(n)],
                folder=folder, replicas=self.nodes, in_sync=1 + self.nodes // 3, more=self.more_properties(),
                create_topics=str(self.options["create_topics"]).lower()), encoding="utf-8")
            (folder / "log4j.properties").write_text(LOG4J, encoding="utf-8")

    format_arguments = ()

    def prepare(self):
        formatting = []
        for n in range(1, self.nodes + 1):
            folder = self.node_folder(n)
            formatting.append(subprocess.Popen(
                self.java(n, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c",
                          folder / "server.properties", *self.format_arguments),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                env=processes.environment(folder)))
        said = [process.communicate()[0] for process in formatting]
        for process, output in zip(formatting, said):
            if process.returncode:
                raise Failure(f"Kafka could not format its folder: {output.strip()[-800:]}{advice(output)}")

    def servers(self):
        return [Server(self.kind if self.nodes == 1 else f"{self.kind}-{n}", self.node_folder(n),
                       self.java(n, "kafka.Kafka", self.node_folder(n) / "server.properties"),
                       lambda log: "Kafka Server started" in log) for n in range(1, self.nodes + 1)]

    @property
    def bootstrap(self):
        return ",".join(self.address(self.port_name(n)) for n in range(1, self.nodes + 1))

    def addresses(self):
        return {"kafka": self.bootstrap}


class Kafka3(Kafka):
    """Every topic on all three nodes; two must have a message before it counts as written."""

    kind = "kafka3"
    nodes = 3
    port_names = ("kafka-1", "kafka-2", "kafka-3", "controller-1", "controller-2", "controller-3")
    heap = ("-Xms96m", "-Xmx320m")

    def port_name(self, node):
        return f"kafka-{node}"

    def controller_name(self, node):
        return f"controller-{node}"

    def start_order(self, waiting):
        return [waiting]  # one alone never has a quorum

    def wait_until_together(self):
        """Each node that runs knows of all that run: a topic can be made on all of them."""
        running = [server for server in self.running if server.pid]
        known = {}
        deadline = time.monotonic() + PATIENCE
        while len(known) < len(running):
            for node, server in enumerate(self.running, 1):
                if server in running and brokers_known(self.ports[f"kafka-{node}"]) >= len(running):
                    known[node] = True
            if time.monotonic() > deadline:
                raise Failure(f"the nodes of kafka3 do not find each other; look at the logs in {self.folder}")
            threading.Event().wait(0.02)

    def stop(self):
        """All at once: the last ones have no quorum for an orderly end, and are killed after a while."""
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(lambda server: server.stop(patience=5), self.all_servers()))

    def addresses(self):
        return {"kafka": self.bootstrap, **{f"kafka-{n}": self.address(f"kafka-{n}") for n in (1, 2, 3)}}


class KafkaLink(Kafka):
    """Sends its clients to another port, `kafka-link`, where nobody listens until a toxiproxy does: all goes through it."""

    kind = "kafka-link"
    port_names = ("kafka", "controller", "kafka-link")
    foreign_ports = ("kafka-link",)

    def advertised(self, node):
        return f"PLAINTEXT://{self.address('kafka-link')}"

    def addresses(self):
        return {"kafka": self.bootstrap, "kafka-link": self.address("kafka-link")}


class KafkaAuth(Kafka):
    """TLS, SASL PLAIN and SCRAM, together and apart. The listener `ssl` wants a client's certificate, `sasl-ssl` looks
    at one that is shown.

    certificate: what the broker shows: server, expired or other-host
    """

    kind = "kafka-auth"
    port_names = ("kafka", "controller", "sasl-plaintext", "ssl", "sasl-ssl")
    options = {**Kafka.options, "certificate": "server"}
    format_arguments = ("--add-scram", "SCRAM-SHA-256=[name=bob,password=bob-secret]",
                        "--add-scram", "SCRAM-SHA-512=[name=bob,password=bob-secret]")

    def needs(self):
        super().needs()
        install.programs("kafka", "openssl")

    @property
    def certificates(self):
        return self.folder / "certificates"

    def configure(self):
        certificates.checked(self.options["certificate"])
        if not self.certificates.exists():
            certificates.make(self.certificates)
        super().configure()

    def listeners(self, node):
        return ",".join(f"{listener}://{self.address(port)}" for listener, port in (
            ("PLAINTEXT", "kafka"), ("SASL_PLAINTEXT", "sasl-plaintext"), ("SSL", "ssl"), ("SASL_SSL", "sasl-ssl")))

    def more_properties(self):
        module = "org.apache.kafka.common.security"
        lines = ["sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
                 "ssl.keystore.type=PEM", "ssl.truststore.type=PEM",
                 f"ssl.keystore.location={self.certificates}/{self.options['certificate']}-keystore.pem",
                 f"ssl.truststore.location={self.certificates}/ca.pem",
                 "listener.name.ssl.ssl.client.auth=required", "listener.name.sasl_ssl.ssl.client.auth=requested"]
        for listener in ("sasl_plaintext", "sasl_ssl"):
            name = f"listener.name.{listener}"
            lines.append(f'{name}.plain.sasl.jaas.config={module}.plain.PlainLoginModule required user_alice="alice-secret";')
            for mechanism in ("scram-sha-256", "scram-sha-512"):
                lines.append(f"{name}.{mechanism}.sasl.jaas.config={module}.scram.ScramLoginModule required;")
        return "\n".join(lines)

    def addresses(self):
        secured = {f"kafka-{name}": self.address(name) for name in ("sasl-plaintext", "ssl", "sasl-ssl")}
        return {"kafka": self.bootstrap, **secured, "kafka-plain-user": "alice:alice-secret",
                "kafka-scram-user": "bob:bob-secret", "certificates": str(self.certificates)}
