"""``kill -9`` under load: what was acknowledged is there, and sending it all again doubles nothing."""

import pytest

from tests.reliability.cluster import Cluster
from tests.reliability.figures import write_down
from tests.reliability.load import Load, lost, settle

SHORT, LONG = 1, 12


def kill_the_server(store, installation, times):
    installation.start(workers=2)
    load, missing, back = Load(installation), 0, []
    for _ in range(times):
        load.begin()
        load.until(150)
        assert installation.kill() > 1, "the workers were not found"
        load.end()
        missing += len(lost(load))
        back.append(installation.start(workers=2))
    doubled = settle(load)
    write_down("kill -9 of the server", store, faults=times, acknowledged=len(load.acknowledged),
               lost=missing, doubled=doubled, recovery=back)  # fmt: skip
    return missing, doubled


def test_a_killed_server_loses_nothing(either):
    assert kill_the_server(*either, SHORT) == (0, 0)


@pytest.mark.nightly
def test_a_server_killed_all_night_loses_nothing(either):
    assert kill_the_server(*either, LONG) == (0, 0)


def kill_postgres(cluster: Cluster, installation, times):
    installation.start(workers=2)
    load, missing, back = Load(installation), 0, []
    for _ in range(times):
        load.begin()
        load.until(150)
        cluster.kill()
        load.end()
        back.append(cluster.start())
        missing += len(lost(load))
        while not installation.answers():  # the server reconnects by itself
            assert installation.process.poll() is None
    doubled = settle(load)
    write_down("kill -9 of the postmaster", "PostgreSQL", faults=times,
               acknowledged=len(load.acknowledged), lost=missing, doubled=doubled, recovery=back)  # fmt: skip
    return missing, doubled


def test_a_killed_postmaster_loses_nothing(cluster, on_server):
    assert kill_postgres(cluster, on_server, SHORT) == (0, 0)


@pytest.mark.nightly
def test_a_postmaster_killed_all_night_loses_nothing(cluster, on_server):
    assert kill_postgres(cluster, on_server, LONG) == (0, 0)
