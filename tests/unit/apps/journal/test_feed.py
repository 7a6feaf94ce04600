"""The feed: commit order, each reader's units, nothing skipped."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tuyen.apps.access.operations import CloseAccount, CreatePost, OpenAccount
from tuyen.apps.journal import queries
from tuyen.kernel.ids import uuid7


@pytest.fixture
def posts(send, operate, program):
    """Ten posts at two units, in turn."""
    units = (uuid7(), uuid7())
    made = [
        operate(CreatePost(role="midwife", since=date(2026, 1, 1)), unit=units[n % 2])
        for n in range(10)
    ]
    send(program, *made)
    return units, made


def test_pages_follow_each_other_to_the_end(posts, program):
    _, made = posts
    seen, after, more = [], 0, True
    while more:
        page = queries.feed(by=program, after=after, limit=3)
        seen += [kept.id for kept in page.entries]
        after, more = page.after, page.more

    assert seen == [operation.id for operation in made]
    assert queries.feed(by=program, after=after).entries == []


def test_a_reader_sees_the_units_of_its_post_and_no_other(posts, holder):
    units, made = posts
    reader = holder(("station-head", units[1]))

    page = queries.feed(by=reader)

    assert [kept.id for kept in page.entries] == [operation.id for operation in made[1::2]]
    assert queries.operation(by=reader, id=made[0].id) is None
    assert queries.operation(by=reader, id=uuid4()) is None


def test_a_reader_without_the_right_sees_nothing(posts, holder):
    assert queries.feed(by=holder(("village-health-worker", posts[0][0]))).entries == []
    assert queries.feed(by=holder()).entries == []


def test_another_epoch_asks_to_begin_again(posts, program):
    with pytest.raises(queries.OtherEpoch):
        queries.feed(by=program, epoch=uuid4())


def test_refused_operations_are_not_in_the_feed(send, operate, program):
    send(program, operate(CreatePost(role="nobody", since=date(2026, 1, 1))))

    assert queries.feed(by=program).entries == []
    assert len(queries.operations(by=program)) == 1


def test_what_is_committed_while_a_page_is_read_comes_once(posts, program, monkeypatch):
    """The end of the journal is read before the rows; a commit in between is already on the page."""
    _, made = posts
    epoch, _, digest = queries.head()
    with monkeypatch.context() as then:
        then.setattr(queries, "head", lambda: (epoch, 4, digest))
        first = queries.feed(by=program)

    following = queries.feed(by=program, after=first.after)

    found = [kept.id for kept in (*first.entries, *following.entries)]
    assert found == [operation.id for operation in made]


@pytest.mark.parametrize("limit", [1, 10])
def test_a_page_takes_the_same_number_of_statements(
    posts, program, limit, django_assert_num_queries
):
    with django_assert_num_queries(2):
        queries.feed(by=program, limit=limit)


@pytest.mark.parametrize("few", [0, 10])
def test_a_page_is_the_same_whether_units_are_looked_up_or_the_journal_is_walked(
    posts, holder, monkeypatch, few
):
    units, made = posts
    monkeypatch.setattr(queries, "_FEW_UNITS", few)
    reader = holder(("station-head", units[0]))

    found = [kept.id for kept in queries.operations(by=reader, limit=3)]
    page = queries.feed(by=reader, limit=2)

    assert found == [operation.id for operation in made[-2::-2]][:3]
    assert [kept.id for kept in page.entries] == [made[0].id, made[2].id]


def test_what_corrects_an_operation_is_found_by_its_index(send, operate, program):
    account = operate(OpenAccount(login="someone", name="Vàng A Páo"))
    send(program, account)
    closing = CloseAccount(user=account.id, on=date(2026, 10, 26))
    send(program, operate(closing, corrects=account.id))

    with CaptureQueriesContext(connection) as captured:
        found = queries.history(by=program, of=account.id)
        queries.refused(by=program)

    assert len(found) == 2
    if connection.vendor == "sqlite":
        plans = [plan(query["sql"]) for query in captured if "corrects" in query["sql"]]
        assert all("journal_entry_corrects" in text for text in plans), plans


def plan(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "; ".join(row[3] for row in cursor.fetchall())
