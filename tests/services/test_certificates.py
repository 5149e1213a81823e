"""The certificates themselves, with Python's TLS on both ends."""
import socket
import ssl
import tempfile
import threading
from pathlib import Path

from service_case import ServiceCase, services
from services import certificates


def handshake(port, authority, identity=None):
    """Connects to 127.0.0.1:port; raises what is wrong with the server's certificate."""
    context = ssl.create_default_context(cafile=str(authority))
    if identity:
        context.load_cert_chain(f"{identity}.pem", f"{identity}.key")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1"):
            pass


class CertificatesTest(ServiceCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name, "certificates")
        certificates.make(cls.folder)

    def serve_once(self, name):
        """The port of a server that shows this certificate to one client."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}-keystore.pem")
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            with listener, listener.accept()[0] as connection:
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    pass
        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        return listener.getsockname()[1]

    def test_the_good_one_is_taken_and_each_bad_one_refused_for_its_own_reason(self):
        handshake(self.serve_once("server"), self.folder / "ca.pem")
        for name, authority, words in (("server", "wrong-ca", "self-signed certificate in"), ("expired", "ca", "expired"),
                                       ("other-host", "ca", "IP address mismatch")):
            with self.assertRaisesRegex(ssl.SSLCertVerificationError, words):
                handshake(self.serve_once(name), self.folder / f"{authority}.pem")

    def test_keys_are_pkcs8_and_a_keystore_holds_key_certificate_and_authority(self):
        text = (self.folder / "server-keystore.pem").read_text()
        self.assertTrue(text.startswith("-----BEGIN PRIVATE KEY-----"))
        self.assertEqual(2, text.count("BEGIN CERTIFICATE"))

    def test_an_unknown_certificate_is_refused(self):
        self.assert_refused("there is no certificate good", services.kafka_auth(certificate="good").configure)
