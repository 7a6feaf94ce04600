"""What is read by columns is what Django reads by values."""

from datetime import date

import pytest
from django.db.models import Count

from tuyen.apps.access.models import Post, User
from tuyen.apps.access.operations import CreatePost, OpenAccount
from tuyen.apps.journal import bulk, columns
from tuyen.apps.journal.models import Entry
from tuyen.kernel.ids import uuid7


@pytest.fixture
def filled(send, operate, program):
    accounts = [operate(OpenAccount(login=f"login{n}", name="Vàng A Páo")) for n in range(4)]
    posts = [operate(CreatePost(role="midwife", since=date(2026, n, 1))) for n in (1, 2, 2)]
    send(program, *accounts, *posts)


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (User, ("id", "login", "opened_on", "closed_on")),
        (Post, ("since", "until", "id", "unit_id", "role")),
        (Entry, ("position", "id", "author_id", "corrects", "accepted", "received_at")),
    ],
)
def test_rows_are_those_of_django(filled, model, names):
    query = model.objects.order_by("pk").values_list(*names)

    rows = columns.fetch(query)

    assert rows == list(query)
    assert len(rows) >= 3
    coded = columns.coded(query)
    spelled = [[column.values[code] for code in column.codes] for column in coded]
    assert list(zip(*spelled, strict=True)) == rows
    assert all(len(set(column.values)) == len(column.values) for column in coded)


def test_groups_are_summed_as_by_django(filled):
    query = Post.objects.values_list("since").annotate(Count("pk")).order_by("since")

    assert columns.fetch(query) == [(date(2026, 1, 1), 1), (date(2026, 2, 1), 2)]


def test_nothing_is_found_of_nothing(db):
    for query in (User.objects.filter(pk__in=()), User.objects.filter(login="nobody")):
        assert columns.fetch(query.values_list("id", "login")) == []
        empty = columns.coded(query.values_list("id", "login"))
        assert [(list(c.values), len(c.codes)) for c in empty] == [([], 0)] * 2


def test_ids_are_written_as_sqlite_keeps_them():
    ids = [uuid7(), None, uuid7()]

    assert columns.hexadecimal(ids) == [ids[0].hex, None, ids[2].hex]


def test_a_row_that_is_there_is_added_to_and_one_that_is_not_is_made(db):
    from django.apps import apps

    from tuyen.apps.access import guard

    week = apps.get_model("surveillance", "UnitWeek")
    names = ("id", "unit_id", "week", "cases", "late", "zero_at")
    one, two, unit = uuid7(), uuid7(), uuid7()
    with guard.opened("test"):
        bulk.add(week, names, [(one, unit, date(2026, 1, 5), 2, 1, None)], ("cases", "late"))
        again = [(id, unit, date(2026, 1, 5), 3, 0, None) for id in (one, two)]
        bulk.add(week, names, again, ("cases", "late"))

    kept = {row.pk: (row.cases, row.late, row.unit_id) for row in week.objects.all()}
    assert kept == {one: (5, 1, unit), two: (3, 0, unit)}
