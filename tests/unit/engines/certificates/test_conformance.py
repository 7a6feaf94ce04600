"""Assertions of test files: each step is answered alone, from the layer that the file gives."""

import base64
import gzip
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import cbor2
import pytest
import segno

from tuyen.engines.certificates import base45
from tuyen.engines.certificates import message as layers
from tuyen.engines.certificates.conformance import answers, read_clock, same
from tuyen.engines.certificates.issuing import issue
from tuyen.engines.certificates.picture import read_qr

SHARED = Path(os.environ.get("TUYEN_SHARED", Path(__file__).parents[4].parent / "shared"))
PUBLIC = SHARED / "data/record/hcert/eu-dgc-testdata.ndjson.gz"


@pytest.fixture
def case(issuer, eu_claim):
    """A file with every layer, as the public ones are."""
    text = issue(
        eu_claim, form=1, issuer="VN", issued=datetime(2026, 5, 1, tzinfo=UTC),
        expires=datetime(2026, 6, 1, tzinfo=UTC), private=issuer.private, kid=issuer.key.kid,
    )  # fmt: skip
    packed = base45.decode(text[4:])
    picture = io.BytesIO()
    segno.make_qr(text, error="q").save(picture, kind="png", scale=3)
    return {
        "JSON": eu_claim,
        "CBOR": cbor2.dumps(eu_claim).hex(),
        "COSE": layers.inflate(packed).hex().upper(),
        "COMPRESSED": packed.hex(),
        "BASE45": text[4:],
        "PREFIX": text,
        "2DCODE": base64.b64encode(picture.getvalue()).decode(),
        "TESTCTX": {
            "VERSION": 1, "SCHEMA": "1.3.0", "CERTIFICATE": issuer.base64,
            "VALIDATIONCLOCK": "2026-05-03T20:00:00+02:00",
        },
    }  # fmt: skip


def test_a_sound_file_answers_yes_to_every_step(case, forms):
    found = answers(case, forms, read_qr)

    assert len(found) == 12
    assert all(found.values())


@pytest.mark.parametrize(
    ("layer", "value", "step"),
    [
        ("PREFIX", "HL0:ABC", "EXPECTEDUNPREFIX"),
        ("BASE45", "abc", "EXPECTEDB45DECODE"),
        ("COMPRESSED", "00ff", "EXPECTEDCOMPRESSION"),
        ("COSE", "d2", "EXPECTEDDECODE"),
        ("COSE", "not hex", "EXPECTEDVERIFY"),
        ("2DCODE", base64.b64encode(b"no picture").decode(), "EXPECTEDPICTUREDECODE"),
        ("2DCODE", "***", "EXPECTEDPICTUREDECODE"),
        ("JSON", {"ver": "1.0.0", "nam": {}}, "EXPECTEDVALIDOBJECT"),
        ("JSON", {"ver": "1.0.0"}, "EXPECTEDVALIDJSON"),
        ("JSON", {"ver": "1.0.0"}, "EXPECTEDENCODE"),
    ],
)
def test_a_broken_layer_is_seen_by_its_step(case, forms, layer, value, step):
    case[layer] = value

    assert answers(case, forms, read_qr)[step] is False


def test_a_broken_layer_leaves_the_others_alone(case, forms):
    case["PREFIX"] = "HL0:ABC"

    found = answers(case, forms, read_qr)

    assert found["EXPECTEDVERIFY"]
    assert found["EXPECTEDB45DECODE"]


def test_layers_that_are_missing_are_computed(case, forms):
    short = {name: case[name] for name in ("PREFIX", "TESTCTX")}

    found = answers(short, forms, read_qr)

    assert "EXPECTEDPICTUREDECODE" not in found
    assert all(found.values())
    assert len(found) == 11


def test_a_message_that_is_not_compressed_fails_that_step_alone(case, forms):
    bare = base45.encode(bytes.fromhex(case["COSE"]))

    found = answers({"PREFIX": f"HC1:{bare}\n", "TESTCTX": case["TESTCTX"]}, forms, read_qr)

    assert [name for name, said in found.items() if not said] == ["EXPECTEDCOMPRESSION"]


def test_the_json_of_a_file_may_be_a_text(case, forms):
    case["JSON"] = json.dumps(case["JSON"] | {"t": None})

    assert all(answers(case, forms, read_qr).values())
    case["JSON"] = "{"
    assert not answers(case, forms, read_qr)["EXPECTEDVALIDJSON"]


def test_a_file_with_nothing_in_it_answers_nothing(forms):
    assert answers({}, forms, read_qr) == {}


@pytest.mark.parametrize(
    ("name", "value", "step"),
    [
        ("VALIDATIONCLOCK", "2026-04-30T00:00:00Z", "EXPECTEDEXPIRATIONCHECK"),
        ("VALIDATIONCLOCK", "2026-06-01T00:00:01", "EXPECTEDEXPIRATIONCHECK"),
        ("CERTIFICATE", "no certificate", "EXPECTEDVERIFY"),
    ],
)
def test_the_context_decides_what_it_should(case, forms, name, value, step):
    case["TESTCTX"][name] = value

    assert answers(case, forms, read_qr)[step] is False


def test_another_certificate_does_not_verify(case, forms, issuers):
    case["TESTCTX"]["CERTIFICATE"] = issuers().base64

    assert answers(case, forms, read_qr)["EXPECTEDVERIFY"] is False


def test_two_contents_are_compared_by_what_they_say():
    assert same({"a": 1, "b": ["x", "y"]}, {"b": ["y", "x"], "a": 1})
    assert same({"t": "2026-05-17T21:28:43Z"}, {"t": "2026-05-17T23:28:43.5+02:00"})
    assert same({"d": "2026-05-17"}, {"d": "2026-05-17T00:00:00Z"})
    assert not same({"d": "1963-00"}, {"d": "1963"})
    assert same({"a": 1.0, "t": None}, {"a": 1})
    assert not same({"a": 1}, {"a": "1"})


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01"])
def test_what_is_no_moment_is_none(text):
    assert read_clock(text) is None


def test_the_public_test_data_agree(forms):
    if not PUBLIC.is_file():
        pytest.skip(f"the EU's public test data are not at {PUBLIC}")
    agreed = differs = 0
    with gzip.open(PUBLIC, "rt", encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            found = answers(one, forms, read_qr)
            wanted = one["EXPECTEDRESULTS"]
            agreed += sum(wanted.get(name) == said for name, said in found.items())
            differs += sum(
                isinstance(wanted.get(name), bool) and wanted[name] != said
                for name, said in found.items()
            )
    assert agreed > 2500
    assert differs <= 0.005 * agreed
