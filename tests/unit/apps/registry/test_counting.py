"""People counted by place, sex and age on any day and either map."""

from datetime import date
from types import SimpleNamespace

import pytest

from tests.unit.apps.registry.conftest import AFTER, BEFORE, MERGER
from tuyen.apps.access.policies import NotAllowed
from tuyen.apps.registry import counting, queries
from tuyen.apps.registry.operations import (
    AmendPerson,
    Entitle,
    Gift,
    Link,
    MovePerson,
    Opening,
    RecordDeath,
    Reorganise,
    VoidPerson,
)
from tuyen.kernel.ids import uuid7


@pytest.fixture
def split(world, home):
    """The commune splits: its village goes to the smaller part."""
    large, small = uuid7(), uuid7()
    opens = (
        Opening(id=large, type="commune", name="Lớn"),
        Opening(id=small, type="commune", name="Nhỏ"),
    )
    gives = (
        Gift(predecessor=home.commune, successor=large, weight=0.75, main=True),
        Gift(predecessor=home.commune, successor=small, weight=0.25),
    )
    village = Link(subject=home.village, kind="lies_in", object=small)
    world.good(Reorganise(on=MERGER, basis="NQ", opens=opens, gives=gives, relates=(village,)))
    return large, small


def totals(world, on, **rest):
    return queries.population(by=world.by, on=on, **rest).totals


def test_people_are_counted_by_sex_and_age_on_the_day(world, home, member):
    world.household(
        home.village,
        member(sex=1, born_on=date(2025, 1, 2)),
        member(sex=2, born_on=date(2025, 1, 1)),
        member(sex=2, born_on=date(1980, 1, 1)),
        since=date(2020, 1, 1),
    )

    found = queries.population(by=world.by, on=date(2026, 1, 1), ages=(0, 1, 15))
    row = found.counts[found.unit_ids.index(home.commune)]

    assert row.tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 0]]


def test_a_population_is_that_of_its_day(world, home, member):
    person = member(born_on=date(2024, 5, 1))
    world.household(home.village, person, member(), since=date(2020, 1, 1))
    world.good(RecordDeath(person=person.id, on=date(2025, 5, 1)), unit=home.station)

    days = [date(2019, 1, 1), date(2024, 4, 30), date(2024, 5, 1), date(2025, 5, 2)]

    assert [totals(world, day)[home.commune] for day in days] == [0, 1, 2, 1]


def test_a_commune_where_nobody_lives_has_a_zero(world, home, member):
    world.household(home.village, member(), since=date(2020, 1, 1))

    assert totals(world, date(2026, 1, 1))[home.other] == 0


def test_a_village_is_counted_whole_where_it_went(world, home, split, member):
    large, small = split
    people = [member() for _ in range(4)]
    world.household(home.village, *people, since=date(2020, 1, 1))

    assert totals(world, AFTER) == {large: 0, small: 4, home.other: 0}
    assert totals(world, AFTER, map_on=BEFORE) == {home.commune: 4, home.other: 0}


def test_who_is_known_by_the_old_commune_only_is_shared_out_with_bounds(world, home, split, member):
    large, small = split
    people = [member() for _ in range(8)]
    world.household(home.commune, *people, since=date(2020, 1, 1))

    found = queries.population(by=world.by, on=AFTER)
    at = {id: n for n, id in enumerate(found.unit_ids)}

    assert (found.totals[large], found.totals[small]) == (6, 2)
    assert found.lower[at[large]].sum() == 0
    assert found.upper[at[large]].sum() == 8


def test_totals_are_the_same_on_either_map(world, home, split, member):
    world.household(home.commune, *(member() for _ in range(7)), since=date(2020, 1, 1))
    world.household(home.village, *(member() for _ in range(3)), since=date(2020, 1, 1))

    sums = {sum(totals(world, AFTER, map_on=day).values()) for day in (BEFORE, AFTER)}

    assert sums == {10}


def test_who_may_not_read_the_map_counts_nobody(world, home, holder):
    with pytest.raises(NotAllowed):
        queries.population(by=holder(), on=date(2026, 1, 1))


@pytest.mark.parametrize("kind", ["population", "coverage"])
def test_counting_takes_one_query_beside_the_map(
    world, home, member, kind, django_assert_max_num_queries
):
    world.household(home.village, *(member() for _ in range(30)), since=date(2020, 1, 1))
    world.atlas.rebase(AFTER)

    with django_assert_max_num_queries(2):
        getattr(queries, kind)(by=world.by, on=date(2026, 1, 1))


class TestRemembering:
    """Outside a transaction counts are kept, and only places that changed are counted again."""

    @pytest.fixture(autouse=True)
    def outside(self, monkeypatch):
        outside = SimpleNamespace(in_atomic_block=False)
        monkeypatch.setattr(
            counting, "store", SimpleNamespace(alias=lambda: "t", connection=lambda: outside)
        )
        monkeypatch.setattr(counting, "_kept", {})

    @pytest.mark.parametrize(
        ("what", "change"),
        [
            ("people", lambda p, home: RecordDeath(person=p.id, on=date(2025, 6, 1))),
            ("people", lambda p, home: VoidPerson(person=p.id, reason="ghi trùng")),
            ("people", lambda p, home: AmendPerson(person=p.id, born_on=date(1950, 1, 1))),
            ("people", lambda p, home: AmendPerson(person=p.id, sex=2)),
            ("people", lambda p, home: MovePerson(
                person=p.id, place=home.other, since=date(2025, 6, 1))),
            ("people", lambda p, home: MovePerson(person=p.id, place=None, since=date(2025, 6, 1))),
            ("covered", lambda p, home: Entitle(
                person=p.id, card="1234567890", since=date(2025, 6, 1))),
        ],
    )  # fmt: skip
    def test_a_change_is_counted(self, world, home, member, what, change):
        person = member()
        world.household(home.village, person, member(sex=2), since=date(2020, 1, 1))
        world.household(home.other, member(), since=date(2020, 1, 1))

        def count():
            if what == "covered":
                return queries.coverage(by=world.by, on=date(2026, 1, 1))
            found = queries.population(by=world.by, on=date(2026, 1, 1), ages=(0, 60))
            return found.counts.tolist()

        before = count()
        world.good(change(person, home), unit=home.province)
        after = count()
        counting._kept.clear()

        assert after == count() != before

    def test_only_the_changed_place_is_asked_about(
        self, world, home, member, django_assert_num_queries
    ):
        world.household(home.village, member(), since=date(2020, 1, 1))
        totals(world, date(2026, 1, 1))
        world.household(home.other, member(), since=date(2020, 1, 1))

        with django_assert_num_queries(3) as captured:
            totals(world, date(2026, 1, 1))

        asked = captured.captured_queries[-1]["sql"]
        assert '"place_id" IN' in asked
        with django_assert_num_queries(2):
            totals(world, date(2026, 1, 1))
