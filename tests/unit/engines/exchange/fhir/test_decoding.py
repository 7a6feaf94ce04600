"""What is read is written again value for value, and what is wrong is refused with its place."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.exchange.fhir import NotFhir

OBSERVATION = {
    "resourceType": "Observation",
    "id": "bp-1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}], "text": "Huyết áp"},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-10-04T08:05:00+07:00",
    "valueQuantity": {"value": Decimal("120.50"), "unit": "mmHg"},
    "extension": [{"url": "http://example.vn/x", "valueDecimal": Decimal("1E-7")}],
}


def exactly(raw):
    """A text as a value in which numbers are their digits."""
    return json.loads(raw, parse_float=str, parse_int=str)


def test_a_resource_is_written_as_it_was_read(model):
    raw = model.encode(OBSERVATION)

    read = model.decode(raw)

    assert exactly(model.encode(read)) == exactly(raw)
    assert b'"value":120.50' in model.encode(read)
    assert read.valueQuantity.value.as_tuple() == Decimal("120.50").as_tuple()


def test_a_resource_is_a_struct_with_an_attribute_a_property(model):
    patient = model.decode(
        b'{"resourceType":"Patient","name":[{"family":"L\xc3\xb2"}],'
        b'"_birthDate":{"extension":[{"url":"http://a.vn/b","valueCode":"unknown"}]}}'
    )

    assert type(patient).__name__ == "Patient"
    assert patient.name[0].family == "Lò"
    assert patient.gender is None
    assert patient._birthDate.extension[0].valueCode == "unknown"


def test_a_python_word_gets_a_line_behind_it(model):
    encounter = model.decode(
        b'{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"}}'
    )

    assert encounter.class_.code == "AMB"
    assert b'"class":{' in model.encode(encounter)


def test_a_tree_becomes_a_resource_as_strictly(model):
    assert model.tree(model.resource(OBSERVATION)) == OBSERVATION
    with pytest.raises(NotFhir, match="colour is not a property"):
        model.resource({"resourceType": "Patient", "colour": "red"})


@pytest.mark.parametrize(
    ("text", "rule", "location"),
    [
        ('{"resourceType":"Patient","colour":"red"}', "unknown-element", "Patient"),
        ('{"resourceType":"Patienten"}', "unknown-resource", "Patienten"),
        ('{"resourceType":"DomainResource"}', "unknown-resource", "DomainResource"),
        ('{"id":"a"}', "no-resource-type", ""),
        ("[]", "not-object", ""),
        ('{"resourceType":"Patient",}', "json", ""),
        ('{"resourceType":"Patient","multipleBirthInteger":NaN}', "json", ""),
        ('{"resourceType":"Patient","id":"a b"}', "form-id", "Patient.id"),
        ('{"resourceType":"Patient","id":""}', "form-id", "Patient.id"),
        ('{"resourceType":"Patient","birthDate":"04/10/2026"}', "form-date", "Patient.birthDate"),
        ('{"resourceType":"Patient","gender":"nam"}', "code", "Patient.gender"),
        ('{"resourceType":"Patient","active":"true"}', "json-kind", "Patient.active"),
        ('{"resourceType":"Patient","name":{"text":"Lò"}}', "list", "Patient.name"),
        ('{"resourceType":"Patient","birthDate":["2026"]}', "not-list", "Patient.birthDate"),
        ('{"resourceType":"Patient","name":[]}', "empty-list", "Patient.name"),
        ('{"resourceType":"Patient","name":[{}]}', "ele-1", "Patient.name[0]"),
        ('{"resourceType":"Patient","name":[{"id":"a"}]}', "ele-1", "Patient.name[0]"),
        ('{"resourceType":"Patient","name":["Lò"]}', "not-object", "Patient.name[0]"),
        (
            r'{"resourceType":"Patient","name":[{"text":"L\u00f2\u0000"}]}',
            "form-string",
            "Patient.name[0].text",
        ),
        (r'{"resourceType":"Patient","language":"\b"}', "form-code", "Patient.language"),
        ('{"resourceType":"Patient","gender":null}', "null", "Patient.gender"),
        (
            '{"resourceType":"Patient","name":[{"given":[null,"A"]}]}',
            "null",
            "Patient.name[0].given[0]",
        ),
        (
            '{"resourceType":"Patient","name":[{"given":["A"],"_given":[null,{"id":"b"}]}]}',
            "lengths",
            "Patient.name[0].given",
        ),
        (
            '{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2026"}',
            "one-choice",
            "Patient.deceased",
        ),
        ('{"resourceType":"Patient","_name":[{"id":"a"}]}', "unknown-element", "Patient"),
        (
            '{"resourceType":"Patient","gender":"male","gender":"female"}',
            "duplicate-key",
            "Patient",
        ),
        ('{"resourceType":"Observation","status":"final"}', "required", "Observation"),
        (
            '{"resourceType":"Observation","status":"final","code":{"text":"a"},'
            '"valueQuantity":{"value":"5"}}',
            "json-kind",
            "Observation.value.ofType(Quantity).value",
        ),
        (
            '{"resourceType":"Observation","status":"final","code":{"text":"a"},'
            '"effectiveDateTime":"2026-10-04T08:00"}',
            "form-dateTime",
            "Observation.effective.ofType(dateTime)",
        ),
        (
            '{"resourceType":"Patient","contained":[{"resourceType":"Organization","nom":"a"}]}',
            "unknown-element",
            "Patient.contained[0]",
        ),
        (
            '{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Basic"}}]}',
            "required",
            "Bundle.entry[0].resource",
        ),
        (
            '{"resourceType":"Binary","contentType":"a/b","data":"%%%2@()()"}',
            "form-base64Binary",
            "Binary.data",
        ),
        (
            '{"resourceType":"Patient","identifier":[{"system":"a b"}]}',
            "form-uri",
            "Patient.identifier[0].system",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(model, text, rule, location):
    with pytest.raises(NotFhir) as caught:
        model.decode(text.encode())

    first = caught.value.problems[0]
    assert (first.rule, first.location, first.severity) == (rule, location, "error")
    assert len(first.sentence()) > 10


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"{", b"[" * 5_000, b'{"a":' * 5_000])
def test_what_is_no_json_is_told(model, raw):
    with pytest.raises(NotFhir) as caught:
        model.decode(raw)

    assert caught.value.problems[0].rule == "json"


def test_every_fault_is_told_at_once(model):
    raw = b'{"resourceType":"Patient","colour":1,"gender":"nam","birthDate":"x"}'

    with pytest.raises(NotFhir) as caught:
        model.decode(raw)

    assert sorted(p.rule for p in caught.value.problems) == ["code", "form-date", "unknown-element"]
    assert caught.value.as_dict()["values"]["count"] == 3


@pytest.mark.parametrize(
    "text",
    [
        '{"resourceType":"Patient","name":[{"given":["B","A"],"_given":[{"id":"b"},null]}]}',
        '{"resourceType":"Patient","name":[{"given":[null,"A"],'
        '"_given":[{"extension":[{"url":"a:b","valueCode":"x"}]},null]}]}',
        '{"resourceType":"Observation","_status":{"extension":[{"url":"a:b","valueCode":"x"}]},'
        '"code":{"text":"null"}}',
        '{"resourceType":"Patient","birthDate":"2026","_birthDate":{"id":"x"}}',
        '{"resourceType":"Patient","text":{"status":"empty","div":"<div>{}</div>"}}',
        '{ "resourceType" : "Patient",\n "name" : [ { "text" : "L\\u00f2  \\/" } ] }',
        '{"resourceType":"Patient","multipleBirthInteger":2,"deceasedBoolean":false}',
        '{"resourceType":"Binary","contentType":"a/b","data":"AAAA\\nAAA="}',
    ],
)
def test_the_unusual_is_read_and_kept(model, text):
    assert json.loads(model.encode(model.decode(text.encode()))) == json.loads(text)


def test_a_text_of_letters_beside_a_byte_order_mark(model):
    raw = b'\xef\xbb\xbf{"resourceType":"Patient"}'

    assert model.examine(raw)[1] == []
    assert model.encode(model.decode(raw)) == raw[3:]


KEYS = ["birthDate", "gender", "active", "name", "deceasedDateTime", "deceasedBoolean", "_gender"]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["", "2026-10-04", "male", "a b", " ", "2026-13"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["text", "given", "_given", "id", "extension", "url", "valueCode"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
def test_the_slow_reading_judges_the_fast_one(model, members):
    raw = json.dumps({"resourceType": "Patient", **members}).encode()
    faults = model.faults(raw)

    if faults:
        with pytest.raises(NotFhir) as refused:
            model.decode(raw)
        assert list(refused.value.problems) == faults
    else:
        assert json.loads(model.encode(model.decode(raw))) == json.loads(raw)


def nested(levels: int) -> bytes:
    inner = '{"url":"u","valueString":"{{{"}'
    for _ in range(levels - 1):
        inner = '{"url":"u","extension":[' + inner + "]}"
    return ('{"resourceType":"Patient","extension":[' + inner + "]}").encode()


def test_what_is_nested_deeply_is_read_and_what_is_deeper_by_neither_reader(model):
    assert model.faults(nested(59)) == []
    assert model.tree(model.decode(nested(59))) == json.loads(nested(59))
    for levels in (62, 200, 2000):
        assert model.faults(nested(levels))
        with pytest.raises(NotFhir, match="too deeply"):
            model.decode(nested(levels))
