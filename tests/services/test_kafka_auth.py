"""Kafka with TLS, SASL PLAIN and SCRAM; and the certificates, good and bad."""
import ssl

from service_case import ServiceCase, client, services
from test_certificates import handshake


class KafkaAuthTest(ServiceCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = services.kafka_auth()
        cls.addClassCleanup(cls.kafka.close)
        cls.kafka.__enter__()

    def listed(self, listener, *settings, patience=30):
        """The metadata that kcat gets; it keeps trying for so many seconds."""
        pairs = [part for setting in settings for part in ("-X", setting)]
        return client("kcat", "-b", self.kafka.addresses()[listener], "-m", patience, "-L", *pairs)

    def assert_no_way_in(self, words, listener, *settings):
        with self.assertRaisesRegex(AssertionError, words):
            self.listed(listener, *settings, patience=2)

    def ca(self, name="ca"):
        return f"ssl.ca.location={self.kafka.certificates}/{name}.pem"

    def identity(self, name):
        folder = self.kafka.certificates
        return f"ssl.certificate.location={folder}/{name}.pem", f"ssl.key.location={folder}/{name}.key"

    def sasl(self, protocol, mechanism, user, password):
        return (f"security.protocol={protocol}", f"sasl.mechanisms={mechanism}", f"sasl.username={user}",
                f"sasl.password={password}")

    def test_each_user_gets_in_by_each_mechanism(self):
        for mechanism, user in (("PLAIN", "alice"), ("SCRAM-SHA-256", "bob"), ("SCRAM-SHA-512", "bob")):
            self.assertIn("broker 1", self.listed(
                "kafka-sasl-plaintext", *self.sasl("SASL_PLAINTEXT", mechanism, user, f"{user}-secret")))
            self.assertIn("broker 1", self.listed(
                "kafka-sasl-ssl", *self.sasl("SASL_SSL", mechanism, user, f"{user}-secret"), self.ca()))

    def test_a_wrong_password_is_refused(self):
        for mechanism, user in (("PLAIN", "alice"), ("SCRAM-SHA-256", "bob")):
            self.assert_no_way_in("[Aa]uthentication", "kafka-sasl-plaintext",
                                  *self.sasl("SASL_PLAINTEXT", mechanism, user, "guess"))

    def test_a_client_shows_a_certificate_where_one_is_wanted(self):
        self.assertIn("broker 1", self.listed("kafka-ssl", "security.protocol=SSL", self.ca(), *self.identity("client")))
        for who in ((), self.identity("stranger")):
            self.assert_no_way_in("SSL|isconnected", "kafka-ssl", "security.protocol=SSL", self.ca(), *who)

    def test_a_server_of_a_wrong_authority_is_refused(self):
        self.assert_no_way_in("certificate verify failed", "kafka-sasl-ssl",
                              *self.sasl("SASL_SSL", "PLAIN", "alice", "alice-secret"), self.ca("wrong-ca"))

    def test_the_broker_can_show_a_bad_certificate(self):
        port = self.kafka.ports["sasl-ssl"]
        authority = self.kafka.certificates / "ca.pem"
        for name, words in (("expired", "expired"), ("other-host", "IP address mismatch")):
            self.kafka.reconfigure(certificate=name)
            with self.assertRaisesRegex(ssl.SSLCertVerificationError, words):
                handshake(port, authority)
        self.kafka.reconfigure(certificate="server")
        handshake(port, authority)
