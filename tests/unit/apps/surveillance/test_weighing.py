"""How often alarms are false is learnt from answers; a line lets only some of them ring."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import nth, place
from tests.unit.apps.surveillance.test_outlooks import known  # noqa: F401
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import lessons, places, queries, weighing
from tuyen.apps.surveillance.lines import Line, Lines, Look, below
from tuyen.apps.surveillance.models import Alarm, AlarmLesson, AlarmLine
from tuyen.apps.surveillance.operations import (
    LearnChances,
    RaiseAlarm,
    SetAlarmLine,
    Tail,
    TriageAlarm,
    WeighAlarm,
)
from tuyen.apps.surveillance.queries import InboxFilters
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation
from tuyen.kernel.period import Period

ON = date(2026, 10, 25)
AT = datetime(2026, 10, 25, 14, 0, tzinfo=UTC)
BY = Actor.program(ON)
WEEK = Period.of("week", ON)


class _Fixed(Lines):
    """One line for all communes, and one team for the communes named alike."""

    def __init__(self, share=None, budget=None):
        self.line = Line(share, budget)

    def at(self, commune):
        return self.line

    def team(self, commune):
        return UUID(int=commune.int % 10)


def look(n, false=None, *, disease="measles", commune=1, p=None, q=None, answered=False, on=ON):
    q = false if q is None else q
    return Look(UUID(int=n), disease, UUID(int=commune), on, p, false, q, answered)


LOOKS = [
    look(1, 0.3),
    look(2, 0.1, disease="dengue"),
    look(3, 0.2, commune=11),
    look(4, 0.5, commune=2),
]


@pytest.mark.parametrize(
    ("share", "budget", "more", "silent"),
    [
        (None, None, [], {}),
        (None, 2, [], {1: "budget"}),  # commune 2 has a team of its own
        (0.25, None, [], {1: "share", 4: "share"}),
        (0.25, 1, [], {1: "share", 3: "budget", 4: "share"}),
        (None, 2, [look(5, 0.9, disease="mumps", answered=True)], {1: "budget", 3: "budget"}),
        (0.25, None, [look(5, 0.9, disease="mumps", answered=True)], {1: "share", 4: "share"}),
        (0.05, None, [look(5, p=0.001, disease="mumps")],
         {1: "share", 2: "share", 3: "share", 4: "share"}),  # of what is unknown a share says nothing
        (None, 3, [look(5, p=0.001, disease="mumps")], {5: "budget"}),
        (None, 3, [look(5, 0.05)], {}),  # two alarms of one disease and commune are one look
        (None, 3, [look(5, 0.9, disease="mumps", on=ON - timedelta(days=7))], {}),
    ],
)  # fmt: skip
def test_the_line_silences_the_least_likely_and_never_what_was_answered(
    share, budget, more, silent
):
    found = below(_Fixed(share, budget), [*LOOKS, *more])

    assert {id.int: why for id, why in found.items() if why} == silent
    assert len(found) == len(LOOKS) + len(more)


def send(payload, unit="M", corrects=None, by=BY):
    operation = Operation.of(
        payload, id=uuid7(), unit=place(unit), happened_on=ON, recorded_at=AT, corrects=corrects
    )
    (receipt,) = commit(by=by, operations=[operation], at=AT)
    return receipt


def raised(rule="FAR-FLEX", commune="M", period=WEEK.label, disease="influenza", observed=12):
    payload = RaiseAlarm(rule=rule, disease=disease, period=period, level="signal", observed=observed,
                         expected=1.0, bound=4.0, method="test/1", figures={"p": 0.001, "years": 5})  # fmt: skip
    receipt = send(payload, commune)
    assert receipt.ok, receipt.refusal
    return receipt.id


def weighed(alarm):
    return Alarm.objects.get(pk=alarm)


@pytest.fixture
def past(known):  # noqa: F811
    """Three years of two diseases with 24 outbreaks, of which all but some were answered."""
    rng, reports = np.random.default_rng(5), {"influenza": [], "mumps": []}
    monday = WEEK.start
    for told in reports.values():
        for commune in "MND":
            for n in range(1, 160):
                cases = int(rng.poisson(1.2))
                told += [(commune, monday - timedelta(weeks=n), 1, cases)] * bool(cases)
    for n in range(24):
        disease, commune = ("influenza", "mumps")[n % 2], "MND"[n % 3]
        start = monday - timedelta(weeks=8 + 3 * n + n % 2)
        for k, cases in enumerate((7, 6)):
            reports[disease].append((commune, start + timedelta(weeks=k), 1, cases))
        if n % 8 == 7:
            continue  # nobody looked
        with guard.opened("test"):
            for k in range(2):
                day = start + timedelta(weeks=k)
                _told(n * 2 + k, disease, commune, day, "outbreak")
    reports["influenza"] += [
        ("M", ON - timedelta(days=3), 1, 12),
        ("N", ON - timedelta(days=3), 1, 3),
    ]
    for disease, told in reports.items():
        known(told, disease=disease)


def _told(n, disease, commune, day, state):
    id, week = nth("weighing", n), Period.of("week", day)
    Alarm.objects.create(
        id=id, last_id=id, rule="EARS-C1", disease=disease, commune_id=place(commune),
        period=week.label, since=week.start, until=week.end, level="signal", observed=7, figures="{}",
        method="t", revision=0, raised_on=day, raised_at=AT, changed_at=AT, due_at=AT, state=state,
        reason="", closed_because="",
    )  # fmt: skip


def test_chances_are_learnt_from_answers_and_alarms_weighed_by_them(past):
    loud, faint = raised(), raised(commune="N", observed=3)
    legal = raised("AL-B1", disease="influenza")

    with CaptureQueriesContext(connection) as learning:
        (receipt,) = weighing.learn(on=ON, at=AT)
    assert receipt.ok, receipt.refusal
    assert len(learning) < 30
    lesson = AlarmLesson.objects.get()
    assert lesson.told >= 30
    assert (lesson.denied, 0 < lesson.share <= 1) == (0, True)
    assert weighing.learn(on=ON, at=AT) == [], "once a week"

    assert all(receipt.ok for receipt in weighing.weigh(on=ON, at=AT))
    assert weighing.weigh(on=ON, at=AT) == [], "nothing new, nothing said"
    sure, unsure, law = weighed(loud), weighed(faint), weighed(legal)
    assert sure.false_share < 0.2 < unsure.false_share
    assert sure.pvalue < 0.02 < unsure.pvalue
    assert sure.qvalue == sure.false_share
    assert unsure.qvalue == pytest.approx((sure.false_share + unsure.false_share) / 2, rel=0.01)
    assert (law.pvalue, law.false_share, law.lesson_id) == (None, None, None)
    assert sure.lesson_id == lesson.pk


def test_a_report_weighs_only_what_it_touches(past):
    loud, other = raised(), raised(commune="N", observed=3)
    weighing.learn(on=ON, at=AT)

    assert weighing.weigh(on=ON, at=AT, pairs=[("influenza", place("D"))]) == []
    weighing.weigh(on=ON, at=AT, pairs=[("influenza", place("M"))])

    assert weighed(loud).pvalue is not None
    assert weighed(other).pvalue is None


def test_a_dismissal_is_a_no_and_silence_is_not(past):
    table = lessons.table(ON, AT, 442)
    day = WEEK.start - timedelta(weeks=120)
    with guard.opened("test"):
        _told(999, "mumps", "M", day, "dismissed")

    said = lessons.answers(places.atlas(), table, ON)

    row, column = table.keys["mumps", place("M")], len(table.weeks) - 1 - 120
    assert said[row, column] == -1
    assert (said == -1).sum() == 1
    assert (said == 1).sum() == 42


def test_without_answers_there_is_a_p_value_and_no_chance(known):  # noqa: F811
    known([("M", ON - timedelta(weeks=n), 1, 1 + n % 2) for n in range(1, 130)])
    known([("M", ON - timedelta(days=2), 1, 9)])
    alarm = raised()

    weighing.learn(on=ON, at=AT)
    weighing.weigh(on=ON, at=AT)

    row = weighed(alarm)
    assert row.pvalue < 0.05
    assert (row.false_share, row.qvalue) == (None, None)
    taught = queries.taught(by=BY)
    assert (taught.told, taught.needed, taught.share) == (0, 30, None)


def test_young_records_teach_nothing(known):  # noqa: F811
    known([("M", ON - timedelta(weeks=n), 1, 1) for n in range(60)])

    assert weighing.learn(on=ON, at=AT) == []


def set_line(unit="P", **what):
    return send(SetAlarmLine(reason="Đội chỉ kiểm tra được chừng ấy", **what), unit)


def inbox(**asked):
    return queries.inbox(by=BY, at=AT, filters=InboxFilters(**asked))


def test_a_budget_silences_what_a_team_cannot_look_into_at_once(db):
    first, second = raised(), raised(commune="N")
    legal = raised("AL-B1", commune="D", disease="measles")
    send(WeighAlarm(alarm=first, p=0.2, false=0.6, q=0.6), corrects=first)
    send(WeighAlarm(alarm=second, p=0.01, false=0.1, q=0.1), "N", corrects=second)
    assert {group.commune for group in inbox().groups} == {place("M"), place("N"), place("D")}

    assert set_line(budget=1).ok

    assert [weighed(one).below for one in (first, second, legal)] == ["budget", "", ""]
    found = inbox()
    assert {group.commune for group in found.groups} == {place("N"), place("D")}
    assert found.tally["below"] == 1
    (kept,) = inbox(state="below").groups
    assert (kept.commune, kept.due_at, kept.false_share) == (place("M"), None, 0.6)
    late = AT + timedelta(days=30)
    assert queries.overdue_count(by=BY, at=late) == 2
    assert queries.alarms(by=BY, open_only=True).total == 2

    assert send(TriageAlarm(alarm=first, decision="verify"), corrects=first).ok
    weighing.weigh(on=ON, at=AT + timedelta(hours=1), again=False)
    assert weighed(first).below == "", "what somebody answered rings"
    assert weighed(second).below == "budget", "and takes its place"
    assert set_line().ok
    assert weighed(second).below == ""


def test_the_nearer_line_goes_before_the_wider(db):
    assert set_line(share=0.1).ok
    assert set_line("hc", budget=3).ok

    held = Lines(places.atlas(), ON)

    assert (held.at(place("M")).share, held.at(place("M")).budget) == (None, 3)
    assert held.at(place("D")).budget == 3
    assert held.team(place("M")) == place("hc")
    assert Lines(places.atlas(), ON - timedelta(days=1)).at(place("M")).open


def lesson(**changes):
    tail = Tail(code=0, weight=5.0, scores=(0.0, 1.0), above=(5.0, 1.0))
    plain = {"weeks": 100, "told": 0, "denied": 0, "tails": (tail,), "uneven": {"measles": 1.0},
             "method": "t"}  # fmt: skip
    return LearnChances(**plain | changes)


def test_what_is_refused(db):
    legal, signal = raised("AL-B1"), raised()
    somebody = Actor.program(ON)
    assert set_line(share=0.1).ok
    assert send(lesson(), "P").ok
    falling = Tail(code=0, weight=1.0, scores=(1.0, 0.0), above=(1.0, 1.0))

    refused = [
        send(WeighAlarm(alarm=legal, p=0.1), corrects=legal, by=somebody),
        send(WeighAlarm(alarm=signal, p=0.1), "N", corrects=signal),
        set_line(share=0.1),
        send(lesson(), "P"),
        send(lesson(tails=(falling,)), "N"),
        send(lesson(tails=()), "N"),
    ]

    assert [receipt.refusal.code for receipt in refused] == [
        "surveillance.not-weighed", "surveillance.unknown-alarm", "surveillance.line-unchanged",
        "surveillance.learnt-already", "surveillance.bad-lesson", "surveillance.bad-lesson",
    ]  # fmt: skip


def test_many_at_once_are_as_one_after_the_other_and_replay_makes_the_same_rows(db):
    alarms = [raised(), raised(commune="N")]
    made = [
        Operation.of(payload, id=uuid7(), unit=place(unit), happened_on=ON, recorded_at=AT, corrects=about)
        for payload, unit, about in (
            (lesson(), "P", None), (lesson(), "P", None),
            (SetAlarmLine(budget=2, reason="Thử"), "P", None),
            (SetAlarmLine(budget=2, reason="Thử"), "P", None),
            (SetAlarmLine(reason="Thôi"), "P", None),
            (WeighAlarm(alarm=alarms[0], p=0.5, below="share"), "M", alarms[0]),
            (WeighAlarm(alarm=alarms[0], p=0.25), "M", alarms[0]),
            (WeighAlarm(alarm=alarms[1], q=0.5), "N", alarms[1]),
        )
    ]  # fmt: skip

    receipts = commit(by=BY, operations=made, at=AT, react=False)

    assert [receipt.ok for receipt in receipts] == [
        True,
        False,
        True,
        False,
        True,
        True,
        True,
        True,
    ]
    assert [weighed(one).pvalue for one in alarms] == [0.25, None]
    assert list(AlarmLine.objects.order_by("rank").values_list("budget", flat=True)) == [2, None]
    rebuilt = replay()
    assert rebuilt.same, rebuilt.differences
