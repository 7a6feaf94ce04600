"""What is wrong with sound structure: the standard's rules, codes, references, bundles, narratives."""

from decimal import Decimal

import pytest


def patient(**members):
    return {"resourceType": "Patient", **members}


def observation(**members):
    return {
        "resourceType": "Observation", "status": "final", "code": {"text": "a"}, **members,
    }  # fmt: skip


def bundle(kind, *entries, **members):
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **members}


def coded(system, code):
    return observation(code={"coding": [{"system": system, "code": code}]})


def vital(code="29463-7", **members):
    """A sound body weight, changed."""
    category = {
        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
        "code": "vital-signs",
    }
    unit = {"system": "http://unitsofmeasure.org", "code": "kg"}
    return observation(**{
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "category": [{"coding": [category]}],
        "subject": {"display": "a"},
        "effectiveDateTime": "2026-10-04",
        "valueQuantity": {"value": Decimal("61.50"), **unit},
        **members,
    })  # fmt: skip


def questionnaire(**condition):
    """Two questions, the second on a condition."""
    return {
        "resourceType": "Questionnaire", "status": "draft",
        "item": [
            {"linkId": "q1", "type": "boolean"},
            {"linkId": "q2", "type": "boolean", "enableWhen": [{"operator": "=", **condition}]},
        ],
    }  # fmt: skip


