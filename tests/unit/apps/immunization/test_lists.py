"""The lists are what a reading of every status would give, in a constant number of statements."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.immunization.conftest import TODAY, booklet
from tests.unit.apps.immunization.test_status import primary
from tuyen.apps.immunization import expecting, queries
from tuyen.apps.immunization.models import Child, Status
from tuyen.apps.immunization.queries import ListFilters


@pytest.fixture
def village(world):
    """Children of many ages: on time, late, without a dose, dropped out, of another commune."""
    born = {name: TODAY - timedelta(days=days) for name, days in
            (("new", 3), ("due", 75), ("late", 200), ("zero", 500), ("full", 620), ("gone", 420),
             ("away", 200))}  # fmt: skip
    ids = {
        name: world.child(f"Trẻ {name}", born=day, place=world.other if name == "away" else None)
        for name, day in born.items()
    }
    said = [primary(ids["full"], born["full"])]
    said += [
        booklet(
            ids["late"], ("BCG", born["late"]), ("DTP-HepB-Hib", born["late"] + timedelta(days=62))
        )
    ]
    said += [booklet(ids["gone"], ("BCG", born["gone"]),
                     *(("DTP-HepB-Hib", born["gone"] + timedelta(days=62 * n)) for n in (1, 2)))]  # fmt: skip
    world.good(*said, unit=world.station)
    return world, ids, {id: name for name, id in ids.items()}


def names(village, **filters):
    world, _, by_id = village
    page = queries.children(by=world.by, filters=ListFilters(**filters), on=TODAY, order="born")
    return [by_id[row.person] for row in page.rows]


def test_lists_are_what_a_reading_of_every_status_gives(village):
    _, _, by_id = village
    open_ = list(Status.objects.filter(status="not_complete"))

    def reading(test):
        return {by_id[row.person_id] for row in open_ if test(row)}

    assert set(names(village, kind="due")) == reading(lambda s: s.recommended_on <= TODAY)
    assert set(names(village, kind="overdue")) == reading(
        lambda s: s.past_due_on and s.past_due_on < TODAY
    )
    assert set(names(village, kind="overdue", group="DTP")) == reading(
        lambda s: s.group == "DTP" and s.past_due_on and s.past_due_on < TODAY
    )
    limit = TODAY - timedelta(days=28)
    assert set(names(village, kind="defaulters")) == reading(
        lambda s: s.past_due_on and s.past_due_on < limit
    )


def test_zero_dose_and_drop_outs(village):
    assert names(village, kind="zero-dose") == ["zero"]
    assert names(village, kind="drop-outs", drop="dtp1-dtp3") == ["gone", "late"]
    assert names(village, kind="drop-outs", drop="bcg-mr1") == ["gone"]
    assert names(village, kind="drop-outs", drop="mr1-mr2") == ["full"]


def test_who_is_grown_is_looked_for_by_no_list_and_stays_in_the_register(village):
    """Tetanus in a pregnancy keeps a woman in the register; BCG or measles is nothing to call her for."""
    world, ids, by_id = village
    today_16 = TODAY.replace(year=TODAY.year - 16)
    for name, born in (("mother", date(1994, 3, 2)), ("sixteen", today_16),
                       ("nearly", today_16 + timedelta(days=1))):  # fmt: skip
        ids[name] = world.child(f"Trẻ {name}", born=born)
        by_id[ids[name]] = name
        world.good(booklet(ids[name], ("BCG", born), ("DTP-HepB-Hib", born + timedelta(days=62)),
                           ("Td", TODAY - timedelta(days=40))), unit=world.station)  # fmt: skip
    by = {"by": world.by, "on": TODAY}

    for asked in ({"kind": "due"}, {"kind": "overdue"}, {"kind": "overdue", "group": "DTP"},
                  {"kind": "defaulters", "group": "Measles"}, {"kind": "drop-outs"}):  # fmt: skip
        assert set(names(village, **asked)) & {"mother", "sixteen", "nearly"} == {"nearly"}, asked
    assert {"mother", "sixteen", "nearly"} <= set(names(village, kind="everybody"))
    counts = queries.counted(**by)
    assert counts["overdue"] == len(names(village, kind="overdue"))
    assert {row.person for row in queries.export(filters=ListFilters(kind="due"), **by)} == {
        row.person for row in queries.children(filters=ListFilters(kind="due"), **by).rows
    }


def test_who_is_grown_and_never_had_dtp_is_no_child_without_a_dose(village):
    world, ids, by_id = village
    ids["mother"] = world.child("Trẻ mother", born=date(1994, 3, 2))
    by_id[ids["mother"]] = "mother"
    world.good(booklet(ids["mother"], ("Measles", TODAY - timedelta(days=40))), unit=world.station)

    assert "mother" in names(village, kind="everybody")
    assert names(village, kind="zero-dose") == ["zero"]


@pytest.mark.parametrize(("on", "since"), [
    (date(2026, 10, 31), date(2010, 10, 31)),
    (date(2028, 2, 29), date(2012, 2, 29)),
    (date(2027, 2, 28), date(2011, 2, 28)),
])  # fmt: skip
def test_grown_is_who_has_had_the_birthday(on, since):
    assert expecting.grown_since(on) == since


def test_who_was_born_on_a_leap_day_grows_on_the_first_of_march(monkeypatch):
    monkeypatch.setattr(expecting, "expected_years", lambda on: 17)

    assert expecting.grown_since(date(2028, 2, 29)) == date(2011, 2, 28)
    assert expecting.grown_since(date(2029, 2, 28)) == date(2012, 2, 28)
    assert expecting.grown_since(date(2029, 3, 1)) == date(2012, 3, 1)


def test_a_list_is_of_an_area_and_of_births(village):
    world, _, _ = village
    everybody = names(village, kind="everybody")
    assert everybody[0] == "full"
    assert len(everybody) == 7
    assert names(village, kind="everybody", area=world.other) == ["away"]
    assert "away" not in names(village, kind="everybody", area=world.station)
    assert len(names(village, kind="everybody", area=world.village)) == 6
    assert names(village, kind="everybody", born_first=TODAY - timedelta(days=10)) == ["new"]


def test_pages_join_to_the_whole(village):
    world, _, _ = village
    pages = [
        queries.children(
            by=world.by, filters=ListFilters(kind="everybody"), on=TODAY, page=n, size=3
        )
        for n in (1, 2, 3, 9)
    ]
    ids = [row.person for page in pages[:3] for row in page.rows]
    assert len(set(ids)) == pages[0].total == 7
    assert pages[3].number == 3


def test_who_reads_another_place_sees_other_children(village, holder):
    world, ids, _ = village
    nurse = holder(("station-head", world.elsewhere))
    board = holder(("director", world.province))

    page = queries.children(by=nurse, filters=ListFilters(kind="everybody"), on=TODAY)

    assert [row.person for row in page.rows] == [ids["away"]]
    assert page.rows[0].name == "Trẻ away"
    assert queries.children(by=board, filters=ListFilters(kind="everybody"), on=TODAY).total == 0


def test_an_export_has_no_names(village):
    world, _, _ = village
    rows = list(queries.export(by=world.by, filters=ListFilters(kind="everybody"), on=TODAY))
    assert {row.name for row in rows} == {""}
    assert len(rows) == 7


def test_school_entry_lists_what_a_class_lacks(village):
    world, ids, _ = village
    (full, zero) = queries.school_check(by=world.by, people=[ids["full"], ids["zero"]], on=TODAY)
    lacks = {one.group for one in zero.lacks}
    assert {"OPV", "IPV", "Measles"} <= lacks
    assert lacks <= {"OPV", "IPV", "Measles", "Rubella", "JE"}
    assert "OPV" not in {one.group for one in full.lacks}


def test_a_longer_list_takes_no_more_statements(village):
    world, _, _ = village
    counted = []
    for size in (1, 7):
        with CaptureQueriesContext(connection) as queried:
            page = queries.children(
                by=world.by, filters=ListFilters(kind="everybody"), on=TODAY, size=size
            )
        assert len(page.rows) == size
        counted.append(len(queried))
    assert counted[0] == counted[1]
    assert counted[0] <= 9


def test_the_card_shows_groups_and_every_dose(village):
    world, ids, _ = village
    card = queries.card(by=world.by, person=ids["gone"])

    assert [dose.vaccine for dose in card.doses] == ["BCG", "DTP-HepB-Hib", "DTP-HepB-Hib"]
    dtp = next(row for row in card.groups if row.group == "DTP")
    assert (dtp.number, dtp.valid, len(dtp.judged)) == (3, 2, 2)
    assert {one.dose for one in dtp.judged} <= {dose.id for dose in card.doses}
    assert Child.objects.get(person=ids["gone"]).doses == 3
    assert isinstance(TODAY, date)
