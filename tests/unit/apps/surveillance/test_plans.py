"""What a report and a list ask of the store is found by indexes: the same work with a million cases."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import NOW, TODAY, case, place
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.queries import CaseFilters

PROGRAM = Actor.program(TODAY)
PERSON = {"name": "Vàng A Páo", "birth_date": date(1990, 5, 5), "identity": "011090001234"}


@pytest.mark.parametrize("more", [PERSON, {**PERSON, "external_id": "7/2026"}])
def test_no_statement_of_a_report_reads_every_case(report, more):
    report(case(**PERSON))

    captured = statements(lambda: report(case(**more)))

    ours = [sql for sql in captured if sql.startswith('SELECT "surveillance_case"')]
    assert len(ours) == len(more) - 1  # birth date and name are one question
    assert [sql for sql in ours if reads_all(plan(sql), "surveillance_case")] == []


LISTS = {
    "surveillance_case_void": lambda by: queries.line_list(by=by),
    "surveillance_case_onset": lambda by: queries.line_list(by=by),
    "surveillance_case_reported": lambda by: queries.line_list(by=by, order="-reported"),
    "surveillance_case_person": lambda by: queries.cases_of_person(by=by, person=place("somebody")),
    "surveillance_case_changed": lambda by: queries.board(by=by),
    "surveillance_count_week": lambda by: queries.weekly(by=by),
    "surveillance_count_day": lambda by: queries.map_values(by=by),
    "surveillance_unitweek_week": lambda by: queries.completeness(by=by),
    "surveillance_alarm_waiting": lambda by: queries.overdue_count(by=by, at=NOW),
}  # fmt: skip


@pytest.mark.parametrize("index", LISTS)
def test_an_index_serves_what_a_screen_asks(report, index):
    several(report)

    captured = statements(lambda: LISTS[index](PROGRAM))
    plans = [plan(sql) for sql in captured if '"surveillance_' in sql]

    assert any(index in text for text in plans), plans


def test_reports_of_a_few_days_are_found_by_their_index(report):
    several(report)
    days = CaseFilters(reported_first=TODAY, reported_last=TODAY)

    captured = statements(lambda: queries.line_list(by=PROGRAM, filters=days, order="-reported"))
    (rows,) = [sql for sql in captured if "surveillance_case" in sql and "ORDER BY" in sql]

    assert "surveillance_case_reported" in plan(rows)


def several(report):
    """As many cases as an index is worth having for, and what the store notes of them."""
    days = (TODAY - timedelta(days=n % 200) for n in range(400))
    report(*(case(age=n % 90, onset_on=day, diagnosed_on=day) for n, day in enumerate(days)))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in ("case", "count", "unitweek"):
                cursor.execute(f"ANALYZE surveillance_{table}")


def statements(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured]


def plan(sql):
    """How the store would answer. PostgreSQL reads a small table whole, whatever its indexes: it
    is told not to, as it would not with a large one."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def reads_all(text, table):
    return any(
        line.strip() == f"SCAN {table}" or f"Seq Scan on {table}" in line
        for line in text.splitlines()
    )
