"""Old doses from files: any layout, every bad row told, nothing half-done, and nothing twice."""

from datetime import date

import pytest

from tests.unit.apps.immunization.conftest import NOW, TODAY, booklet
from tuyen.apps.immunization import imports, national
from tuyen.apps.immunization.import_findings import RowsToMend
from tuyen.apps.immunization.models import Dose
from tuyen.apps.registry.operations import AmendPerson, Identify, RecordDeath
from tuyen.engines.exchange.tabular import read_table
from tuyen.kernel import stocking

NUMBERS = {"Vàng A Tủa": "011226000017", "Vàng A Súa": "011226000025"}


@pytest.fixture
def children(world):
    ids = {name: world.child(name, born=date(2026, 1, 10 + n)) for n, name in enumerate(NUMBERS)}
    for name, number in NUMBERS.items():
        said = Identify(person=ids[name], system="personal_number", value=number)
        world.good(said, unit=world.village)
    return world, ids


def planned(world, text, **choices):
    data = text.strip().encode("utf-8")
    table = read_table(data, "so-tiem.csv", vocabulary=imports.fields().vocabulary)
    chosen = imports.Choices(unit=world.station, **choices)
    return imports.plan(by=world.by, table=table, on=TODAY, at=NOW, choices=chosen)


def codes(plan):
    return {(f.row, f.code) for f in plan.findings if f.severity == "error"}


LONG = """
Họ và tên,Ngày sinh,Vắc xin,Ngày tiêm,Mũi,Số lô
Vàng A Tủa,10/01/2026,BCG,12/01/2026,1,b1
vang a tua,10/01/2026,198,13/03/2026,1,p1
Vàng A Súa,11/01/2026,Bại liệt,13/03/2026,1,
"""
SPAN = national.Span(first=date(2026, 1, 1), last=TODAY)
WIDE = """
Họ tên trẻ,Ngày sinh,BCG,DPT-VGB-Hib 1,OPV 1,Sởi
Vàng A Tủa,10/01/2026,12/01/2026,13/03/2026,13/03/2026,
Vàng A Súa,11/01/2026,,03/2026,,
"""


def test_one_row_a_dose(children):
    world, ids = children
    plan = planned(world, LONG)

    assert codes(plan) == {(4, "immunization.unknown-vaccine")}
    with pytest.raises(RowsToMend):
        imports.run(by=world.by, plan=plan, at=NOW)
    assert not Dose.objects.exists()
    done = imports.run(by=world.by, plan=plan, at=NOW, accept_good_rows=True)
    assert (done.accepted, done.left_out) == (2, 1)
    rows = Dose.objects.order_by("given_on").values_list("person_id", "vaccine", "lot", "number")
    assert list(rows) == [(ids["Vàng A Tủa"], "BCG", "B1", 1),
                          (ids["Vàng A Tủa"], "DTP-HepB-Hib", "P1", 1)]  # fmt: skip


def test_one_row_a_child_and_a_day_known_by_its_month(children):
    world, _ = children
    imports.run(by=world.by, plan=planned(world, WIDE), at=NOW)

    rows = Dose.objects.order_by("given_on", "vaccine").values_list(
        "vaccine", "given_on", "precision"
    )
    assert list(rows) == [
        ("BCG", date(2026, 1, 12), "day"),
        ("DTP-HepB-Hib", date(2026, 3, 13), "day"), ("bOPV", date(2026, 3, 13), "day"),
        ("DTP-HepB-Hib", date(2026, 3, 15), "month"),
    ]  # fmt: skip


def test_a_file_sent_again_changes_nothing(children):
    world, _ = children
    imports.run(by=world.by, plan=planned(world, WIDE), at=NOW)
    before = list(Dose.objects.order_by("pk").values_list())

    again = planned(world, WIDE)
    done = imports.run(by=world.by, plan=again, at=NOW)

    assert done.accepted == 0
    assert list(Dose.objects.order_by("pk").values_list()) == before


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("011226000017,Vàng A Tủa,10/01/2026,BCG,12/12/2025", "immunization.before-birth"),
        ("011226000017,Vàng A Tủa,10/01/2026,999,12/02/2026", "immunization.unknown-vaccine"),
        ("011226000017,Vàng A Súa,11/01/2026,BCG,12/02/2026", "immunization.swapped"),
        ("011226000017,Vàng A Tủa,10/02/2026,BCG,12/03/2026", "immunization.born-another-day"),
        ("011226000033,Vàng A Tủa,10/01/2026,BCG,12/02/2026", "immunization.no-number"),
        (",Giàng A Chính,10/01/2026,BCG,12/02/2026", "immunization.nobody-called"),
        (",Vàng A Tủa,10/01/2026,BCG,", "immunization.no-dose"),
        (",Vàng A Súa,11/01/2026,BCG,12/04/2026", "immunization.after-death"),
    ],
)
def test_what_a_row_cannot_say(children, row, code):
    world, ids = children
    world.good(RecordDeath(person=ids["Vàng A Súa"], on=date(2026, 4, 1)), unit=world.village)
    plan = planned(world, f"Số định danh,Họ và tên,Ngày sinh,Vắc xin,Ngày tiêm\n{row}")

    assert codes(plan) == {(2, code)}
    assert plan.operations == []
    assert plan.errors_file(form="csv")


