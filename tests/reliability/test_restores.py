"""Backups taken under load, restored by the commands an operator has, on both stores."""

import json
from datetime import UTC, datetime

import psycopg
import pytest

from tests.reliability.figures import write_down
from tests.reliability.load import Load
from tuyen.apps.journal.backup import manifest, server
from tuyen.apps.journal.backup.making import back_up
from tuyen.apps.journal.backup.refusals import StillInUse

AT = datetime(2026, 10, 25, 12, tzinfo=UTC)


def answer(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_backup_taken_under_load_comes_back(either, tmp_path):
    store, installation = either
    installation.start()
    load = Load(installation)
    load.begin()
    load.until(100)
    before = dict(load.acknowledged)
    made = answer(installation.tuyen("backup", "--to", tmp_path / "b", "--prove", "--json"))
    load.until(20)
    load.end()

    refused = installation.tuyen("restore", made["backup"], "--replace")
    assert (refused.returncode, "still in use" in refused.stderr) == (2, True), refused.stderr

    installation.stop()
    restored = answer(installation.tuyen("restore", made["backup"], "--replace", "--json"))
    kept = installation.kept()

    assert restored["aside"]
    missing = [id for id, position in before.items() if kept.get(id) != position]
    assert missing == []
    write_down("restore of a backup taken under load", store, faults=1, acknowledged=len(before),
               lost=len(missing), recovery=[restored["seconds"]])  # fmt: skip


@pytest.fixture
def server_store(on_server):
    """The database of ``on_server``, as Django's settings name it."""
    known = psycopg.conninfo.conninfo_to_dict(on_server.url)
    return server.Server({
        "ENGINE": "django.db.backends.postgresql", "NAME": known["dbname"], "HOST": known["host"],
        "PORT": known["port"], "USER": known["user"], "PASSWORD": "",
    })  # fmt: skip


def test_without_the_tools_of_postgresql_tables_are_copied(
    on_server, tmp_path, monkeypatch, server_store, django_db_blocker
):
    monkeypatch.setattr(server, "_tool", lambda name, version: None)
    with django_db_blocker.unblock():
        made, kept = back_up(store=server_store, to=tmp_path / "b", home=on_server.home, at=AT)
    assert (kept.layout, sorted(kept.files)) == ("copy", ["store.copy.zip"])

    done = answer(on_server.tuyen("restore", made, "--replace", "--json"))

    assert done["rows"] == sum(kept.facts.tables.values())
    assert manifest.read(made).digest == kept.digest
    again = on_server.tuyen("api-key", "operator", "--label", "after")
    assert again.returncode == 0, again.stderr  # sequences go on where they stood


def test_a_database_in_use_is_not_swapped(on_server, tmp_path, server_store, django_db_blocker):
    with django_db_blocker.unblock():
        back_up(store=server_store, to=tmp_path / "b", home=on_server.home, at=AT)
        with psycopg.connect(on_server.url):
            copy = server.Unpacked("none", _Closed(), server_store, "nowhere")
            with pytest.raises(StillInUse):
                copy.put_in_place("now")
    assert on_server.kept()


class _Closed:
    """A connection of which only the end is wanted."""

    def close(self):
        return None
