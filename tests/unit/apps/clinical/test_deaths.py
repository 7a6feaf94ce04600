"""Deaths: on record with the registry, described by the station, amended; and their book."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.caring import birth, child, family, pregnant
from tests.unit.apps.clinical.conftest import TODAY, World, assistant
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.models import DeathAccount, DeathStep
from tuyen.apps.clinical.operations import (
    AmendDeath,
    Born,
    CloseMonth,
    DeathFacts,
    DescribeDeath,
    Enrol,
)
from tuyen.apps.journal.replay import replay
from tuyen.apps.registry.operations import AmendDeathDay, MergePersons, RecordDeath, VoidDeath
from tuyen.kernel.period import Period
from tuyen.rules.clinical.books import books

MONTH = Period.parse("2026-09")
DAY = date(2026, 9, 14)


def facts(**told: Any) -> DeathFacts:
    return DeathFacts(
        **{"place": "home", "certified_by": "assistant", "cause": "I64", "cared": True} | told
    )


def dead(world: World, name: str = "Lò Văn Pánh", on: date = DAY, cause: str = "", **rest: Any):
    person = world.person(name, **rest)
    world.good(
        RecordDeath(person=person, on=on, cause=cause), unit=rest.get("place", world.station)
    )
    return person


def lines(world: World, by: Any = None) -> list[queries.BookLine]:
    return queries.book(by=by or world.by, unit=world.station, book=books()["A6"], month=MONTH)


def figures(world: World) -> dict[str, int]:
    found = queries.figures(by=world.by, unit=world.station, month=MONTH)["A6"]
    return {name: n for name, n in found.items() if n}


def test_every_death_of_the_people_stands_in_the_book_described_or_not(world: World) -> None:
    told = dead(world, born=date(1950, 1, 1))
    dead(world, "Lò Thị Dín", cause="A09", born=date(2022, 1, 1))
    dead(world, "Lò Thị Nhỏ", born=DAY - timedelta(days=27))
    dead(world, "Giàng A Xa", place=world.other)  # the people of another station
    dead(world, "Lò Văn Cũ", on=date(2026, 8, 31))
    world.good(DescribeDeath(person=told, what=facts()), unit=world.station)

    found = lines(world)

    assert [(one.number, one.years, one.told and one.told["cause"]) for one in found] == [
        (1, 76, "I64"), (2, 4, "A09"), (3, 0, ""),
    ]  # fmt: skip
    assert figures(world) == {
        "deaths": 3, "newborn": 1, "under1": 1, "under5": 2, "from60": 1, "at_home": 1, "cared": 1,
        "described": 1,
    }  # fmt: skip


BAD = {
    "cause-needed": facts(cause=""),
    "code-misshapen": facts(cause="12"),
    "unknown-code": facts(cause="U99.9"),
    "no-mother": facts(mother="birth"),
}


@pytest.mark.parametrize("code", BAD)
def test_what_is_wrong_with_an_account_is_said(world: World, code: str) -> None:
    person = dead(world)

    assert world.told(DescribeDeath(person=person, what=BAD[code])) == [f"clinical.{code}"]
    assert not DeathAccount.objects.exists()


def test_the_living_others_people_and_a_second_account_are_refused(world: World) -> None:
    alive, person = world.person("Lò Văn Sống"), dead(world)
    told = DescribeDeath(person=person, what=facts())

    assert world.told(DescribeDeath(person=alive, what=facts())) == ["clinical.not-dead"]
    assert world.told(told, unit=world.elsewhere) == ["clinical.not-your-people"]
    assert world.told(told, told) == ["accepted", "clinical.described-already"]


def test_an_account_is_amended_with_its_reason_and_what_stood_is_kept(world: World) -> None:
    person = dead(world)
    (id,) = world.good(DescribeDeath(person=person, what=facts()), unit=world.station)
    better = facts(cause="I61.9", certified_by="doctor", place="hospital", place_name="BV tỉnh")
    amend = AmendDeath(account=id, reason="giấy báo tử", what=better)

    assert world.told(amend, unit=world.elsewhere) == ["clinical.unknown-account"]
    assert world.told(amend, amend) == ["accepted", "clinical.account-unchanged"]

    account = queries.account_of(by=world.by, person=person)
    assert account is not None
    assert (account.facts, account.version) == (better, 2)
    (before,) = queries.death_changes(by=world.by, account=id)
    assert (before.before, before.reason) == (facts(), "giấy báo tử")


def test_a_cause_that_stands_apart_is_there_for_care_only(world: World) -> None:
    hidden, plain = dead(world), dead(world, "Lò Văn Thường", on=DAY + timedelta(1))
    world.good(
        DescribeDeath(person=hidden, what=facts(cause="B24", cause_words="AIDS")),
        DescribeDeath(person=plain, what=facts()), unit=world.station,
    )  # fmt: skip

    def told(purpose: str) -> list[Any]:
        found = lines(world, assistant(world.station, purpose))
        return [(one.told["cause"], one.told["shut"], one.told["described"])
                for one in found if one.told]  # fmt: skip

    assert told("duty") == [("", True, True), ("I64", False, True)]
    assert told("care") == [("B24", False, True), ("I64", False, True)]
    assert "AIDS" not in str(lines(world, assistant(world.station)))
    assert queries.account_of(by=assistant(world.station), person=hidden) is None


def test_a_mothers_death_is_known_by_the_pregnancy_on_record_or_by_what_is_said(
    world: World,
) -> None:
    household, mother, _ = family(world)
    pregnant(world, mother, lmp=date(2025, 12, 1), on=date(2026, 3, 1))
    born = date(2026, 8, 20)
    baby = child(world, household, born=born)
    world.good(birth(mother, on=born, born=(Born(sex=1, person=baby),)), unit=world.station)
    other = world.person("Lò Thị Khác", born=date(1995, 1, 1))
    for person in (mother, other):
        world.good(RecordDeath(person=person, on=DAY), unit=world.station)

    assert figures(world)["maternal"] == 1
    said = facts(cause="X59", mother="none", cause_words="rơi vực")
    world.good(DescribeDeath(person=mother, what=said), unit=world.station)
    assert "maternal" not in figures(world)


def test_an_account_goes_with_the_person_through_a_merger(world: World) -> None:
    kept, other = dead(world), dead(world, "Lò Văn Panh")
    world.good(DescribeDeath(person=other, what=facts()), unit=world.station)
    world.good(MergePersons(kept=kept, duplicate=other), unit=world.village)

    (line,) = lines(world)

    assert line.told is not None
    assert (line.who, line.told["cause"]) == (kept, "I64")
    assert world.told(DescribeDeath(person=kept, what=facts())) == ["clinical.described-already"]


def test_a_batch_is_its_entries_and_a_replay_makes_the_same_rows(
    world: World, django_assert_max_num_queries: Any
) -> None:
    people = [dead(world, f"Lò Văn Pánh {n}") for n in range(12)]
    with django_assert_max_num_queries(28):
        told = world.told(*[DescribeDeath(person=one, what=facts()) for one in people])
    assert told == ["accepted"] * 12
    ids = list(DeathAccount.objects.values_list("id", flat=True))
    amended = world.told(*[AmendDeath(account=one, reason="bổ sung", what=facts(note="x"))
                           for one in ids])  # fmt: skip
    assert (amended, DeathStep.objects.count()) == (["accepted"] * 12, 12)

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [one.table for one in rebuilt.tables if not one.same] == []


def test_the_book_asks_the_same_number_of_questions_for_one_death_and_for_many(
    world: World,
) -> None:
    counts = []
    for n in (1, 9):
        for k in range(n):
            person = dead(world, f"Lò Thị Pánh {n} {k}")
            world.good(DescribeDeath(person=person, what=facts()), unit=world.station)
        with CaptureQueriesContext(connection) as asked:
            assert len(lines(world)) == (1 if n == 1 else 10)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_deaths_of_today_are_open_until_described(world: World) -> None:
    person = dead(world, on=TODAY)
    (row,) = queries.deaths_of(by=world.by, unit=world.station, month=Period.parse("2026-10"))

    assert (row.person, row.described, row.maternal) == (person, False, False)
    assert queries.deaths_of(
        by=assistant(world.elsewhere), unit=world.station, month=Period.parse("2026-10")
    ) == []  # fmt: skip


def moved(person: Any, on: date, was: date = DAY) -> AmendDeathDay:
    return AmendDeathDay(person=person, was=was, on=on, reason="giấy báo tử")


def test_the_book_follows_a_corrected_day_and_a_closed_month_shows_the_difference(
    world: World,
) -> None:
    person = dead(world)
    world.good(DescribeDeath(person=person, what=facts()), unit=world.station)
    assert world.told(CloseMonth(month="2026-09")) == ["accepted"]

    assert world.told(moved(person, date(2026, 8, 30))) == ["accepted"]

    assert lines(world) == []
    (line,) = queries.book(
        by=world.by, unit=world.station, book=books()["A6"], month=Period.parse("2026-08")
    )
    assert (line.day, line.told and line.told["cause"]) == (date(2026, 8, 30), "I64")
    held = queries.closing(by=world.by, unit=world.station, month=MONTH)
    assert held is not None
    assert held.figures["A6"]["deaths"] == 1
    found, _ = queries.differences(by=world.by, unit=world.station, month=MONTH)
    assert ("A6", "deaths", 1, 0) in found


def test_a_programme_ends_by_the_corrected_day(world: World) -> None:
    person = world.person()
    world.good(
        Enrol(person=person, programme="hypertension"), unit=world.station, on=date(2026, 1, 5)
    )
    world.good(RecordDeath(person=person, on=DAY), unit=world.station)
    world.good(moved(person, date(2026, 9, 3)), unit=world.station)

    (row,) = queries.enrolments_of(by=world.by, person=person, on=TODAY)
    assert (row.until, row.why) == (date(2026, 9, 3), "died")


def test_who_lives_after_all_is_in_no_book_and_goes_on_in_the_programme(world: World) -> None:
    person = world.person()
    world.good(
        Enrol(person=person, programme="hypertension"), unit=world.station, on=date(2026, 1, 5)
    )
    world.good(RecordDeath(person=person, on=DAY), unit=world.station)
    world.good(DescribeDeath(person=person, what=facts()), unit=world.station)
    account = DeathAccount.objects.get(person=person).pk

    world.good(VoidDeath(person=person, was=DAY, reason="người khác cùng tên"), unit=world.station)

    assert lines(world) == []
    assert queries.account_of(by=world.by, person=person) is None
    (kept,) = queries.death_changes(by=world.by, account=account)
    assert (kept.before.cause, kept.reason) == ("I64", "người khác cùng tên")
    (row,) = queries.enrolments_of(by=world.by, person=person, on=TODAY)
    assert (row.until, row.why) == (None, "")
    assert world.told(DescribeDeath(person=person, what=facts())) == ["clinical.not-dead"]
    world.good(RecordDeath(person=person, on=TODAY), unit=world.station)
    assert world.told(DescribeDeath(person=person, what=facts())) == ["accepted"]
    rebuilt = replay()
    assert rebuilt.failed == []
    assert [one.table for one in rebuilt.tables if not one.same] == []


def test_everything_that_is_wrong_with_an_account_is_told_at_once(world: World) -> None:
    person = dead(world)
    bad = facts(cause="U99.9", mother="birth")

    found = queries.death_faults(by=world.by, person=person, died_on=DAY, what=bad)

    assert [(field, refusal.code) for field, refusal in found] == [
        ("cause", "clinical.unknown-code"), ("mother", "clinical.no-mother"),
    ]  # fmt: skip
    stranger = assistant(world.elsewhere)
    assert queries.death_faults(by=stranger, person=person, died_on=DAY, what=bad) == []
