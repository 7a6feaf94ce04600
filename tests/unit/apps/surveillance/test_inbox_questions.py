"""What is asked of the inbox is answered by the query: every alarm counts, however many there are."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection

from tests.unit.apps.surveillance.conftest import NOW, TODAY, nth, place
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Alarm

PROGRAM = Actor.program(TODAY)
ME, YOU = nth("user", 1), nth("user", 2)
_PLAIN = {
    "rule": "AL-B1", "disease": "measles", "commune_id": place("M"), "level": "", "observed": 9,
    "expected": 2.0, "bound": 4.0, "figures": "{}", "method": "law", "revision": 0,
    "raised_on": TODAY, "changed_at": NOW, "state": "new", "reason": "", "closed_because": "",
}  # fmt: skip


@pytest.fixture
def alarm(db):
    """``alarm(3, disease="dengue")``: the third alarm, of the week three weeks ago."""

    def make(n: int, **given) -> UUID:
        since = date(2026, 10, 19) - timedelta(weeks=n)
        id = nth("alarm", n)
        row = _PLAIN | {
            "id": id, "last_id": id, "period": f"p{n}", "since": since,
            "until": since + timedelta(days=6), "raised_at": NOW - timedelta(days=n),
            "due_at": NOW + timedelta(days=1),
            "figures": '{"low":1,"high":2,"years":[2021,2022],"needed":3,"baseline":7}',
        } | given  # fmt: skip
        with guard.opened("test"):
            Alarm.objects.create(**row)
        return id

    return make


def found(**asked):
    return [row.id for row in queries.alarms(by=PROGRAM, **asked).rows]


def test_an_alarm_is_overdue_when_nobody_answered_in_time(alarm):
    late = alarm(1, due_at=NOW - timedelta(hours=1))
    alarm(2, due_at=NOW)  # its time is not past yet
    alarm(3, due_at=NOW - timedelta(hours=1), answered_at=NOW, answered_by_id=ME)
    alarm(4, due_at=NOW - timedelta(hours=1), closed_on=TODAY, closed_because="by-hand")
    alarm(5, due_at=NOW - timedelta(hours=1), state="dismissed")

    assert found(overdue_at=NOW) == [late]
    assert queries.overdue_count(by=PROGRAM, at=NOW) == 1


def test_every_overdue_alarm_is_counted_not_only_the_newest(alarm):
    for n in range(120):
        alarm(n, due_at=NOW - timedelta(hours=1))

    page = queries.alarms(by=PROGRAM, overdue_at=NOW, size=50, page=3)

    assert (page.total, page.pages, len(page.rows)) == (120, 3, 20)
    assert queries.overdue_count(by=PROGRAM, at=NOW) == 120


def test_alarms_of_an_owner(alarm):
    mine = alarm(1, owner_id=ME)
    alarm(2, owner_id=YOU)
    alarm(3)

    assert found(owner=ME) == [mine]


def test_closed_and_not_closed(alarm):
    closed = alarm(1, closed_on=TODAY, closed_because="END-B")
    dismissed = alarm(2, state="dismissed")
    new = alarm(3)

    assert found(closed=True) == [closed]
    assert found(closed=False) == [dismissed, new]
    assert found(open_only=True) == [new]


def test_alarms_whose_period_had_not_ended_before_a_day(alarm):
    this, last = alarm(0), alarm(1)

    assert found(since=date(2026, 10, 19)) == [this]
    assert found(since=date(2026, 10, 18)) == [this, last]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("stM", ["M"]), ("hc", ["M", "N", "D"]), ("M", ["M"]), ("P", ["M", "N", "D"]), ("hD", [])],
)
def test_alarms_of_the_communes_that_a_unit_serves_or_guides(alarm, unit, expected):
    ids = {alarm(n, commune_id=place(name)): name for n, name in enumerate("MND")}

    assert [ids[id] for id in found(unit=place(unit))] == expected


def test_the_gravest_come_first_then_the_newest(alarm):
    signal = alarm(1, rule="EARS-C1")
    alert, older = alarm(2, rule="AL-A"), alarm(4, rule="AL-B2")
    epidemic = alarm(3, rule="EP-B1")

    assert found(order="gravest") == [epidemic, alert, older, signal]


def test_the_next_to_fall_due_comes_first(alarm):
    later, sooner = alarm(1, due_at=NOW + timedelta(days=3)), alarm(2)

    assert found(order="due") == [sooner, later]


def test_all_that_is_asked_must_fit(alarm):
    alarm(1, owner_id=ME, disease="dengue")
    wanted = alarm(2, owner_id=ME, disease="dengue", due_at=NOW - timedelta(hours=1))
    alarm(3, owner_id=ME, due_at=NOW - timedelta(hours=1))

    assert found(owner=ME, diseases=["dengue"], overdue_at=NOW, unit=place("stM")) == [wanted]


def test_alike_alarms_of_several_communes_are_one_mark(alarm):
    for name, period in (("M", "p1"), ("N", "p1")):
        alarm("MN".index(name) + 10, commune_id=place(name), period=period,
              since=date(2026, 10, 12), until=date(2026, 10, 18))  # fmt: skip
    alarm(40)

    (mark,) = queries.alarm_marks(by=PROGRAM, since=date(2026, 10, 5))

    assert (mark.disease, mark.since) == ("measles", date(2026, 10, 12))


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"owner": ME, "unit": place("hc")}, {"overdue_at": NOW, "order": "due"},
        {"closed": True, "since": TODAY}, {"order": "gravest", "diseases": ["measles"]},
    ],
)  # fmt: skip
def test_the_number_of_queries_is_the_same_whatever_is_asked(
    alarm, asked, django_assert_max_num_queries
):
    for n in range(60):
        alarm(n, owner_id=ME, due_at=NOW - timedelta(hours=1))

    with django_assert_max_num_queries(4):
        queries.alarms(by=PROGRAM, **asked)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"overdue_at": NOW}, "surveillance_alarm_waiting"),
        ({"owner": ME}, "surveillance_alarm_owner"),
        ({"since": TODAY}, "surveillance_alarm_until"),
        ({}, "surveillance_alarm_newest"),
    ],
)
def test_an_index_serves_each_question(alarm, asked, index):
    fill(5000)
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        queries.alarms(by=PROGRAM, size=20, **asked)

    plans = "\n".join(explain(q["sql"]) for q in captured if "surveillance_alarm" in q["sql"])
    assert index in plans


def fill(rows: int) -> None:
    """Closed and answered alarms of ten years, among which the few that are asked for stand."""
    with guard.opened("test"):
        Alarm.objects.bulk_create(
            Alarm(**_PLAIN | {
                "id": nth("old", n), "last_id": nth("old", n), "period": f"o{n}",
                "since": date(2016, 1, 1) + timedelta(days=n % 3600),
                "until": date(2016, 1, 7) + timedelta(days=n % 3600),
                "raised_at": NOW - timedelta(days=3600 - n % 3600),
                "due_at": NOW - timedelta(days=3500 - n % 3600), "answered_at": NOW,
                "closed_on": TODAY, "closed_because": "END-B",
            })
            for n in range(rows)
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE surveillance_alarm")


def explain(sql: str) -> str:
    words = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{words} {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
