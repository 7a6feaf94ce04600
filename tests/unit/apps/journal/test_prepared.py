"""Look-ups that are put into SQL once."""

from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tuyen.apps.access import guard
from tuyen.apps.journal import runs, store
from tuyen.apps.journal.columns import fetch
from tuyen.apps.journal.models import Revision
from tuyen.apps.journal.prepared import prepared
from tuyen.apps.registry.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def _by_rooms(rooms):
    return (
        Revision.objects.filter(room__among=rooms).order_by("room").values_list("room", "entry_id")
    )


def _born(ids, days):
    return Person.objects.filter(pk__among=ids, born_on__among=days).values_list("pk", "born_on")


@pytest.fixture
def revisions():
    with guard.opened("test"):
        for n, room in enumerate(("one", "three", "two"), start=1):
            Revision.objects.create(room=room, entry_id=UUID(int=n))


def test_answers_what_django_answers_with_other_values_each_time(revisions):
    ask = prepared(_by_rooms)
    for rooms in (["two", "one"], ["three"], ["none"], []):
        assert ask(rooms) == fetch(_by_rooms(rooms))
    assert ask(["two"]) == [("two", UUID(int=3))]


def test_a_query_is_built_once_for_a_store_and_each_asking_is_one_statement(revisions):
    built = []

    @prepared
    def ask(rooms):
        built.append(rooms)
        return _by_rooms(rooms)

    with CaptureQueriesContext(store.connection()) as seen:
        ask({"one"})
        ask({"two"})
    assert (len(built), len(seen)) == (1, 2)


def test_days_and_ids_go_as_the_store_keeps_them():
    assert prepared(_born)([UUID(int=1)], [date(2020, 2, 29)]) == []


def test_the_lock_on_the_tables_sees_its_statements(revisions, monkeypatch):
    seen = []

    def watch(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        prepared(_by_rooms)(["one"])
    assert len(seen) == 1
    assert "journal_revision" in seen[0]


class TestRuns:
    def test_what_another_room_says_is_asked_once_in_a_run(self):
        asked = []
        read = lambda: asked.append(1) or len(asked)  # noqa: E731
        with runs.writing(["clinical"]):
            assert runs.once("registry", "map", read) == runs.once("registry", "map", read) == 1
        with runs.writing(["clinical"]):
            assert runs.once("registry", "map", read) == 2
        assert runs.once("registry", "map", read) == 3

    def test_what_the_run_writes_itself_is_asked_each_time(self):
        asked = []
        read = lambda: asked.append(1) or len(asked)  # noqa: E731
        with runs.writing(["clinical", "registry"]):
            runs.once("registry", "map", read)
            assert runs.once("registry", "map", read) == 2

    def test_of_each_id_another_room_is_asked_once_in_a_run(self):
        asked = []

        def read(ids):
            asked.append(list(ids))
            return {id: -id for id in ids}

        with runs.writing(["clinical"]):
            assert runs.each("registry", "born as", [1, 2], read) == {1: -1, 2: -2}
            assert runs.each("registry", "born as", [2, 3], read) == {2: -2, 3: -3}
        assert runs.each("registry", "born as", [2], read) == {2: -2}
        assert asked == [[1, 2], [3], [2]]
