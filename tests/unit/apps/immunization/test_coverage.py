"""Coverage is counted from the same statuses, by two ways of counting, with its denominator."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.immunization.conftest import TODAY, booklet
from tests.unit.apps.immunization.test_status import primary
from tuyen.apps.access.policies import NotAllowed
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.queries import ListFilters
from tuyen.apps.registry.operations import MovePerson, RecordDeath

SPAN = {"first": date(2025, 1, 1), "last": date(2025, 12, 31)}


@pytest.fixture
def cohort(world):
    """Of those born in 2025: four are past their first birthday, three of them whole; one is not a
    year old; one died; one moved to the other commune."""
    born = [date(2025, 1, 10), date(2025, 2, 2), date(2025, 3, 8), date(2025, 4, 9),
            date(2025, 12, 5), date(2025, 1, 20)]  # fmt: skip
    ids = [world.child(f"Trẻ {'ABCDEF'[n]}", born=day) for n, day in enumerate(born)]
    world.good(*(primary(ids[n], born[n]) for n in (0, 1, 2, 5)), unit=world.station)
    world.good(
        booklet(ids[3], *((v, d + timedelta(days=400)) for v, d in (("BCG", born[3]), ("MR", born[3])))),
        unit=world.station,
    )  # fmt: skip
    world.good(RecordDeath(person=ids[5], on=date(2026, 5, 1)), unit=world.village)
    world.good(MovePerson(person=ids[2], place=world.other, since=TODAY), unit=world.village)
    return world, ids


def test_a_cohort_has_its_denominator(cohort):
    world, _ = cohort
    found = queries.coverage(by=world.by, on=TODAY, **SPAN)

    rows = {row.name: row for row in found.rows}
    total = found.total
    assert (total.children, total.eligible[queries.FULL], total.reached[queries.FULL]) == (5, 4, 3)
    assert total.percent(queries.FULL) == 75
    assert {name: row.reached[queries.FULL] for name, row in rows.items()} == {
        "Nà Hỳ": 2, "Chà Tở": 1,
    }  # fmt: skip
    # The late child has BCG, but after its first birthday.
    assert (total.eligible["bcg-1"], total.reached["bcg-1"]) == (4, 3)
    assert total.eligible["mr-2"] == 0


def test_villages_stand_apart(cohort):
    world, _ = cohort
    found = queries.coverage(by=world.by, on=TODAY, villages=True, **SPAN)

    assert [(row.unit, row.children) for row in found.rows] == [
        (world.other, 1), (world.village, 4),
    ]  # fmt: skip


def test_two_ways_of_counting_a_year(cohort):
    world, _ = cohort
    (last, this) = queries.yearly(by=world.by, years=[2025, 2026], on=TODAY)

    assert (last.cohort, last.cohort_full, last.born) == (4, 3, 5)
    # Measles comes at 275 days: those born in January to March were whole in October to December.
    assert (last.became_full, this.became_full) == (3, 0)


def test_timeliness_grows_with_age(cohort):
    world, _ = cohort
    (curve,) = queries.timeliness(by=world.by, codes=["dtp-1"], on=TODAY, weeks=20, **SPAN)

    share = dict(zip(curve.weeks, curve.share, strict=True))
    assert (share[4], share[10]) == (0, 0.6)
    assert (curve.children, curve.followed[:1]) == (5, (5,))
    assert curve.in_time == pytest.approx(0.6)


def test_drop_outs_are_of_those_with_the_first_dose(cohort):
    world, _ = cohort
    total = queries.coverage(by=world.by, on=TODAY, **SPAN).total

    assert [(one.code, one.with_first, one.without_second) for one in total.drop_outs] == [
        ("dtp1-dtp3", 3, 0), ("bcg-mr1", 3, 0), ("mr1-mr2", 0, 0),
    ]  # fmt: skip


def test_coverage_is_of_the_reader_s_places(cohort, holder):
    world, _ = cohort
    station = holder(("station-head", world.elsewhere))

    assert queries.coverage(by=station, on=TODAY, **SPAN).total.children == 1
    assert queries.indicators(by=station, on=TODAY)["dtp-3"].dose == 3
    with pytest.raises(NotAllowed):
        queries.indicators(by=holder(("administrator", world.province)), on=TODAY)


def test_two_maps_agree_to_the_child(cohort):
    world, _ = cohort
    today, before = queries.coverages(
        by=world.by, on=TODAY, maps=[TODAY, TODAY - timedelta(days=900)], **SPAN
    )

    assert today.total == before.total
    assert today.looked_on == TODAY


def test_births_and_moves_lead_from_those_born_to_those_counted(cohort):
    world, ids = cohort
    came = world.child("Trẻ Mới", born=date(2025, 6, 1), place=world.other)
    world.good(MovePerson(person=came, place=world.village, since=TODAY), unit=world.other)

    whole = queries.flows(by=world.by, on=TODAY, **SPAN)[2025]
    of_commune = queries.flows(by=world.by, on=TODAY, area=world.commune, **SPAN)[2025]

    assert [len(who) for who in whole] == [7, 0, 0, 1, 6]
    assert (of_commune.arrived, of_commune.left, of_commune.died) == ({came}, {ids[2]}, {ids[5]})
    assert len(of_commune.born) == 6
    found = queries.coverage(by=world.by, on=TODAY, area=world.commune, **SPAN)
    assert found.total.children == len(of_commune.here) == 6 + 1 - 1 - 1


def test_the_funnel_has_one_denominator(cohort):
    world, ids = cohort
    found = queries.way(by=world.by, on=TODAY, **SPAN)

    # Nobody of 2025 is two years old, so the second measles dose is left out, not shown as none.
    assert (found.children, found.left_out) == (4, ("mr-2",))
    assert [(step.code, step.reached, step.through) for step in found.steps] == [
        ("bcg-1", 3, 3), ("dtp-1", 3, 3), ("dtp-3", 3, 3), ("mr-1", 3, 3), (queries.FULL, 3, 3),
    ]  # fmt: skip
    assert queries.not_reached(by=world.by, code=queries.FULL, on=TODAY, **SPAN) == {ids[3]}


def test_the_list_behind_a_figure_is_the_children_it_lacks(cohort):
    world, ids = cohort
    asked = ListFilters(
        kind="missed", code="bcg-1", born_first=SPAN["first"], born_last=SPAN["last"]
    )

    found = queries.children(by=world.by, filters=asked, on=TODAY)
    without_span = queries.children(by=world.by, filters=ListFilters(kind="missed"), on=TODAY)

    assert ([row.person for row in found.rows], without_span.total) == ([ids[3]], 0)


def test_quarters_are_shown_when_all_their_children_are_old_enough(cohort):
    world, _ = cohort
    found = queries.series(by=world.by, code=queries.FULL, on=TODAY, map_on=TODAY, quarters=4)

    assert [period.label for period in found.periods] == [
        "2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3",
    ]  # fmt: skip
    counts = dict(zip(found.names, found.eligible.tolist(), strict=True))
    assert counts == {"Chà Tở": [0, 1, 0, 0], "Nà Hỳ": [0, 2, 1, 0]}
    assert found.totals() == [None, 1.0, 0.0, None]


def test_a_small_village_is_not_blamed_for_chance(cohort):
    world, _ = cohort
    found = queries.spread(by=world.by, code="bcg-1", on=TODAY, villages=True, **SPAN)

    assert (found.share, found.eligible) == (0.75, 4)
    assert {place.name: place.verdict for place in found.places} == {
        "Huổi Hoi": "within", "Chà Tở": "within",
    }  # fmt: skip
    assert found.short() == []


@pytest.mark.parametrize(
    ("ask", "statements"),
    [
        (lambda by: queries.coverage(by=by, on=TODAY, **SPAN), 2),
        (lambda by: queries.series(by=by, code="dtp-3", on=TODAY, map_on=TODAY), 2),
        (lambda by: queries.way(by=by, on=TODAY, **SPAN), 2),
        (lambda by: queries.spread(by=by, code="dtp-3", on=TODAY, **SPAN), 2),
        (lambda by: queries.timeliness(by=by, codes=["dtp-1", "mr-1"], on=TODAY, **SPAN), 2),
        (lambda by: queries.yearly(by=by, years=[2024, 2025, 2026], on=TODAY, moves=True), 2),
        (lambda by: queries.not_reached(by=by, code="mr-1", on=TODAY, **SPAN), 2),
    ],
    ids=["areas", "time", "way", "chance", "ages", "years", "behind"],
)  # fmt: skip
def test_every_picture_takes_two_statements(cohort, ask, statements):
    world, _ = cohort
    # Children, and their doses or stays; the revision of the map, which a request asks for once,
    # as often as the map is asked for.
    with CaptureQueriesContext(connection) as asked:
        ask(world.by)
    said = [one["sql"] for one in asked if "maprevision" not in one["sql"]]
    assert len(said) == statements, said
