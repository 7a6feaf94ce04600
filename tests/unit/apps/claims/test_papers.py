"""Papers, births and treatments on their way from the visit to the claim, and who sees them."""

from datetime import date, timedelta

import msgspec
import pytest

from tests.unit.apps.claims.conftest import BEGAN, LICENCE, TODAY, visit
from tests.unit.apps.claims.test_life import run
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.claims import examining, records
from tuyen.apps.claims.models import Submission
from tuyen.apps.claims.operations import Line, PrepareClaims, SetCatalogue
from tuyen.apps.claims.queries import claim as page
from tuyen.apps.claims.stored import visit_of
from tuyen.apps.clinical.operations import (
    Answered,
    Born,
    Diagnosed,
    Issued,
    RecordBirth,
    RecordVisit,
    VoidBirth,
)
from tuyen.apps.registry.operations import RegisterPerson, Relate
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import KINDS

SICK = {
    "number": "12", "serial": "AB 0001", "employer": "Công ty Chè", "since": "2026-10-05",
    "until": "2026-10-07",
}  # fmt: skip
TB = {
    "site": "1", "history": "1", "with_hiv": "2", "bacteria": "1", "resistance": "6",
    "treatment": "2", "since": "2026-08-01", "regimen": "1", "result": "7", "arv_on": "2026-08-01",
    "cotrimoxazole_on": "2026-08-01",
}  # fmt: skip


@pytest.fixture
def named(station):
    """The station, where whoever signs papers is on the catalogue."""
    known = {"name": "Lò Văn C", "insurance_number": "0123456789"}
    station.good(SetCatalogue(
        kind="practitioner", since=date(2026, 1, 1), lines=(Line(key=LICENCE, values=known),)
    ))  # fmt: skip
    return station


def tables_of(station, id):
    return records_of(station, [id])[id]


def records_of(station, ids):
    found = examining.examine(by=station.by, ids=ids, on=TODAY)
    return {id: one.tables for id, one in found.items()}


def test_a_sick_leave_is_sent_with_the_visit_that_gave_it_out(named, key):
    id = named.signed(papers=(Issued(what="sick-leave", fields=SICK),), outcome="2")
    run()

    assert named.claim(id).state == "accepted", named.claim(id).findings
    sent = visit_of(bytes(Submission.objects.get().content)).tables
    assert (sent["XML11"][0]["SO_NGAY_NGHI"], sent["XML11"][0]["TU_NGAY"]) == ("3", "20261005")
    assert sent["XML1"][0]["KET_QUA_DTRI"] == "2"


def test_a_paper_or_an_end_that_cannot_be_is_answered_with_its_field(station):
    person = station.patient()

    def paper(**changes):
        return {"papers": (Issued(what="sick-leave", fields=SICK | changes),)}

    refused = {
        "unknown-paper": {"papers": (Issued(what="medal", fields={}),)},
        "paper-twice": {"papers": (Issued(what="sick-leave", fields=SICK),) * 2},
        "leave-ends-before": paper(until="2026-10-04"),
        "unknown-care": {"outcome": "x"},
        "leaves-otherwise": {"leaving": "2"},
        "answer-needed": paper(serial=""),
        "answer-not-a-day": paper(since="hôm qua"),
        "unknown-answer": paper(colour="x"),
    }
    receipts = station.send(*(visit(person, **changes) for changes in refused.values()))
    codes = [r.refusal.code.removeprefix("clinical.") for r in receipts if r.refusal]

    assert codes == list(refused)


def test_a_visit_of_the_first_version_is_read_as_it_was(station):
    told = visit(station.patient(), outcome="", leaving="", papers=())
    kind = KINDS.get("clinical.record_visit")

    assert kind.decode(1, msgspec.json.encode(told)) == told
    assert isinstance(told, RecordVisit)
    assert kind.version >= 2


def reader(station):
    return Actor(user=uuid7(), name="Người đọc", on=TODAY, channel="web",
                 posts=(HeldPost(uuid7(), "station-head", station.id),))  # fmt: skip


