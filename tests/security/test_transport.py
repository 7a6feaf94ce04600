"""The way in and the way to the database are sealed, and nothing else is open."""

import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import ROOT
from tests.ports import free_port
from tuyen.cli import platform
from tuyen.project import home

YEAR = 365 * 24 * 3600


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.touch(0o600)
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, private


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, Path]]:
    """(port, process, chain) of an installation that speaks TLS itself."""
    folder = tmp_path_factory.mktemp("tls")
    chain, key = certificate(folder)
    env = {k: v for k, v in os.environ.items() if not k.startswith("TUYEN_")}
    env |= {
        "PYTHONPATH": str(ROOT / "src"),
        "TUYEN_HOME": str(folder / "home"),
        "TUYEN_COMPILE": "0",
    }
    run = [sys.executable, "-m", "tuyen"]
    subprocess.run([*run, "migrate"], env=env, check=True, capture_output=True, timeout=300)
    port = free_port()
    command = [*run, "serve", "--port", str(port), "--workers", "1", "--certificate", str(chain),
               "--key", str(key)]  # fmt: skip
    server = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(1800):  # a busy machine takes its time to start
            assert server.poll() is None, "the server stopped while starting"
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, server.pid, chain
    finally:
        server.terminate()
        server.wait(120)


def shakes_hands(port: int, chain: Path, *, most: ssl.TLSVersion) -> str:
    """The version that is spoken with a client that knows none later than ``most``, or "" ."""
    context = ssl.create_default_context(cafile=str(chain))
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, most
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        with (
            socket.create_connection(("127.0.0.1", port), 60) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as sealed,
        ):
            return sealed.version() or ""
    except (ssl.SSLError, ConnectionError):
        return ""


def listening(pid: int) -> set[int]:
    """The TCP ports on which a process and its children listen."""
    family = {pid}
    for _ in range(4):
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                except (OSError, IndexError):
                    continue
                if parent in family:
                    family.add(int(entry.name))
    inodes = set()
    for member in family:
        try:
            links = list(Path(f"/proc/{member}/fd").iterdir())
        except OSError:
            continue
        for link in links:
            try:
                inodes.add(os.readlink(link))
            except OSError:
                continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A" and f"socket:[{parts[9]}]" in inodes:
                found.add(int(parts[1].rsplit(":", 1)[1], 16))
    return found


@pytest.mark.check("CF-02")
def test_a_served_installation_speaks_tls_from_1_2_on_and_asks_browsers_to_stay(served):
    port, pid, chain = served
    spoken = [shakes_hands(port, chain, most=most) for most in
              (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)]  # fmt: skip
    context = ssl.create_default_context(cafile=str(chain))
    asked = http.client.HTTPSConnection("localhost", port, timeout=60, context=context)
    asked.request("GET", "/sign-in/")
    answer = asked.getresponse()

    assert spoken == ["", "TLSv1.2", "TLSv1.3"]
    assert answer.status == 200
    said = dict(part.strip().partition("=")[::2] for part in
                (answer.getheader("Strict-Transport-Security") or "").split(";"))  # fmt: skip
    assert int(said["max-age"]) >= YEAR
    assert listening(pid) == {port}


@pytest.mark.check("CF-02")
def test_plain_words_get_no_answer_where_tls_is_spoken(served):
    port, _pid, _chain = served
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    asked.request("GET", "/sign-in/")
    with pytest.raises((http.client.HTTPException, ConnectionError, OSError)):
        asked.getresponse()


@pytest.mark.check("CF-02")
@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1", "tuyen.example"])
def test_plain_http_is_not_opened_to_others_whatever_stands_before_it(address, settings):
    for loopback in (True, False):
        settings.LOOPBACK = loopback
        with pytest.raises(platform.OpenWithoutTls):
            platform.serve(address, 8000, 1)


@pytest.mark.check("CF-02", mutant=True)
def test_mutant_a_server_that_takes_any_address_for_its_own_is_found(settings, monkeypatch):
    monkeypatch.setattr(platform, "_only_here", lambda address: True)
    monkeypatch.setattr("granian.Granian.serve", lambda self: None)

    with pytest.raises(pytest.fail.Exception):
        test_plain_http_is_not_opened_to_others_whatever_stands_before_it("0.0.0.0", settings)


DATABASES = {
    "postgresql:///tuyen?host=/run/postgresql": None,
    "postgresql://u:p@localhost/tuyen": None,
    "postgresql://u:p@127.0.0.1:5433/tuyen": None,
    "postgresql://u:p@db.example/tuyen": "verify-full",
    "postgresql:///tuyen?host=db.example&user=u": "verify-full",
    "postgresql://u:p@db.example/tuyen?sslmode=verify-ca&sslrootcert=/etc/ca.pem": "verify-ca",
}


@pytest.mark.check("CF-02")
@pytest.mark.parametrize("url", DATABASES)
def test_the_way_to_a_database_elsewhere_is_sealed(url, monkeypatch):
    monkeypatch.setenv("TUYEN_DATABASE_URL", url)

    assert home.database()["OPTIONS"].get("sslmode") == DATABASES[url]


@pytest.mark.check("CF-02")
@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "", "nonsense"])
def test_a_way_that_gives_way_is_refused(mode, monkeypatch):
    monkeypatch.setenv(
        "TUYEN_DATABASE_URL", f"postgresql://u:p@db.example/tuyen?sslmode={mode or 'x'}"
    )

    with pytest.raises(home.OpenDatabase, match=r"db\.example"):
        home.database()


@pytest.mark.check("CF-02", mutant=True)
def test_mutant_a_database_that_is_reached_as_it_comes_is_found(monkeypatch):
    monkeypatch.setattr(home, "_transport", lambda query, host: {})

    with pytest.raises(AssertionError):
        test_the_way_to_a_database_elsewhere_is_sealed(
            "postgresql://u:p@db.example/tuyen", monkeypatch
        )
