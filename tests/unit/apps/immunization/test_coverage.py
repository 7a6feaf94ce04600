"""Coverage is counted from the same statuses, by two ways of counting, with its denominator."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.immunization.conftest import TODAY, booklet
from tests.unit.apps.immunization.test_status import primary
from tuyen.apps.access.policies import NotAllowed
from tuyen.apps.immunization import queries
from tuyen.apps.registry.operations import MovePerson, RecordDeath

SPAN = {"first": date(2025, 1, 1), "last": date(2025, 12, 31)}


@pytest.fixture
def cohort(world):
    """Of those born in 2025: four are past their first birthday, three of them whole; one is not a
    year old; one died; one moved to the other commune."""
    born = [date(2025, 1, 10), date(2025, 2, 3), date(2025, 3, 8), date(2025, 4, 9),
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
    assert curve.children[0] == 5


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
