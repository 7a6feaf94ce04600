"""Health education: told, corrected, taken back; and its book, with advice that nobody types again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.conftest import TODAY, World, assistant, found
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.models import Talk, TalkStep
from tuyen.apps.clinical.operations import (
    AmendTalk,
    CloseMonth,
    RecordTalk,
    Served,
    TalkFacts,
    VoidTalk,
)
from tuyen.apps.journal.replay import replay
from tuyen.kernel.period import Period
from tuyen.rules.clinical.books import books

MONTH = Period.parse("2026-09")
DAY = date(2026, 9, 14)
SEPTEMBER = datetime(2026, 9, 14, 2, tzinfo=UTC)


def facts(**told: Any) -> TalkFacts:
    return TalkFacts(
        **{"on": DAY, "form": "group", "topic": "nutrition", "speaker": "Lò Thị Hoa", "reached": 25}
        | told
    )


def lines(world: World, by: Any = None) -> list[queries.BookLine]:
    return queries.book(by=by or world.by, unit=world.station, book=books()["A11"], month=MONTH)


def figures(world: World) -> dict[str, int]:
    counted = queries.figures(by=world.by, unit=world.station, month=MONTH)["A11"]
    return {name: n for name, n in counted.items() if n}


def test_talks_stand_in_their_book_beside_the_advice_that_nobody_typed_again(world: World) -> None:
    world.good(
        RecordTalk(what=facts(place=world.village)),
        RecordTalk(what=facts(form="loudspeaker", reached=0, topic="food")),
        RecordTalk(what=facts(form="home", reached=6, on=date(2026, 8, 31))),  # of August
        unit=world.station,
    )  # fmt: skip
    person, other = world.person(), world.person("Lò Thị Ơn")
    world.visit(person, began_at=SEPTEMBER, advice="ăn nhạt")
    world.visit(person, began_at=SEPTEMBER + timedelta(hours=1), advice="uống thuốc đều")
    world.visit(other, began_at=SEPTEMBER, served=(Served(code="counsel"),))
    world.visit(other, began_at=SEPTEMBER + timedelta(days=1))  # no advice

    found = lines(world)

    assert [(one.number, one.day, one.who) for one in found] == [(n, DAY, None) for n in (1, 2, 3)]
    # Of talks that were written down at one moment, either may come first; advice comes after them.
    assert found[2].source == "advice"
    assert sorted((one.source, one.told["reached"]) for one in found if one.told) == [
        ("advice", 2), ("talks", 0), ("talks", 25),
    ]  # fmt: skip
    assert figures(world) == {
        "talks": 2, "attended": 25, "group": 1, "loudspeaker": 1, "advised": 2,
    }  # fmt: skip
    assert lines(world, assistant(world.elsewhere)) == []
    assert queries.talks(by=assistant(world.elsewhere), unit=world.station, month=MONTH) == []


def test_the_number_of_advised_people_is_the_same_for_every_reader(world: World) -> None:
    world.visit(world.person(), began_at=SEPTEMBER, diagnosed=found("B20"), advice="uống ARV")

    told = [lines(world, assistant(world.station, purpose)) for purpose in ("duty", "care")]

    assert [[one.told and one.told["reached"] for one in each] for each in told] == [[1], [1]]
    assert "ARV" not in str(told)


BAD = {
    "in-the-future": facts(on=TODAY + timedelta(days=1)),
    "no-such-form": facts(form="song"),
    "no-such-topic": facts(topic="weather"),
    "topic-in-words": facts(topic="other"),
    "reached-needed": facts(reached=0),
    "speaker-needed": facts(speaker=" "),
}


@pytest.mark.parametrize("code", BAD)
def test_what_is_wrong_with_a_talk_is_said(world: World, code: str) -> None:
    assert world.told(RecordTalk(what=BAD[code])) == [f"clinical.{code}"]
    assert not Talk.objects.exists()


def test_everything_that_is_wrong_is_told_at_once_beside_its_field(world: World) -> None:
    bad = facts(topic="other", reached=0, speaker="", place=world.other)

    found = queries.talk_faults(by=world.by, unit=world.station, what=bad)

    assert [field for field, _ in found] == ["topic_words", "place", "reached", "speaker"]
    assert world.told(RecordTalk(what=facts(place=world.other))) == ["clinical.not-your-place"]


def test_a_talk_sent_twice_is_one_and_two_of_a_day_are_two(world: World) -> None:
    told = RecordTalk(what=facts())

    assert world.told(told, told) == ["accepted", "clinical.talk-told-already"]
    assert world.told(RecordTalk(what=facts(reached=30))) == ["clinical.talk-told-already"]
    assert world.told(RecordTalk(what=facts(topic="food"))) == ["accepted"]


def test_a_talk_is_corrected_and_taken_back_with_its_reason(world: World) -> None:
    (id,) = world.good(RecordTalk(what=facts()), unit=world.station)
    better = facts(reached=32, place=world.village)
    amend = AmendTalk(talk=id, reason="đếm lại", what=better)

    assert world.told(amend, unit=world.elsewhere) == ["clinical.unknown-talk"]
    assert world.told(amend, amend) == ["accepted", "clinical.talk-unchanged"]
    row = queries.talk(by=world.by, id=id)
    assert row is not None
    assert (row.facts, row.version) == (better, 2)
    assert world.told(VoidTalk(talk=id, reason="ghi nhầm trạm")) == ["accepted"]
    assert world.told(amend, VoidTalk(talk=id, reason="lần nữa")) == ["clinical.talk-is-void"] * 2

    assert lines(world) == []
    told = queries.talk_changes(by=world.by, talk=id)
    assert [(one.what, one.reason, one.before) for one in told] == [
        ("void", "ghi nhầm trạm", better), ("amended", "đếm lại", facts()),
    ]  # fmt: skip
    assert queries.talk(by=assistant(world.elsewhere), id=id) is None
    assert queries.talk_changes(by=assistant(world.elsewhere), talk=id) == []


def test_a_closed_month_keeps_its_talks_and_shows_what_was_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (id,) = world.good(RecordTalk(what=facts()), unit=world.station)
    with monkeypatch.context() as before:  # as the version before this one closed it
        before.setattr(CloseMonth.KIND, "version", 2)
        assert world.told(CloseMonth(month="2026-08")) == ["accepted"]
    assert world.told(CloseMonth(month="2026-09")) == ["accepted"]
    world.good(VoidTalk(talk=id, reason="ghi nhầm"), unit=world.station)

    old, held = (
        queries.closing(by=world.by, unit=world.station, month=Period.parse(label))
        for label in ("2026-08", "2026-09")
    )
    assert old is not None
    assert held is not None
    assert "A11" not in old.figures
    assert held.figures["A11"]["attended"] == 25
    moved, _ = queries.differences(by=world.by, unit=world.station, month=MONTH)
    assert ("A11", "attended", 25, 0) in moved


def test_a_batch_is_its_entries_and_a_replay_makes_the_same_rows(
    world: World, django_assert_max_num_queries: Any
) -> None:
    payloads = [RecordTalk(what=facts(topic_words=f"bản {n}")) for n in range(12)]
    with django_assert_max_num_queries(18):
        told = world.told(*payloads)
    assert told == ["accepted"] * 12
    ids = list(Talk.objects.values_list("id", flat=True))
    world.good(*[AmendTalk(talk=id, reason="bổ sung", what=facts(topic_words=f"bản {n} b"))
                 for n, id in enumerate(ids)], unit=world.station)  # fmt: skip
    assert TalkStep.objects.count() == 12

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [one.table for one in rebuilt.tables if not one.same] == []


def test_the_book_asks_the_same_number_of_questions_for_one_line_and_for_many(
    world: World,
) -> None:
    counts = []
    for n in (1, 9):
        for k in range(n):
            world.good(RecordTalk(what=facts(topic_words=f"{n} {k}")), unit=world.station)
            world.visit(world.person(f"Lò Văn {n} {k}"), began_at=SEPTEMBER, advice="ăn nhạt")
        with CaptureQueriesContext(connection) as asked:
            lines(world)
        counts.append(len(asked))

    assert counts[0] == counts[1]
