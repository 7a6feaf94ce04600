"""Published resources: HL7's examples, the patient summary, the validator's cases, Synthea.

Accepted means: no fault of structure and no error of a rule. The files are not part of this repository.
"""

import gzip
import json
from decimal import Decimal

import pytest

from tuyen.engines.exchange.fhir import NotFhir

CLEAN_BUT_JSON5 = {"json-comments-1-yes", "json-comments-2-yes"}
"""Judged with an option that allows comments in JSON, which the standard does not."""


def cases(shared, name, step=1):
    with gzip.open(shared / f"data/record/fhir/{name}.ndjson.gz") as file:
        return [json.loads(line) for number, line in enumerate(file) if number % step == 0]


def exactly(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def digits(text):
    return sorted(json.dumps(json.loads(text, parse_float=str, parse_int=str), sort_keys=True))


def judged(model, found):
    """Those accepted, and those of them that come back as they were."""
    accepted = same = 0
    for case in found:
        raw = case["text"].encode()
        errors = [p for p in model.examine(raw)[1] if p.severity == "error"]
        try:
            written = model.encode(model.decode(raw))
        except NotFhir:
            continue
        accepted += not errors
        same += not errors and exactly(written) == exactly(raw) and digits(written) == digits(raw)
    return accepted, same


def test_examples_of_the_standard(model, shared_data):
    found = cases(shared_data, "hl7-r4-examples", step=6)

    accepted, same = judged(model, found)

    assert accepted >= len(found) - 1
    assert same == accepted


@pytest.mark.nightly
def test_all_examples_of_the_standard(model, shared_data):
    found = cases(shared_data, "hl7-r4-examples")

    accepted, same = judged(model, found)

    assert (accepted, same, len(found)) == (346, 346, 347)  # one lacks a required linkId


def test_patient_summaries(model, shared_data):
    assert judged(model, cases(shared_data, "ips-2.0.0-examples")) == (20, 20)


def test_cases_of_the_reference_validator(model, shared_data):
    flagged, wrongly, faulty = [], [], 0
    for case in cases(shared_data, "hl7-validator-r4"):
        if len(case["text"]) > 60_000:
            continue
        grave = {"error", "fatal"}
        is_faulty = any(issue["severity"] in grave for issue in case["issues"])
        faulty += is_faulty
        problems = model.examine(case["text"].encode())[1]
        if any(problem.severity == "error" for problem in problems):
            (flagged if is_faulty else wrongly).append(case["name"])

    assert set(wrongly) <= CLEAN_BUT_JSON5
    assert len(flagged) >= 0.7 * faulty


@pytest.mark.nightly
def test_synthetic_patients_are_accepted_and_equal(model, shared_data):
    for path in sorted((shared_data / "data/record/synthea-r4").glob("*.json.gz")):
        raw = gzip.decompress(path.read_bytes())

        assert [p for p in model.examine(raw)[1] if p.severity == "error"] == []
        assert exactly(model.encode(model.decode(raw))) == exactly(raw)