def test_a_lot_that_was_never_received_or_is_stopped_is_flagged(children, monkeypatch):
    world, _ = children
    known = {"B1": "never-received", "P1": "suspended", "P2": "usable"}
    monkeypatch.setattr(
        stocking, "standing", lambda named: [stocking.Standing(known[n.number]) for n in named]
    )
    head, child = "Họ và tên,Ngày sinh,Vắc xin,Ngày tiêm,Số lô,Nơi tiêm", "Vàng A Tủa,10/01/2026"
    plan = planned(world, f"{head}\n{child},BCG,12/01/2026,b1,\n{child},BCG,13/01/2026,b1,Hà Nội\n"
                          f"{child},198,13/03/2026,p1,\n{child},198,13/04/2026,p2,")  # fmt: skip

    assert {(f.row, f.code, f.severity, f.value) for f in plan.findings} == {
        (2, "immunization.lot-never-here", "warning", "b1"),
        (4, "immunization.lot-stopped-since", "warning", "p1"),
    }
    assert len(plan.operations) == 4


def test_a_future_date_is_no_dose(children):
    world, _ = children
    plan = planned(
        world, "Họ và tên,Ngày sinh,Vắc xin,Ngày tiêm\nVàng A Tủa,10/01/2026,BCG,12/12/2026"
    )

    assert plan.bad_rows == {2}
    assert plan.operations == []


def test_the_national_fields_are_told_without_whose_they_are(children):
    world, ids = children
    world.good(booklet(ids["Vàng A Tủa"], ("DTP-HepB-Hib", date(2026, 3, 13))), unit=world.station)

    (record,) = national.records(by=world.by, span=SPAN)

    row = dict(zip(national.header("en"), national.cells(record, "en"), strict=True))
    assert len(row) == 45
    assert (row["Full name"], row["Date of birth"]) == (None, None)
    assert row["Antigen"] == "D | T | P | Hib | HepB"
    assert {"birth_commune", "facility"} <= set(record.lacks)
    told = {"subject_id", "full_name", "vaccine", "dose_date", "dose_order"}
    assert not told & set(record.lacks)


def test_a_dose_without_a_number_has_its_place_among_those_of_its_kind(children):
    world, ids = children
    days = [date(2026, 1, 12), *(date(2026, month, 13) for month in (3, 4, 5, 6, 7))]
    given = ["HepB", "DTP-HepB-Hib", "DTP-HepB-Hib", "DTP-HepB-Hib", "IPV", "DTP"]
    doses = tuple(zip(given, days, strict=True))
    world.good(booklet(ids["Vàng A Tủa"], *doses), unit=world.station)
    world.good(booklet(ids["Vàng A Súa"], doses[1]), unit=world.station)

    after_the_birth = national.Span(first=date(2026, 3, 14), last=TODAY)
    told = [record.told for record in national.records(by=world.by, span=after_the_birth)]

    assert [one["dose_order"] for one in told] == [2, 3, 1, 4]


def test_with_names_the_identity_fields_are_told_whole(children):
    world, ids = children
    world.good(AmendPerson(person=ids["Vàng A Tủa"], phone="0912345678"), unit=world.village)
    world.good(booklet(ids["Vàng A Tủa"], ("BCG", date(2026, 1, 12))), unit=world.station)

    (record,) = national.records(by=world.by, span=SPAN, names=True)

    told = [record.told[code] for code in ("subject_id", "full_name", "birth_date", "phone")]
    assert told == ["011226000017", "Vàng A Tủa", date(2026, 1, 10), "0912345678"]
    assert national.count(by=world.by, span=SPAN) == (1, 1)
    assert set(record.lacks) >= national.UNKEPT
    assert national.Span.read(SPAN.written()) == SPAN