UUID = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
LOW_HIGH = {"low": {"value": Decimal(9)}, "high": {"value": Decimal(5)}}
RULES = [
    ("per-1", patient(name=[{"period": {"start": "2026-02-01", "end": "2026-01-01"}}])),
    ("per-1", patient(name=[{"period": {"start": "2026-02-01", "end": "2026-02-01T08:00:00Z"}}])),
    ("cpt-2", patient(telecom=[{"value": "0912"}])),
    ("pat-1", patient(contact=[{"gender": "male"}])),
    ("att-1", patient(photo=[{"data": "AAAA"}])),
    ("obs-6", observation(valueString="a", dataAbsentReason={"text": "b"})),
    (
        "obs-7",
        observation(
            code={"coding": [{"system": "a:b", "code": "1"}]},
            valueString="a",
            component=[{"code": {"coding": [{"system": "a:b", "code": "1"}]}}],
        ),
    ),
    ("obs-3", observation(referenceRange=[{"appliesTo": [{"text": "a"}]}])),
    ("qty-3", observation(valueQuantity={"value": Decimal(1), "code": "mg"})),
    ("rng-2", observation(valueRange=LOW_HIGH)),
    ("rat-1", observation(valueRatio={"numerator": {"value": Decimal(1)}})),
    ("ext-1", patient(extension=[{"url": "a:b"}])),
    ("ext-1", patient(extension=[{"url": "a:b", "valueCode": "c", "extension": [{"url": "d:e"}]}])),
    ("ref-1", observation(subject={"reference": "#p"})),
    ("dom-3", patient(contained=[{"resourceType": "Organization", "id": "o", "name": "a"}])),
    (
        "dom-4",
        patient(
            contained=[
                {"resourceType": "Organization", "id": "o", "name": "a", "meta": {"versionId": "1"}}
            ],
            managingOrganization={"reference": "#o"},
        ),
    ),
    ("org-1", {"resourceType": "Organization", "active": True}),
    ("org-3", {"resourceType": "Organization", "name": "a", "telecom": [{"use": "home"}]}),
    ("bdl-1", bundle("collection", total=1)),
    ("bdl-3", bundle("transaction", {"fullUrl": UUID, "resource": patient()})),
    ("bdl-5", bundle("batch", {"fullUrl": UUID})),
    ("bdl-8", bundle("collection", {"fullUrl": "http://a/Patient/1/_history/2", "resource": patient()})),
    ("bdl-9", bundle("document")),
    (
        "bdl-7",
        bundle("collection", *[{"fullUrl": UUID, "resource": patient()}] * 2),
    ),
    (
        "con-4",
        {
            "resourceType": "Condition", "subject": {"display": "a"}, "abatementString": "b",
            "clinicalStatus": {"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                "code": "active",
            }]},
        },
    ),
    (
        "tim-1",
        {
            "resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "subject": {"display": "a"}, "medicationCodeableConcept": {"text": "b"},
            "dosageInstruction": [{"timing": {"repeat": {"duration": Decimal(1)}}}],
        },
    ),
    (
        "mdd-1",
        {
            "resourceType": "MedicationDispense", "status": "completed",
            "medicationCodeableConcept": {"text": "b"},
            "whenHandedOver": "2026-01-01", "whenPrepared": "2026-01-02",
        },
    ),
    ("txt-1", patient(text={"status": "generated", "div": "<div>a</div>"})),
    ("calendar", patient(birthDate="2026-02-30")),
    ("element-id", patient(name=[{"id": "a", "text": "b"}, {"id": "a", "text": "c"}])),
    ("first-entry", bundle("document", {"fullUrl": UUID, "resource": patient()})),
    ("full-url", bundle("collection", {"fullUrl": "Patient/1", "resource": patient(id="1")})),
    ("search-id", bundle("searchset", {"fullUrl": UUID, "resource": patient()})),
    (
        "search-type",
        bundle(
            "searchset",
            {"fullUrl": UUID, "resource": patient(id="1"), "search": {"mode": "match"}},
            link=[{"relation": "self", "url": "http://a/fhir/Encounter?date=2026"}],
        ),
    ),
    (
        "binding",
        {
            "resourceType": "AllergyIntolerance", "patient": {"display": "a"},
            "clinicalStatus": {"coding": [{"system": "a:b", "code": "active"}]},
        },
    ),
    ("extension-type", patient(extension=[{
        "url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
        "valueString": "yes"}])),
    ("code-number", coded("http://snomed.info/sct", "22298006x")),
    ("code-number", coded("http://loinc.org", "systolic")),
    ("vital-code", vital(meta={"profile": ["http://hl7.org/fhir/StructureDefinition/bp"]})),
    ("vital-unit", vital(valueQuantity={
        "value": Decimal(60), "system": "http://unitsofmeasure.org", "code": "kilogram"})),
    ("vital-category", vital(category=[{"text": "a"}])),
    ("vital-required", {**vital(), "subject": None}),
    ("vital-part", {
        **vital(code="85354-9"), "valueQuantity": None, "dataAbsentReason": {"text": "a"}}),
    ("enable-when", questionnaire(question="q9", answerBoolean=True)),
    ("enable-when", questionnaire(question="q1", answerString="a")),
    ("enable-when", questionnaire(question="q2", answerBoolean=True)),
    ("ecl", {
        "resourceType": "ValueSet", "status": "active", "url": "http://a.vn/b",
        "compose": {"include": [{"system": "http://snomed.info/sct", "filter": [{
            "property": "constraint", "op": "=", "value": "73211009 |Diabetes| << 44054006"}]}]},
    }),
    ("search-parameter", {
        "resourceType": "CapabilityStatement", "status": "draft", "date": "2026", "format": ["json"],
        "kind": "requirements", "description": "a", "fhirVersion": "4.0.1",
        "rest": [{"mode": "server", "resource": [{"type": "Patient", "searchParam": [{
            "name": "gender", "type": "date",
            "definition": "http://hl7.org/fhir/SearchParameter/individual-gender"}]}]}],
    }),
    (
        "canonical",
        {"resourceType": "ValueSet", "status": "active", "url": "ValueSet/1"},
    ),
    (
        "count",
        {
            "resourceType": "CodeSystem", "status": "active", "content": "complete", "count": 2,
            "url": "http://a.vn/b", "concept": [{"code": "c"}],
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "tree"), RULES, ids=lambda it: it if isinstance(it, str) else "")
def test_a_broken_rule_is_named(rules, rule, tree):
    present = {key: value for key, value in tree.items() if value is not None}

    assert rule in rules(present)


