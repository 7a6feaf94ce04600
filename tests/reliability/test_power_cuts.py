"""The power goes: everything that was acknowledged had reached the disk.

Each cut carries its own control: a file that was only written must be gone afterwards, or the cut
would prove nothing; one that was pushed to the disk must be whole, or it would prove too much.

Who stood on that disk is stopped first. A disk that is shut down answers "done" to some calls that
were on their way (17 of 150 cuts under plain ``fdatasync``, none of 150 with the writers stopped):
a program that still ran would acknowledge what no disk has, and no real cut leaves it running.
"""

import os
import sqlite3
from contextlib import closing

import pytest

from tests.reliability.cluster import Cluster
from tests.reliability.disks import PowerCut, open_folder
from tests.reliability.figures import write_down
from tests.reliability.installation import Installation, freeze
from tests.reliability.load import Load, lost, settle

SHORT, LONG = 1, 8


@pytest.fixture
def disk():
    """A disk of its own, plugged in; pulled out at the end whatever happened."""
    with open_folder() as folder:
        power = PowerCut(folder, 320)
        power.plug()
        yield power
        power.unplug()


def cut(disk, *dead, running=()):
    """Cut the power of the disk and of what runs on it, end that, and plug the disk in again."""
    disk.write_controls()
    for one in running:
        freeze(one.process.pid)
    disk.cut()
    for end in dead:
        end()
    disk.unplug()
    disk.plug()
    assert disk.controls() == (True, True), "the cut was not a cut"


def cut_under_sqlite(disk, installation, times):
    installation.start()
    load, missing, back = Load(installation), 0, []
    for _ in range(times):
        load.begin()
        load.until(150)
        cut(disk, installation.kill, load.end, running=[installation])
        missing += len(lost(load))
        back.append(installation.start())
    doubled = settle(load)
    installation.stop()
    write_down("power cut", "SQLite", faults=times, acknowledged=len(load.acknowledged),
               lost=missing, doubled=doubled, recovery=back)  # fmt: skip
    return missing, doubled


def test_a_power_cut_loses_nothing_on_sqlite(disk, embedded):
    assert cut_under_sqlite(disk, embedded(disk.place), SHORT) == (0, 0)


@pytest.mark.nightly
def test_power_cuts_all_night_lose_nothing_on_sqlite(disk, embedded):
    assert cut_under_sqlite(disk, embedded(disk.place), LONG) == (0, 0)


def cut_under_postgresql(disk, tmp_path, times, **options):
    """Acknowledged operations that were lost, over some cuts."""
    sockets = disk.place.parent / "s"
    sockets.mkdir()
    (disk.place / "pg").mkdir()
    cluster = Cluster(disk.place / "pg" / "data", sockets, max_wal_size="64MB", **options)
    cluster.make()
    cluster.start()
    installation = Installation(tmp_path / "home", cluster.url())
    try:
        installation.prepare()
        os.sync()  # what was made with --no-sync; from here on only the store pushes
        installation.start()
        load, missing, back = Load(installation), 0, []
        for _ in range(times):
            load.begin()
            load.until(150)
            ends = (installation.kill, load.end, cluster.kill)
            cut(disk, *ends, running=[installation, cluster])
            back.append(cluster.start())
            missing += len(lost(load))
            installation.start()
        doubled = 0 if missing else settle(load)
        name = "power cut" + "".join(
            f", server's {word}={value}" for word, value in options.items()
        )
        write_down(name, "PostgreSQL", faults=times, acknowledged=len(load.acknowledged),
                   lost=missing, doubled=doubled, recovery=back)  # fmt: skip
        return missing
    finally:
        installation.stop()
        cluster.stop()


def test_a_power_cut_loses_nothing_on_postgresql(disk, tmp_path):
    assert cut_under_postgresql(disk, tmp_path, SHORT) == 0


@pytest.mark.nightly
def test_power_cuts_all_night_lose_nothing_on_postgresql(disk, tmp_path):
    assert cut_under_postgresql(disk, tmp_path, LONG) == 0


@pytest.mark.nightly
def test_the_program_asks_for_durable_commits_whatever_the_server_prefers(disk, tmp_path):
    assert cut_under_postgresql(disk, tmp_path, 2, synchronous_commit="off") == 0


@pytest.mark.nightly
def test_without_fsync_a_power_cut_loses_operations(disk, tmp_path):
    """The test has power: with the guard taken off, the same cut does lose what was acknowledged."""
    assert cut_under_postgresql(disk, tmp_path, 1, fsync="off") > 0


@pytest.mark.parametrize(("mode", "survives"), [("FULL", True), ("OFF", False)])
def test_sqlite_keeps_a_commit_only_if_it_was_pushed(disk, mode, survives):
    """Why the embedded store runs with synchronous=FULL."""
    path = disk.place / "plain.sqlite3"
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE kept (n INTEGER)")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute(f"PRAGMA synchronous={mode}")
    db.executemany("INSERT INTO kept VALUES (?)", [(n,) for n in range(20)])

    def let_go():
        with closing(db):
            return

    cut(disk, let_go)
    with closing(sqlite3.connect(path)) as again:
        rows = again.execute("SELECT COUNT(*) FROM kept").fetchone()[0]

    assert (rows == 20) is survives
