"""What is missing is installed: Debian's packages, Kafka's jars by Maven, toxiproxy by Go; the last two below build/."""
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from .failure import Failure, advice

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "services"
SUMS = Path(__file__).with_name("kafka_jars") / "sha256"
TOXIPROXY = "2.7.0"  # the newest that Debian 12's Go compiles


def packages(group):
    done = subprocess.run([ROOT / "scripts/install_dependencies", group], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise Failure(f"could not install what {group} needs: {done.stderr.strip()}")


def programs(group, *names):
    if any(not shutil.which(name) for name in names):
        packages(group)
    for name in names:
        if not shutil.which(name):
            raise Failure(f"{name} is not installed and could not be: scripts/install_dependencies {group} tells why")


def java():
    """JAVA_HOME's, or the one in PATH."""
    chosen = os.environ.get("JAVA_HOME")
    if chosen:
        program = Path(chosen) / "bin/java"
        if not program.exists():
            raise Failure(f"JAVA_HOME is {chosen}, but there is no bin/java in it: set it to a Java 17, or unset it")
        return program
    programs("kafka", "java")
    return "java"


@contextlib.contextmanager
def alone(name):
    """One at a time fetches a thing."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch(what, log, command, env=None):
    with open(log, "wb") as output:
        try:
            status = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                    env={**os.environ, **(env or {})}, timeout=900, check=False).returncode
        except subprocess.TimeoutExpired:
            status = "none after 15 minutes"
    if status:
        end = "".join(f"\n  | {line}" for line in log.read_text(errors="replace").splitlines()[-5:])
        raise Failure(f"could not fetch {what} (status {status}): is the network there? The log is {log}:{end}"
                      f"{advice(end)}")


def wrong_jars(folder):
    """Names of those that are missing or have another sum, and of those that have none."""
    wanted = dict(reversed(line.split()) for line in SUMS.read_text(encoding="utf-8").splitlines())
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.jar")}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def kafka_jars():
    """The folder of the jars, whose sums were checked when they were fetched."""
    version = hashlib.sha256(SUMS.read_bytes()).hexdigest()[:12]
    folder = CACHE / f"kafka-{version}"
    with alone("kafka"):
        if folder.exists():
            return folder
        programs("kafka", "mvn")
        fetched = CACHE / "kafka.new"
        shutil.rmtree(fetched, ignore_errors=True)
        fetch("Kafka", CACHE / "kafka.log", [
            "mvn", "-q", "-B", "--strict-checksums", "-f", SUMS.with_name("pom.xml"),
            "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies",
            f"-DoutputDirectory={fetched}", "-DincludeScope=runtime"])
        wrong = wrong_jars(fetched)
        if wrong:
            raise Failure(f"Kafka's jars are not those of {SUMS.relative_to(ROOT)}: {', '.join(wrong[:5])}: "
                          f"nothing of them is used; look at {fetched}")
        fetched.rename(folder)
    return folder


def toxiproxy():
    """The program."""
    program = CACHE / f"toxiproxy-{TOXIPROXY}"
    with alone("toxiproxy"):
        if not program.exists():
            programs("toxiproxy", "go")
            built = CACHE / "toxiproxy.new"
            fetch("toxiproxy", CACHE / "toxiproxy.log", [
                "go", "install", f"github.com/Shopify/toxiproxy/v2/cmd/server@v{TOXIPROXY}"], {"GOBIN": str(built)})
            (built / "server").rename(program)
            built.rmdir()
    return program
