"""FHIR by the written policy: both rights, over the same units, by every interaction alike."""

import pytest

from tests.security.addresses import read
from tests.security.conftest import POLICY
from tests.security.test_matrix import _SHORT, PERSON
from tuyen.apps.access import policies

READ, WRITE = "exchange.fhir.read", "exchange.fhir.write"
PATHS = {
    "read": "/fhir/R4/Patient/{}",
    "version": "/fhir/R4/Patient/{}/_history",
    "search": "/fhir/R4/Patient?_id={}",
    "all": "/fhir/R4/Patient/{}/$everything",
    "summary": "/fhir/R4/Patient/{}/$summary",
}


def disagreements(province, holder, roles=tuple(POLICY["roles"])) -> list[str]:
    """Where a post is shown more or less of a person by FHIR than both rights let out."""
    wrong = []
    for role in roles:
        who = holder(role, _SHORT.get(role, "S"))
        for half in province.halves:
            both = who.may(PERSON, half.word, "V") and who.may(READ, half.word, "V")
            for name, path in PATHS.items():
                shown = f"{half.word}person" in read(who.program.get(path.format(half.person)))
                if shown != both:
                    wrong.append(f"{role}: {name} of {half.word} shown {shown}")
            count = who.program.get(f"/fhir/R4/Patient?_id={half.person}&_summary=count")
            if (count.status_code == 200 and count.json()["total"] == 1) != both:
                wrong.append(f"{role}: count of {half.word}")
        said = b'{"resourceType": "Observation", "status": "final", "code": {"text": "x"}}'
        kept = who.program.post("/fhir/R4/Observation", said, content_type="application/fhir+json")
        if (kept.status_code == 201) != (who.holds(WRITE) and who.holds("clinical.visit.record")):
            wrong.append(f"{role}: write answered {kept.status_code}")
    return wrong


@pytest.mark.check("AC-02", "AC-04", "AC-06")
def test_fhir_shows_and_takes_what_both_rights_allow_by_every_interaction(province, holder):
    assert disagreements(province, holder) == []


@pytest.mark.check("AC-04", mutant=True)
def test_mutant_a_door_that_forgets_its_scope_is_found(province, holder, monkeypatch):
    honest = policies.scope
    monkeypatch.setattr(
        policies, "scope",
        lambda by, asked: policies.EVERYTHING if asked in (PERSON, READ) else honest(by, asked),
    )  # fmt: skip

    assert disagreements(province, holder, ("station-head",)) != []
