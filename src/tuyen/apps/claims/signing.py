"""The signature of a claim file: XML-DSig with SHA-256, by a kept library, behind one small interface.

Which node is signed is said by the installation: the insurer's own letter names the records in one
copy and the whole file in another. Key and certificate are files of the installation
(``TUYEN_HOME/claims/key.pem`` and ``certificate.pem``), never rows.

A file is read by ``engines.claims.reader`` first, which refuses a document type and whatever is too
large; what the library reads after it has neither.
"""

import hashlib
import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree  # type: ignore[import-untyped]
from signxml import SignatureConfiguration, XMLSigner, XMLVerifier, methods
from signxml.exceptions import InvalidInput, SignXMLException

from tuyen.apps.claims import settings
from tuyen.apps.claims.judging import checker
from tuyen.apps.claims.refusals import BadKey, NoKey, NotSigned, OpenKeyFile
from tuyen.engines.claims.reader import ENVELOPE, Unreadable, read

RECORDS, PLACE = "THONGTINHOSO", "CHUKYDONVI"
CHECK_INS = "DSACH_TRANG_THAI_KCB"
"""What stands for the records in a check-in."""
_XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"


class Signer(Protocol):
    """What signs the files of a facility. ``name`` is the SHA-256 of its certificate, in hex."""

    name: str

    def sign(self, content: bytes) -> bytes:
        """The file with its signature in CHUKYDONVI."""
        ...


class XmlSigner:
    """Signs with a key at hand; ``node`` is THONGTINHOSO (of a check-in its list) or ``whole``."""

    def __init__(self, key: bytes, certificate: bytes, node: str = RECORDS) -> None:
        # Read once: looking whether a key is sound takes thirty times as long as a signature.
        self._key: Any = serialization.load_pem_private_key(key, password=None)
        self._certificate, self._node = certificate.decode("ascii"), node
        self.name = fingerprint(certificate)

    def sign(self, content: bytes) -> bytes:
        root = _parsed(content)
        place = root.find(PLACE)
        if place is None or len(place):
            raise NotSigned(why=f"{PLACE} is not empty")
        etree.SubElement(
            place, f"{{{_XMLDSIG}}}Signature", Id="placeholder", nsmap={None: _XMLDSIG}
        )
        uri = None
        if self._node == RECORDS:
            part = root.find(_records(root))
            if part is None:
                raise NotSigned(why=f"{RECORDS} is missing")
            part.set("Id", "records")
            uri = "#records"
        signer = XMLSigner(
            method=methods.enveloped, signature_algorithm="rsa-sha256", digest_algorithm="sha256",
            c14n_algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        )  # fmt: skip
        signed = signer.sign(root, key=self._key, cert=self._certificate, reference_uri=uri)
        return bytes(etree.tostring(signed, xml_declaration=True, encoding="utf-8"))


class Verified(NamedTuple):
    """A signature that holds: by which certificate (SHA-256, hex), over which node."""

    signer: str
    node: str


def verify(content: bytes, certificate: bytes) -> Verified:
    """Whether a file was signed by the holder of a certificate, and over what.

    The signed node has to be the one that is read: a second THONGTINHOSO beside a signed one is
    refused, whatever the signature says.

    Raises
    ------
    NotSigned
        With the reason.
    """
    root = _parsed(content)
    records = _records(root)
    if len(root.findall(f".//{records}")) != 1 or len(root.findall(f".//{PLACE}")) != 1:
        raise NotSigned(why=f"{records}, {PLACE}: 1")
    try:
        result: Any = XMLVerifier().verify(
            root, x509_cert=certificate.decode("ascii"),
            expect_config=SignatureConfiguration(expect_references=1, require_x509=True),
        )  # fmt: skip
    except (SignXMLException, InvalidInput, ValueError) as error:
        raise NotSigned(why=str(error)[:200]) from error
    found = result[0] if isinstance(result, list) else result
    tag = found.signed_xml.tag if found.signed_xml is not None else ""
    if tag not in (records, root.tag):
        raise NotSigned(why=str(tag)[:60])
    return Verified(fingerprint(certificate), tag)


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate in PEM, hex."""
    held = x509.load_pem_x509_certificate(certificate)
    return hashlib.sha256(held.public_bytes(serialization.Encoding.DER)).hexdigest()


def own() -> Signer:
    """The signer of this installation.

    Raises
    ------
    NoKey, OpenKeyFile, BadKey
    """
    place = settings.folder()
    key, certificate = place / "key.pem", place / "certificate.pem"
    if not key.is_file() or not certificate.is_file():
        raise NoKey(path=place)
    if key.stat().st_mode & 0o077:
        raise OpenKeyFile(path=key)
    try:
        return XmlSigner(key.read_bytes(), certificate.read_bytes(), settings.signed_node())
    except (ValueError, TypeError) as error:
        raise BadKey(path=place, why=str(error)[:100]) from error


def own_certificate() -> bytes:
    """The certificate of the installation's key.

    Raises
    ------
    NoKey
    """
    with suppress(FileNotFoundError):
        return (settings.folder() / "certificate.pem").read_bytes()
    raise NoKey(path=settings.folder())


def make_test_key(now: datetime) -> Path:
    """A key and its own certificate for rehearsals; one that is there stays. Gives the folder."""
    place = settings.folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (place / "key.pem").exists():
        return place
    key, certificate = fresh_pair(now)
    handle = os.open(place / "key.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    (place / "certificate.pem").write_bytes(certificate)
    return place


def fresh_pair(now: datetime) -> tuple[bytes, bytes]:
    """A fresh key and its own certificate, both PEM, good for two years from ``now``."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tuyen test facility")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - timedelta(minutes=5))
        .not_valid_after(now.astimezone(UTC) + timedelta(days=730))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret, signed.public_bytes(serialization.Encoding.PEM)


def _records(root: Any) -> str:
    """The part that holds what is told: of a visit, or of a check-in."""
    return RECORDS if root.tag == ENVELOPE else CHECK_INS


def _parsed(content: bytes) -> Any:
    """The document, after the reader that keeps hostile XML out has read it."""
    try:
        read(content, checker().book(date.max).layouts)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        return etree.fromstring(content, parser)
    except (Unreadable, etree.XMLSyntaxError) as error:
        raise NotSigned(why=str(error)[:200]) from error
