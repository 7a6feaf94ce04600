"""The feed: commit order, each reader's units, nothing skipped."""

from datetime import date
from uuid import uuid4

import pytest

from tuyen.apps.access.operations import CreatePost
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


@pytest.mark.parametrize("limit", [1, 10])
def test_a_page_takes_the_same_number_of_statements(
    posts, program, limit, django_assert_num_queries
):
    with django_assert_num_queries(2):
        queries.feed(by=program, limit=limit)
