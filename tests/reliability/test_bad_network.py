"""A network that delays, cuts, loses, truncates and doubles: every operation arrives once."""

import pytest

from tests.reliability.faultproxy import KINDS, FaultProxy
from tests.reliability.figures import write_down
from tests.reliability.load import Load, lost, settle


def through_a_bad_network(store, installation, operations, seed):
    installation.start(workers=2)
    proxy = FaultProxy(installation.port, seed)
    load = Load(installation, port=proxy.port)
    load.begin()
    load.until(operations, patience=300)
    load.end()
    missing = len(lost(load))
    doubled = settle(load)
    proxy.close()
    write_down("bad network", store, faults=proxy.faults, acknowledged=len(load.acknowledged),
               lost=missing, doubled=doubled)  # fmt: skip
    assert (missing, doubled) == (0, 0)
    assert load.unanswered > 0, "the network was too good to prove anything"
    return proxy


def test_a_bad_network_loses_and_doubles_nothing(either):
    proxy = through_a_bad_network(*either, operations=250, seed=1)

    assert set(proxy.done) == set(KINDS)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [2, 3])
def test_a_bad_network_all_night(either, seed):
    proxy = through_a_bad_network(*either, operations=3_000, seed=seed)

    assert set(proxy.done) == set(KINDS)
