"""Two records that look alike and are two people's: remembered, respected, and taken back."""

from datetime import date

import pytest

from tests.unit.apps.registry.conftest import TODAY
from tuyen.apps.journal.replay import replay
from tuyen.apps.registry import asking, queries
from tuyen.apps.registry.models import Apart
from tuyen.apps.registry.operations import MergePersons, ProposeMerge, SetApart, UndoSetApart

SINCE = date(2020, 1, 1)


@pytest.fixture
def twins(world, home, member):
    """Two people of one name and birth date, registered twice over in one village."""
    people = [member("Giàng A Pó"), member("Giàng A Pó"), member("Giàng A Po")]
    for one in people:
        world.household(home.village, one, since=SINCE)
    return [one.id for one in people]


@pytest.fixture
def head(home, holder):
    return holder(("station-head", home.station), on=TODAY)


def pairs(by, home):
    found, number = asking.likely(by=by, unit=home.station)
    assert number == len(found)
    return {frozenset((s.one.id, s.other.id)) for s in found}


def test_a_pair_kept_apart_is_suggested_no_more(world, home, twins, head):
    a, b, c = twins
    before = pairs(head, home)
    world.good(SetApart(one=b, other=a, reason="hai anh em họ"), unit=home.station)

    assert frozenset((a, b)) in before
    assert pairs(head, home) == before - {frozenset((a, b))}
    assert [s.other.id for s in queries.duplicates_of(by=head, person=a)] == [c]


def test_it_is_dated_and_told_with_its_reason(world, home, twins, head):
    a, b, _ = twins
    (id,) = world.good(SetApart(one=a, other=b, reason="hai anh em họ"), unit=home.station)

    assert asking.apart_decision(by=head, one=b, other=a) == (id, TODAY, "hai anh em họ")
    (row,) = asking.kept_apart(by=head)
    assert {row.one.id, row.other.id} == {a, b}


@pytest.mark.parametrize("kind", [MergePersons, ProposeMerge])
def test_they_are_not_merged_before_it_is_taken_back(world, home, twins, kind):
    a, b, _ = twins
    (id,) = world.good(SetApart(one=a, other=b, reason="hai anh em họ"), unit=home.station)
    merge = kind(kept=b, duplicate=a)

    code, sentence = world.refused(merge, unit=home.station)
    world.good(UndoSetApart(decision=id, reason="nhầm"), unit=home.station)
    world.good(merge, unit=home.station)

    assert code == "registry.kept-apart"
    assert "hai anh em họ" in sentence


def test_taking_it_back_suggests_the_pair_again(world, home, twins, head):
    a, b, _ = twins
    before = pairs(head, home)
    (id,) = world.good(SetApart(one=a, other=b, reason="hai anh em họ"), unit=home.station)
    world.good(UndoSetApart(decision=id, reason="nhầm"), unit=home.station)

    assert pairs(head, home) == before
    assert world.refused(UndoSetApart(decision=id, reason="nhầm"), unit=home.station)[0] == (
        "registry.already-undone"
    )


@pytest.mark.parametrize("size", [1, 10])
def test_one_pair_is_kept_apart_once_in_either_order(world, home, twins, size):
    a, b, c = twins
    said = [SetApart(one=a, other=b, reason="hai người"), SetApart(one=b, other=a, reason="hai người"),
            SetApart(one=a, other=c, reason="hai người"), SetApart(one=a, other=a, reason="hai người")]  # fmt: skip

    receipts = world.send(*said, unit=home.station, size=size)

    assert [r.refusal.code if r.refusal else "" for r in receipts] == [
        "", "registry.already-apart", "", "registry.same-record",
    ]  # fmt: skip
    assert Apart.objects.count() == 2


def test_a_station_that_answers_for_neither_is_refused(world, home, twins):
    far = world.open("station", "Trạm Chà Tở", ("lies_in", home.other), ("serves", home.other))
    said = SetApart(one=twins[0], other=twins[1], reason="hai người")

    assert world.refused(said, unit=far)[0] == "registry.out-of-reach"


def test_those_kept_apart_take_nobodys_place_among_the_three(world, home, member, head):
    """Five alike: each is shown with three at most, and with three again when some are parted."""
    people = [member("Sùng A Chư") for _ in range(6)]
    for one in people:
        world.household(home.village, one, since=SINCE)
    first = people[0].id
    shown = [s.other.id for s in queries.duplicates_of(by=head, person=first)]
    for other in shown[:2]:
        world.good(SetApart(one=first, other=other, reason="hai người"), unit=home.station)

    again = [s.other.id for s in queries.duplicates_of(by=head, person=first)]

    assert len(shown) == len(again) == 3
    assert not set(shown[:2]) & set(again)


def test_the_journal_rebuilds_it(world, home, twins):
    (id,) = world.good(
        SetApart(one=twins[0], other=twins[1], reason="hai người"), unit=home.station
    )
    world.good(UndoSetApart(decision=id, reason="nhầm"), unit=home.station)

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [table.table for table in rebuilt.tables if not table.same] == []