SOUND = [
    vital(),
    vital(code="8480-6"),  # no code of a profile
    questionnaire(question="q1", answerBoolean=True),
    coded("http://snomed.info/sct", "71341001:272741003=7771000"),
    coded("http://loinc.org", "LA6576-8"),
    patient(name=[{"period": {"start": "2026-01-01", "end": "2026-01-01"}}]),
    patient(
        contained=[{"resourceType": "Organization", "id": "o", "name": "a"}],
        managingOrganization={"reference": "#o"},
    ),
    patient(
        contained=[{
            "resourceType": "Provenance", "id": "v", "target": [{"reference": "#"}],
            "recorded": "2026-01-01T00:00:00Z", "agent": [{"who": {"display": "a"}}],
        }],
    ),
    observation(
        valueQuantity={"value": Decimal(1), "code": "mg", "system": "http://unitsofmeasure.org"}
    ),
    observation(subject={"reference": "https://a.vn/fhir/Patient/1"}),
    patient(extension=[{"url": "http://a.vn/unknown", "valueString": "kept"}]),
    patient(
        text={
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml">&nbsp;<b>Lò</b> &amp; <br/></div>',
        }
    ),
    bundle("collection", {"fullUrl": UUID, "resource": observation(subject={"reference": UUID})}),
    {
        "resourceType": "Parameters",
        "parameter": [{"name": "a", "resource": patient()}, {"name": "b", "valueCode": "c"}],
    },
    {
        "resourceType": "Task", "status": "requested", "intent": "order",
        "lastModified": "2026-01-01T00:00:00Z", "authoredOn": "2025-12-31T00:00:00Z",
    },
]  # fmt: skip


@pytest.mark.parametrize("tree", SOUND)
def test_a_sound_resource_breaks_nothing(rules, tree):
    assert rules(tree) == []


def test_a_decoded_resource_is_checked_as_its_tree_is(model):
    tree = patient(birthDate="2026-02-30", telecom=[{"value": "0912"}])

    found = [{p.rule: p.location for p in model.check(it)} for it in (model.resource(tree), tree)]

    assert found[0] == found[1] == {"calendar": "Patient.birthDate", "cpt-2": "Patient.telecom[0]"}


def test_a_problem_has_a_place_and_a_sentence(model):
    raw = b'{"resourceType":"Patient","telecom":[{"system":"phone"},{"value":"0912"}]}'

    (problem,) = model.examine(raw)[1]

    assert problem.as_dict() == {
        "severity": "error", "code": "invariant", "rule": "cpt-2",
        "location": "Patient.telecom[1]",
        "message": "Rule cpt-2 of the standard is broken: "
        "A system is required if a value is provided.",
    }  # fmt: skip


@pytest.mark.parametrize(
    "div",
    [
        '<div xmlns="http://www.w3.org/1999/xhtml"><script>a</script></div>',
        '<div xmlns="http://www.w3.org/1999/xhtml"><b onclick="a">b</b></div>',
        '<div xmlns="http://www.w3.org/1999/xhtml"><a href=" javascript:a">b</a></div>',
        '<!DOCTYPE a [<!ENTITY x "y">]><div xmlns="http://www.w3.org/1999/xhtml">&x;</div>',
        '<div xmlns="http://www.w3.org/1999/xhtml"><iframe src="a">b</iframe></div>',
        '<div xmlns="http://www.w3.org/1999/xhtml"><p background="a">b</p></div>',
        '<div xmlns="http://www.w3.org/1999/xhtml">a',
        "<p>a</p>",
    ],
)
def test_a_narrative_that_runs_or_breaks_is_an_error(rules, div):
    assert "txt-1" in rules(patient(text={"status": "generated", "div": div}))


@pytest.mark.parametrize(
    ("rule", "tree"),
    [
        ("target", observation(subject={"reference": "Practitioner/1"})),
        ("code-number", coded("http://snomed.info/sct", "22298007")),
        ("code-number", coded("http://loinc.org", "8480-5")),
        ("html", patient(name=[{"text": "A <script>b</script>"}])),
        ("urn", bundle("collection", {"fullUrl": "urn:uuid:12", "resource": patient()})),
        ("txt-2", patient(text={"status": "generated", "div": (
            '<div xmlns="http://www.w3.org/1999/xhtml"> </div>')})),
        ("full-url-id", bundle("collection", {
            "fullUrl": "http://a.vn/fhir/Patient/2", "resource": patient(id="1")})),
    ],
)  # fmt: skip
def test_what_published_examples_do_is_a_warning(rules, rule, tree):
    assert rules(tree) == []
    assert rule in rules(tree, "warning")


