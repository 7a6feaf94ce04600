"""An issuer of test certificates, and the forms that ship."""

import base64
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tuyen.engines.certificates.keys import Key, read_certificate
from tuyen.engines.certificates.message import Limits
from tuyen.engines.certificates.verdict import Forms
from tuyen.rules.certificates import forms as rules

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


class Issuer(NamedTuple):
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    der: bytes
    key: Key

    @property
    def base64(self) -> str:
        return base64.b64encode(self.der).decode()


def make_issuer(private=None, uses: tuple[str, ...] = (), name: str = "Test issuer") -> Issuer:
    private = private or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, name),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(SINCE)
        .not_valid_after(UNTIL)
    )
    if uses:
        oids = [x509.ObjectIdentifier(use) for use in uses]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    der = builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    return Issuer(private, der, read_certificate(der))


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return make_issuer()


@pytest.fixture(scope="session")
def issuers():
    """Makes another issuer: ``issuers(private=None, uses=())``."""
    return make_issuer


@pytest.fixture(scope="session")
def forms() -> Forms:
    said = rules.limits()
    limits = Limits(*(said["limits"][name] for name in Limits._fields))
    return Forms(rules.forms(), rules.lists(), limits, said["leeway"]["clock"])


@pytest.fixture
def eu_claim():
    """A certificate of vaccination that keeps the EU form in every field."""
    return {
        "ver": "1.3.0",
        "nam": {"fn": "Nguyễn", "fnt": "NGUYEN", "gn": "Thị Mỷ", "gnt": "THI<MY"},
        "dob": "1998-02-26",
        "v": [
            {
                "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
                "dn": 2, "sd": 2, "dt": "2026-02-18", "co": "VN", "is": "Sở Y tế",
                "ci": "URN:UVCI:01:VN:1",
            }
        ],
    }  # fmt: skip
