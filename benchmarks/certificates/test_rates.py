"""Certificates per second: signed, judged, read off a picture, and a test file answered whole.

The peer of judging is the signature alone, by the library that checks it for everybody: what is above
it is Base45, zlib, CBOR, the form and its lists. One certificate is of a childhood's 20 doses.
"""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
import segno
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from tests.unit.engines.certificates.conftest import make_issuer
from tuyen.engines.certificates import message as layers
from tuyen.engines.certificates.conformance import answers
from tuyen.engines.certificates.issuing import Dose, Person, booklet, issue
from tuyen.engines.certificates.picture import read_qr
from tuyen.engines.certificates.verdict import Forms, judge
from tuyen.rules.certificates import forms as rules

AT = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def issuer():
    return make_issuer()


@pytest.fixture(scope="module")
def forms():
    return Forms(rules.forms(), rules.lists())


@pytest.fixture(scope="module")
def write(issuer):
    person = Person("Vàng Thị Dúa", date(2025, 1, 10), "female")
    doses = [Dose("DTP-HepB-Hib", date(2025, 2, 1) + timedelta(days=20 * n), lot=f"L{n:04}")
             for n in range(20)]  # fmt: skip
    claim = booklet(person, doses, issuer="Trạm Y tế xã Nà Hỳ", id="1")
    return lambda: issue(
        claim, form=rules.KEYS["booklet"], issuer="VN", issued=AT - timedelta(days=9),
        expires=AT + timedelta(days=99), private=issuer.private, kid=issuer.key.kid,
    )  # fmt: skip


def test_sign(benchmark, write):
    text = benchmark(write)

    benchmark.extra_info["characters"] = len(text)
    assert text.startswith("HC1:")


def test_judge(benchmark, write, issuer, forms):
    verdict = benchmark(judge, write(), [issuer.key], AT, forms)

    assert verdict.status == "valid"


def test_signature_alone(benchmark, write, issuer):
    held = layers.open_text(write())
    signed = layers.to_be_signed(held.protected, held.payload)
    r, s = int.from_bytes(held.signature[:32]), int.from_bytes(held.signature[32:])
    encoded, way = utils.encode_dss_signature(r, s), ec.ECDSA(hashes.SHA256())

    assert benchmark(issuer.key.public.verify, encoded, signed, way) is None


def test_read_a_picture(benchmark, write):
    picture = io.BytesIO()
    segno.make_qr(write(), error="q").save(picture, kind="png", scale=4, border=4)

    assert benchmark(read_qr, picture.getvalue()) == write()


def test_answer_a_test_file(benchmark, issuer, forms):
    claim = {
        "ver": "1.3.0", "nam": {"fnt": "NGUYEN"}, "dob": "1998-02-26",
        "v": [{"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
               "dn": 2, "sd": 2, "dt": "2026-02-18", "co": "VN", "is": "x", "ci": "1"}],
    }  # fmt: skip
    text = issue(
        claim, form=1, issuer="VN", issued=AT, expires=AT, private=issuer.private,
        kid=issuer.key.kid,
    )  # fmt: skip
    case = {"PREFIX": text, "TESTCTX": {"CERTIFICATE": issuer.base64,
                                        "VALIDATIONCLOCK": AT.isoformat()}}  # fmt: skip

    assert all(benchmark(answers, case, forms, read_qr).values())