def test_a_reference_of_a_document_is_looked_for_in_it(rules):
    composition = {
        "resourceType": "Composition", "id": "c", "status": "final", "type": {"text": "a"},
        "date": "2026-01-01", "title": "b", "author": [{"reference": UUID}],
        "subject": {"reference": "Patient/1"},
    }  # fmt: skip
    head = {"identifier": {"system": "a:b", "value": "c"}, "timestamp": "2026-01-01T00:00:00Z"}
    entries = [
        {"fullUrl": "http://a.vn/fhir/Composition/c", "resource": composition},
        {"fullUrl": UUID, "resource": {"resourceType": "Practitioner", "active": True}},
    ]
    found = {"fullUrl": "http://a.vn/fhir/Patient/1", "resource": patient(id="1")}

    assert rules(bundle("document", *entries, **head)) == ["unresolved"]
    assert rules(bundle("document", *entries, found, **head)) == []


def asked(model, **response):
    questions = [
        {"linkId": "g", "type": "group", "item": [
            {"linkId": "1", "type": "boolean", "required": True},
            {"linkId": "2", "type": "decimal"},
        ]},
    ]  # fmt: skip
    questionnaire = {
        "resourceType": "Questionnaire",
        "id": "q",
        "status": "active",
        "item": questions,
    }
    tree = {
        "resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "#q",
        "contained": [questionnaire], "item": [{"linkId": "g", "item": response["items"]}],
    }  # fmt: skip
    return [
        problem.rule
        for problem in model.checking.problems(tree)
        if problem.rule.startswith("answer")
    ]


def test_answers_are_held_against_a_questionnaire_beside_them(model):
    yes = {"linkId": "1", "answer": [{"valueBoolean": True}]}

    assert asked(model, items=[yes, {"linkId": "2", "answer": [{"valueInteger": 3}]}]) == []
    assert asked(model, items=[yes, {"linkId": "3"}]) == ["answer-link"]
    assert asked(model, items=[{"linkId": "2"}]) == ["answer-required"]
    assert asked(model, items=[yes, yes]) == ["answer-repeats"]
    assert asked(model, items=[{"linkId": "1", "answer": [{"valueString": "x"}]}]) == [
        "answer-type"
    ]


def test_a_signature_that_carries_another_bundle_is_told(model):
    import base64
    import json

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    def rules(signed, entry):
        jws = b".".join([part({"alg": "RS256"}), part(signed) if signed else b"", b"AAAA"])
        signature = {"sigFormat": "application/jose", "data": base64.b64encode(jws).decode()}
        tree = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": entry,
            "signature": signature,
        }
        return [
            p.rule for p in model.checking.problems(tree) if p.location == "Bundle.signature.data"
        ]

    one = [{"fullUrl": "urn:uuid:a3a6a1f0-0000-4000-8000-000000000001"}]
    assert rules({"resourceType": "Bundle", "entry": one}, one) == []
    assert rules(None, one) == []
    assert rules({"resourceType": "Bundle", "entry": []}, one) == ["signed-content"]


def test_a_parameter_of_a_filter_is_declared(model):
    def rules(name):
        declared = {
            "url": "http://hl7.org/fhir/tools/StructureDefinition/valueset-parameter",
            "extension": [{"url": "name", "valueCode": "p"}],
        }
        said = {"url": "x:y", "valueExpression": {"language": "text/fhirpath", "expression": name}}
        filter = {"property": "inactive", "op": "=", "_value": {"extension": [said]}}
        tree = {
            "resourceType": "ValueSet", "status": "active", "extension": [declared],
            "compose": {"include": [{"system": "http://x.y", "filter": [filter]}]},
        }  # fmt: skip
        return [p.rule for p in model.checking.problems(tree) if p.rule == "parameter"]

    assert rules("%p") == []
    assert rules("%q") == ["parameter"]
