"""Keys of issuers: read from X.509 certificates, sign and verify with them (ES256, PS256).

The HCERT specification allows two algorithms: ES256 (ECDSA with SHA-256) first, PS256 (RSASSA-PSS
with SHA-256, salt of 32 bytes, RFC 8230) second. A key is known by its *kid*: the first eight bytes
of the SHA-256 of the certificate (section 3.3.3 there).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

from tuyen.engines.certificates.message import ALGORITHM, KID, Message, seal, to_be_signed

ES256, PS256 = -7, -37
ALGORITHMS = {ES256: "ES256", PS256: "PS256"}

KINDS_BY_USE = {1: "t", 2: "v", 3: "r"}
"""Last arc of an extended key usage -> kind of statement: test, vaccination, recovery."""
# The arc stood with and without a zero in the drafts of the specification; issuers use both.
_USES = ("1.3.6.1.4.1.1847.2021.1.", "1.3.6.1.4.1.0.1847.2021.1.")


_ARMOUR = re.compile(rb"-----[A-Z0-9 ]{1,40}-----")


class BadCertificate(ValueError):
    """A certificate that cannot be read, or whose key no HCERT is signed with."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a verifier knows of one issuer's key.

    ``kinds``: the statements it may sign ("v", "t", "r"); None where the certificate sets no limit.
    ``since`` and ``until``: validity of the certificate, seconds since 1970.
    """

    kid: bytes
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    name: str
    country: str
    kinds: frozenset[str] | None
    since: float
    until: float

    def may_sign(self, kinds: Collection[str]) -> bool:
        """Whether every one of ``kinds`` is within the certificate's extended key usage."""
        return self.kinds is None or set(kinds) <= self.kinds


def read_certificate(text: str | bytes) -> Key:
    """The key of an X.509 certificate: PEM, DER, or DER in Base64 without its armour."""
    der = _der(text)
    try:
        certificate = x509.load_der_x509_certificate(der)
        public = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadCertificate("it is not an X.509 certificate") from error
    if not isinstance(public, (ec.EllipticCurvePublicKey, rsa.RSAPublicKey)):
        raise BadCertificate("its key is neither of an elliptic curve nor RSA")
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < 2048:
        raise BadCertificate("its RSA key is shorter than 2048 bits")
    return Key(
        kid=hashlib.sha256(der).digest()[:8],
        public=public,
        name=_said(certificate, x509.NameOID.COMMON_NAME),
        country=_said(certificate, x509.NameOID.COUNTRY_NAME),
        kinds=_kinds(certificate),
        since=certificate.not_valid_before_utc.timestamp(),
        until=certificate.not_valid_after_utc.timestamp(),
    )


def signature_holds(message: Message, key: Key) -> bool:
    """Whether ``key`` made the signature of ``message``, with an algorithm that is allowed."""
    signed = to_be_signed(message.protected, message.payload)
    public, signature = key.public, message.signature
    try:
        if isinstance(public, ec.EllipticCurvePublicKey) and message.algorithm == ES256:
            half = len(signature) // 2
            if len(signature) % 2 or half * 8 < public.key_size or not half:
                return False
            r, s = (int.from_bytes(part) for part in (signature[:half], signature[half:]))
            public.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
        elif isinstance(public, rsa.RSAPublicKey) and message.algorithm == PS256:
            pss = padding.PSS(padding.MGF1(SHA256()), salt_length=SHA256.digest_size)
            public.verify(signature, signed, pss, SHA256())
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def sign(
    payload: bytes, private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, kid: bytes
) -> bytes:
    """A COSE_Sign1 message over ``payload`` (CBOR of the claims), its kid in the protected header.

    On a curve the nonce is drawn from key and message (RFC 6979): one claim, one text, for ever.
    """
    curve = isinstance(private, ec.EllipticCurvePrivateKey)
    protected = cbor2.dumps({ALGORITHM: ES256 if curve else PS256, KID: kid})
    signed = to_be_signed(protected, payload)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        r, s = utils.decode_dss_signature(
            private.sign(signed, ec.ECDSA(SHA256(), deterministic_signing=True))
        )
        size = (private.key_size + 7) // 8
        signature = r.to_bytes(size) + s.to_bytes(size)
    else:
        pss = padding.PSS(padding.MGF1(SHA256()), salt_length=SHA256.digest_size)
        signature = private.sign(signed, pss, SHA256())
    return seal(protected, payload, signature)


def _der(text: str | bytes) -> bytes:
    content = text.encode("ascii", "replace") if isinstance(text, str) else text
    if content[:1] == b"\x30":
        return content
    try:
        return base64.b64decode(b"".join(_ARMOUR.sub(b"", content).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadCertificate("it is neither PEM, DER nor Base64") from error


def _said(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    try:
        said = certificate.subject.get_attributes_for_oid(oid)
    except ValueError:
        return ""
    return str(said[0].value) if said else ""


def _kinds(certificate: x509.Certificate) -> frozenset[str] | None:
    """Statements within the extended key usage; None where there is none, or an empty one.

    A usage of another trade alone (mail, web servers) permits no statement at all.
    """
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        uses = [use.dotted_string for use in found]
    except x509.ExtensionNotFound:
        return None
    except ValueError:
        # Some other extension is written against DER: look for the usages alone.
        uses = _uses_in(certificate.tbs_certificate_bytes)
    if not uses:
        return None
    ends = {use.removeprefix(arc) for use in uses for arc in _USES if use.startswith(arc)}
    return frozenset(KINDS_BY_USE[int(end)] for end in ends if end in {"1", "2", "3"})


def _uses_in(der: bytes) -> list[str]:
    """The identifiers of statements that stand in a certificate with a malformed extension."""
    found = []
    for arc in _USES:
        for use in KINDS_BY_USE:
            if _oid(f"{arc}{use}") in der:
                found.append(f"{arc}{use}")
    return found


def _oid(dotted: str) -> bytes:
    """An object identifier in DER (X.690, 8.19)."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = bytearray()
    for arc in (first * 40 + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(arc & 0x7F | 0x80)
        body += bytes(reversed(digits))
    return bytes([6, len(body)]) + bytes(body)