def test_table_15_is_built_of_what_was_told_and_stands_apart(station, key):
    person = station.patient()
    tb = (Diagnosed(code="A15.0", main=True),)
    answered = (Answered(programme="tuberculosis", fields=TB),)
    first = station.visit(person, diagnosed=tb, answered=answered, began_at=BEGAN - timedelta(days=9),
                          ended_at=None, next=None)  # fmt: skip
    second = station.visit(person, diagnosed=tb)
    built = records_of(station, [first, second])
    station.good(PrepareClaims(claims=(second,)))

    assert built[first]["XML15"] == [built[second]["XML15"][0] | {"MA_LK": first.hex}]
    assert built[second]["XML15"][0]["PHANLOAI_LAO_KT"] == "6"
    assert '"value":"' not in station.claim(second).findings.replace('"value":""', "")
    assert "XML15" in page(by=reader(station), id=second, on=TODAY).tables
    without = records.gather(by=reader(station), ids=[second], on=TODAY)
    assert without[second].care.treatments == ()


def test_a_suspected_disease_owes_no_table_of_treatment(station):
    suspected = (Diagnosed(code="A15.0", main=True, certainty="suspected"),)
    id = station.visit(station.patient(), diagnosed=suspected)

    assert "XML15" not in tables_of(station, id)


def mother_of(station):
    id = uuid7()
    station.good(
        RegisterPerson(name="Nông Thị B", sex=2, born_on=date(1998, 3, 13), place=station.commune),
        unit=station.commune, ids=[id],
    )  # fmt: skip
    return id


def test_a_birth_told_after_the_visit_sets_its_claim_back_and_fills_table_9(named):
    mother, child = mother_of(named), uuid7()
    birth = Issued(what="birth", fields={
        "number": "7", "book": "2", "identity_on": "2021-05-04", "identity_at": "Cục Cảnh sát",
        "living": "2", "births": "2", "delivered_by": "Lò Thị E", "written_by": "Lò Thị E",
        "note": "Không", "temporary_card": "TE1206992237903",
    })  # fmt: skip
    id = named.visit(mother, payer="self", care="06", diagnosed=(Diagnosed(code="O80", main=True),),
                     papers=(birth,), ended_at=BEGAN + timedelta(hours=20), next=None)  # fmt: skip
    named.good(PrepareClaims(claims=(id,)))
    before = named.claim(id)
    named.good(
        RegisterPerson(name="Con bà Nông Thị B", sex=1, born_on=date(2026, 10, 5), place=named.commune),
        unit=named.commune, ids=[child],
    )  # fmt: skip
    (delivery,) = named.good(RecordBirth(
        mother=mother, on=date(2026, 10, 5), children=(Born(sex=1, person=child, weight=3100),),
        at=BEGAN + timedelta(hours=3), weeks=39,
    ))  # fmt: skip
    told, tables = named.claim(id), tables_of(named, id)
    named.good(VoidBirth(delivery=delivery, reason="Nhầm người"))

    assert (before.state, told.state) == ("faulty", "open")  # a woman without her number
    assert told.version == before.version + 1
    (row,) = tables["XML9"]
    assert (row["SO"], row["CAN_NANG_CON"], row["LAN_SINH"]) == ("7", "3100", "2")
    assert row["NGAY_SINH_CON"] == "202610051231"
    assert tables["XML1"][0]["CAN_NANG_CON"] == "3100"
    assert named.claim(id).version == told.version + 1
    assert "XML9" not in tables_of(named, id)


def test_who_may_not_open_what_stands_apart_is_not_shown_what_was_sent(station, key):
    id = station.signed(
        diagnosed=(Diagnosed(code="A15.0", main=True),),
        answered=(Answered(programme="tuberculosis", fields=TB),),
    )
    run()
    centre = station._open("health_centre", "Trung tâm y tế", code=("insurer", "20002"))
    station.good(
        Relate(subject=station.id, relation="guided_by", object=centre, since=date(2026, 1, 1))
    )
    post = HeldPost(uuid7(), "health-centre-supervisor", centre)
    outsider = Actor(user=uuid7(), name="Người giám sát", posts=(post,), on=TODAY, channel="web")

    seen = page(by=outsider, id=id, on=TODAY)

    assert station.claim(id).state == "accepted", station.claim(id).findings
    assert seen is not None
    assert (seen.partial, seen.differs) == (True, ())
    assert "XML15" not in seen.tables
