"""A full disk: nothing is acknowledged that is not kept, and room alone mends it."""

import shutil
import time
from datetime import UTC, datetime

import pytest

from tests.reliability import disks
from tests.reliability.cluster import Cluster
from tests.reliability.figures import write_down
from tests.reliability.installation import Installation
from tests.reliability.load import Load, lost, settle
from tuyen.apps.journal.backup import embedded as embedded_store
from tuyen.apps.journal.backup import files, making
from tuyen.apps.journal.backup.refusals import NoRoom

NOON = datetime(2026, 10, 25, 12, tzinfo=UTC)


def fill_up(store, installation, folder, times, leave):
    load, missing = Load(installation), 0
    for _ in range(times):
        load.begin()
        load.until(60)
        before = load.unanswered
        filler = disks.fill(folder, leave)
        while load.unanswered < before + 5:
            assert installation.process.poll() is None, "the server died of the full disk"
        load.end()
        missing += len(lost(load))
        filler.unlink()
    doubled = settle(load)
    write_down(
        "full disk",
        store,
        faults=times,
        acknowledged=len(load.acknowledged),
        lost=missing,
        doubled=doubled,
    )
    return missing, doubled


def test_a_full_disk_loses_nothing(embedded, tmp_path):
    with disks.small(tmp_path / "small", 40) as folder:
        installation = embedded(folder)
        installation.start()
        assert fill_up("SQLite", installation, folder, 2, leave=400_000) == (0, 0)
        installation.stop()


@pytest.mark.nightly
def test_a_full_disk_under_postgresql_loses_nothing(tmp_path):
    """PostgreSQL may stop by itself when its log finds no room: then it is started again."""
    with disks.open_folder() as place, disks.small(place / "small", 200) as folder:
        cluster = Cluster(folder / "data", place, max_wal_size="64MB")
        cluster.make()
        cluster.start()
        installation = Installation(tmp_path / "home", cluster.url())
        try:
            installation.prepare()
            installation.start()
            load = Load(installation)
            load.begin()
            load.until(200)
            filler = disks.fill(folder, 100_000)
            wait_until(lambda: load.unanswered >= 5)
            load.end()
            filler.unlink()
            cluster.stop()
            cluster.start()
            wait_until(installation.answers)
            missing = len(lost(load))
            doubled = settle(load)
            write_down("full disk", "PostgreSQL", faults=1, acknowledged=len(load.acknowledged),
                       lost=missing, doubled=doubled)  # fmt: skip
            assert missing == 0
        finally:
            installation.stop()
            cluster.stop()


def wait_until(true):
    ends = time.monotonic() + 120
    while not true():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)


def test_a_backup_to_a_full_disk_leaves_nothing(made, tmp_path):
    with disks.small(tmp_path / "small", 4) as folder:
        disks.fill(folder, 1_500_000)
        before = sorted(path.name for path in folder.iterdir())

        done = made.tuyen("backup", "--to", folder)

        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "is full" in done.stderr
        assert sorted(path.name for path in folder.iterdir()) == before


def test_a_backup_whose_disk_fills_up_meanwhile_leaves_nothing(made, tmp_path, monkeypatch):
    """The look at the free room beforehand is wrong when somebody else takes it."""
    with disks.small(tmp_path / "small", 4) as folder:
        disks.fill(folder, 300_000)
        monkeypatch.setattr(files, "check_room", lambda place, need: None)
        store = embedded_store.Embedded(made.home / "tuyen.sqlite3")

        with pytest.raises(NoRoom) as refused:
            making.back_up(store=store, to=folder, home=made.home, at=NOON)

        assert refused.value.code == "journal.no-room"
        assert [path.name for path in folder.iterdir()] == ["filler"]
        assert shutil.disk_usage(folder).free > 200_000
