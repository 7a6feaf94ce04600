"""What a report asks of the store is found by indexes: the same work with a million cases."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import case

PERSON = {"name": "Vàng A Páo", "birth_date": date(1990, 5, 5), "identity": "011090001234"}


@pytest.mark.parametrize("more", [PERSON, {**PERSON, "external_id": "7/2026"}])
def test_no_statement_of_a_report_reads_every_case(report, more):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, whatever its indexes")
    report(case(**PERSON))

    with CaptureQueriesContext(connection) as captured:
        report(case(**more))

    ours = [q["sql"] for q in captured if q["sql"].startswith('SELECT "surveillance_case"')]
    scans = [sql for sql in ours if "SCAN surveillance_case" in plan(sql)]
    assert len(ours) == len(more) - 1  # birth date and name are one question
    assert scans == []


def plan(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[3] for row in cursor.fetchall()]
