"""One map in memory: never older than the last commit of any process, asked for once a request.

Another process is the same module loaded a second time: it shares the store and nothing in memory.
"""

import importlib.util

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.registry.conftest import World
from tuyen.apps.access import guard
from tuyen.apps.journal import store
from tuyen.apps.registry import mapstore
from tuyen.apps.registry.models import MapRevision, Unit, UnitName, UnitType
from tuyen.apps.registry.operations import CreateUnit
from tuyen.kernel.ids import uuid7


class OutsideOfTheTest:
    """The store of a test as it is without the transaction that pytest wraps around the test."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    def connection(self):
        return self

    @property
    def in_atomic_block(self):
        blocks = self._store.connection().atomic_blocks
        return any(not block._from_testcase for block in blocks)

    @property
    def run_on_commit(self):
        return self._store.connection().run_on_commit


@pytest.fixture(autouse=True)
def afresh(db, monkeypatch):
    """No map left over from other tests, and none left for them."""
    monkeypatch.setattr(mapstore, "store", OutsideOfTheTest(store))
    monkeypatch.setattr(mapstore, "_shared", {})
    mapstore.end_request()
    yield
    mapstore.end_request()


@pytest.fixture
def other():
    """The module as another process has it."""
    spec = importlib.util.spec_from_file_location("another_process", mapstore.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.store = mapstore.store
    return module


def open_unit(name):
    World().good(CreateUnit(type="province", name=name))


def provinces(module):
    return {unit.names[0].value.name for unit in module.atlas().units_by_id.values()}


def questions(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return [q["sql"] for q in captured if "registry_maprevision" in q["sql"]]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_asks_once(method):
    open_unit("Điện Biên")
    mapstore.atlas()

    mapstore.begin_request({"REQUEST_METHOD": method})
    asked = questions(lambda: [mapstore.atlas() for _ in range(8)])

    assert len(asked) == 1


def test_outside_a_request_each_call_asks():
    open_unit("Điện Biên")
    mapstore.atlas()

    assert len(questions(lambda: [mapstore.atlas() for _ in range(3)])) == 3


def test_the_next_request_sees_what_another_process_committed(other):
    open_unit("Điện Biên")
    other.begin_request({"REQUEST_METHOD": "GET"})
    assert provinces(other) == {"Điện Biên"}
    other.end_request()

    open_unit("Lai Châu")  # by this process
    other.begin_request({"REQUEST_METHOD": "GET"})

    assert provinces(other) == {"Điện Biên", "Lai Châu"}


def test_a_request_shows_one_map_from_beginning_to_end(other):
    open_unit("Điện Biên")
    other.begin_request({"REQUEST_METHOD": "GET"})
    before = other.atlas()

    open_unit("Lai Châu")

    assert other.atlas() is before
    other.end_request()
    assert provinces(other) == {"Điện Biên", "Lai Châu"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_request_commits_itself_it_sees_at_once(method):
    open_unit("Điện Biên")
    mapstore.begin_request({"REQUEST_METHOD": method})
    mapstore.atlas()

    open_unit("Lai Châu")

    assert provinces(mapstore) == {"Điện Biên", "Lai Châu"}


def test_what_is_rolled_back_is_forgotten_within_a_request():
    open_unit("Điện Biên")
    mapstore.begin_request({"REQUEST_METHOD": "GET"})
    mapstore.atlas()

    with guard.opened("test"), transaction.atomic():
        MapRevision.objects.update(entry_id=uuid7())
        for model in (UnitName, UnitType, Unit):
            model.objects.all().delete()
        within = provinces(mapstore)
        transaction.set_rollback(True)

    assert within == set()
    assert provinces(mapstore) == {"Điện Biên"}


@pytest.fixture
def signals():
    """The signals of a request, without the one that would close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_the_signals_of_a_request_open_and_end_it(signals):
    open_unit("Điện Biên")
    request_started.send(sender=object, environ={"REQUEST_METHOD": "GET"})
    mapstore.atlas()
    within = questions(mapstore.atlas)
    request_finished.send(sender=object)

    assert within == []
    assert len(questions(mapstore.atlas)) == 1
