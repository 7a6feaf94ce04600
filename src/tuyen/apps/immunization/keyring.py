"""Keys of this installation: the one it signs certificates with, and the issuers it trusts.

All in ``TUYEN_HOME/certificates``: ``issuer.key`` (readable by the program's user only), ``issuer.pem``
(its certificate, to be given to others) and ``trusted/*.pem``, which an administrator adds to. The key
is made here when it is first needed, and never leaves: no trust list of another country knows it.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from tuyen.engines.certificates.keys import BadCertificate, Key, read_certificate
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.certificates import forms


class NotAnIssuer(Refusal):
    code = "immunization.not-an-issuer"
    message = N_("{path}: {why}; expected the X.509 certificate of an issuer, as PEM or DER.")


class OpenIssuerKey(Refusal):
    code = "immunization.open-issuer-key"
    message = N_(
        "Others on this machine can read {path}: run `chmod 600 {path}`, and issue no certificate"
        " with it if somebody may have copied it."
    )


class Own(NamedTuple):
    """The installation's own key, and what verifiers know of it."""

    private: ec.EllipticCurvePrivateKey
    key: Key


def folder() -> Path:
    return Path(settings.TUYEN_HOME) / "certificates"


def own(now: datetime) -> Own:
    """The key to sign with; made at ``now`` where there is none."""
    path = folder() / "issuer.key"
    if not path.is_file():
        _make(now)
    if path.stat().st_mode & 0o077:
        raise OpenIssuerKey(path=path)
    private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return Own(private, read_certificate((folder() / "issuer.pem").read_bytes()))


def certificate() -> bytes | None:
    """The certificate of the own key, PEM, for others to trust; None before the first signature."""
    with suppress(FileNotFoundError):
        return (folder() / "issuer.pem").read_bytes()
    return None


def ring() -> list[Key]:
    """Every key that is trusted here: the own one and those an administrator added.

    A file that cannot be read is left out: one bad file must not stop a gate.
    """
    found: list[Key] = []
    for path in _files():
        with suppress(BadCertificate, OSError):
            found.append(read_certificate(path.read_bytes()))
    return found


def unreadable() -> Sequence[Path]:
    """Files of the ring that are no certificate, for an administrator to mend."""
    bad = []
    for path in _files():
        try:
            read_certificate(path.read_bytes())
        except (BadCertificate, OSError):
            bad.append(path)
    return bad


def trust(path: Path) -> Key:
    """Add an issuer's certificate to the ring, under the name of its kid."""
    content = path.read_bytes()
    try:
        key = read_certificate(content)
    except BadCertificate as error:
        raise NotAnIssuer(path=path, why=str(error)) from error
    kept = _folder("trusted") / f"{key.kid.hex()}.pem"
    kept.write_bytes(content)
    return key


def _files() -> list[Path]:
    mine = folder() / "issuer.pem"
    return [*([mine] if mine.is_file() else []), *sorted((folder() / "trusted").glob("*"))]


def _folder(name: str = "") -> Path:
    path = folder() / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _make(now: datetime) -> None:
    """Draw a key and sign its own certificate. Of two processes at once, the first one's stays."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tuyen test issuer"),
        ]
    )
    days = forms.limits()["issuing"]["key"]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - timedelta(minutes=5))
        .not_valid_after(now.astimezone(UTC) + timedelta(days=days))
        .sign(private, hashes.SHA256())
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    place = _folder()
    waiting = place / f"issuer.{os.getpid()}"
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
    with suppress(FileExistsError):
        # Linking fails where another process was first; only the winner's certificate is written.
        os.link(waiting, place / "issuer.key")
        (place / "issuer.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    waiting.unlink()
