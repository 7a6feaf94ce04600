"""Keys of issuers: two algorithms, what a certificate permits, and that nothing else verifies."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tuyen.engines.certificates import keys
from tuyen.engines.certificates.message import Message, open_cose

PAYLOAD = bytes.fromhex("a106190539")
ARC = "1.3.6.1.4.1.1847.2021.1."


@pytest.fixture(scope="module")
def rsa_issuer(issuers):
    return issuers(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def test_a_kid_is_the_beginning_of_the_certificates_digest(issuer):
    assert issuer.key.kid == hashlib.sha256(issuer.der).digest()[:8]


def test_a_certificate_is_read_as_der_pem_and_bare_base64(issuer):
    pem = f"-----BEGIN CERTIFICATE-----\n{issuer.base64}\n-----END CERTIFICATE-----\n"

    read = [
        keys.read_certificate(form)
        for form in (issuer.der, pem, pem.encode(), pem.replace("\n", ""), issuer.base64)
    ]

    assert {key.kid for key in read} == {issuer.key.kid}
    assert (read[0].name, read[0].country) == ("Test issuer", "VN")


@pytest.mark.parametrize(
    "text", ["", "no certificate", "QUJD", b"\x30\x03abc", "-----BEGIN X-----\n"]
)
def test_what_is_no_certificate_is_refused(text):
    with pytest.raises(keys.BadCertificate):
        keys.read_certificate(text)


def test_both_algorithms_sign_and_verify(issuer, rsa_issuer):
    for one in (issuer, rsa_issuer):
        held = open_cose(keys.sign(PAYLOAD, one.private, one.key.kid))

        assert keys.signature_holds(held, one.key)
        assert held.kid == one.key.kid


def test_the_same_claim_is_signed_the_same_way(issuer):
    assert keys.sign(PAYLOAD, issuer.private, b"k") == keys.sign(PAYLOAD, issuer.private, b"k")


@pytest.mark.parametrize("part", ["protected", "payload", "signature"])
def test_one_bit_changed_anywhere_is_found(issuer, rsa_issuer, part):
    for one in (issuer, rsa_issuer):
        held = open_cose(keys.sign(PAYLOAD, one.private, one.key.kid))
        bytes_of = getattr(held, part)
        for place in (0, len(bytes_of) // 2, len(bytes_of) - 1):
            changed = bytearray(bytes_of)
            changed[place] ^= 1
            altered = {"protected": held.protected, "payload": held.payload,
                       "signature": held.signature, part: bytes(changed)}  # fmt: skip

            assert not keys.signature_holds(_like(held, **altered), one.key)


def test_another_key_of_the_same_kind_does_not_verify(issuer, issuers):
    held = open_cose(keys.sign(PAYLOAD, issuer.private, issuer.key.kid))

    assert not keys.signature_holds(held, issuers().key)


@pytest.mark.parametrize("algorithm", [None, keys.PS256, -8, -35, 5, 0])
def test_only_the_algorithm_of_the_key_is_accepted(issuer, algorithm):
    held = open_cose(keys.sign(PAYLOAD, issuer.private, issuer.key.kid))

    assert not keys.signature_holds(_like(held, algorithm=algorithm), issuer.key)


@pytest.mark.parametrize("signature", [b"", b"\0" * 63, b"\0" * 64, b"\0" * 2, b"\xff" * 64])
def test_a_signature_that_cannot_be_one_does_not_hold(issuer, signature):
    held = open_cose(keys.sign(PAYLOAD, issuer.private, issuer.key.kid))

    assert not keys.signature_holds(_like(held, signature=signature), issuer.key)


@pytest.mark.parametrize(
    ("uses", "kinds"),
    [
        ((), None),
        ((ARC + "1",), {"t"}),
        ((ARC + "2", ARC + "3"), {"v", "r"}),
        (("1.3.6.1.4.1.0.1847.2021.1.2",), {"v"}),
        (("1.3.6.1.5.5.7.3.4",), set()),
    ],
)
def test_the_extended_key_usage_says_what_may_be_signed(issuers, uses, kinds):
    assert issuers(uses=uses).key.kinds == kinds


def test_a_key_without_limits_may_sign_everything(issuers):
    assert issuers().key.may_sign(["v", "t"])
    assert not issuers(uses=(ARC + "2",)).key.may_sign(["v", "t"])


def test_usages_are_found_in_a_certificate_that_breaks_der_elsewhere(issuers):
    # Some issuers write a default value out, which DER forbids: the reader then looks by itself.
    der = issuers(uses=(ARC + "2",)).der

    assert keys._uses_in(der) == [ARC + "2"]


def test_keys_that_sign_no_certificate_are_refused(issuers):
    for private in (
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(public_exponent=65537, key_size=1024),
    ):
        with pytest.raises(keys.BadCertificate):
            keys.read_certificate(_signed_by_another(private))


def _signed_by_another(private) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    from tests.unit.engines.certificates.conftest import SINCE, UNTIL

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(private.public_key()).serial_number(1)
        .not_valid_before(SINCE).not_valid_after(UNTIL)
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )  # fmt: skip
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER))


def _like(held: Message, **changed) -> Message:
    said = {name: getattr(held, name) for name in Message.__dataclass_fields__}
    return Message(**{**said, **changed})
