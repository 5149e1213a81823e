"""Certificates for tests, made when they are needed and good for a month: elliptic curves, PKCS#8 keys, all PEM.

    ca                  who is to be trusted
    server, client      for 127.0.0.1 and localhost
    expired             since yesterday
    other-host          for other.example
    wrong-ca            an authority that signed nothing here
    stranger            a client signed by it
For each NAME.pem and NAME.key; NAME-keystore.pem holds the key, the certificate and its authority, as Kafka wants them.
"""
import subprocess
from pathlib import Path

from .failure import Failure

HERE = "IP:127.0.0.1,DNS:localhost"
# name -> (days, names, authority)
SIGNED = {
    "server": (30, HERE, "ca"),
    "client": (30, HERE, "ca"),
    "expired": (-1, HERE, "ca"),
    "other-host": (30, "DNS:other.example", "ca"),
    "stranger": (30, HERE, "wrong-ca"),
}
SERVERS = ("server", "expired", "other-host")
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    if done.returncode:
        raise Failure(f"openssl {arguments[0]} failed in {folder}: {done.stderr.strip()}")


def sign(folder, name, days, names, authority):
    Path(folder, f"{name}.ext").write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth,clientAuth\n",
                                           encoding="utf-8")
    openssl(folder, "req", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
            "-CAcreateserial", "-days", str(days), "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    parts = [Path(folder, part).read_text(encoding="utf-8") for part in (f"{name}.key", f"{name}.pem", f"{authority}.pem")]
    Path(folder, f"{name}-keystore.pem").write_text("".join(parts), encoding="utf-8")
    for leftover in ("ext", "csr"):
        Path(folder, f"{name}.{leftover}").unlink()


def make(folder):
    folder = Path(folder)
    folder.mkdir(mode=0o700)
    for authority in ("ca", "wrong-ca"):
        openssl(folder, "req", "-x509", *KEY, "-keyout", f"{authority}.key", "-out", f"{authority}.pem", "-days", "30",
                "-subj", f"/CN=sagaflow test {authority}")
    for name, how in SIGNED.items():
        sign(folder, name, *how)


def checked(name):
    """The name of a certificate that a server can show."""
    if name not in SERVERS:
        raise Failure(f"there is no certificate {name} for a server, only {', '.join(SERVERS)}")
    return name
