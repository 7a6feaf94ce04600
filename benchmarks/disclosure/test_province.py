"""A province's year, suppressed, attacked and rounded: 45 communes, 12 diseases, 52 weeks, all totals.

The peer of the suppression is the same one without secondary cells, which is no protection: the
attack counts what it gives away. Each is run once, because it takes seconds and is repeatable.
"""

import numpy as np
import pytest

from tuyen.engines.disclosure.attack import narrow
from tuyen.engines.disclosure.ledger import Ledger
from tuyen.engines.disclosure.primary import Rule
from tuyen.engines.disclosure.rounding import round_table
from tuyen.engines.disclosure.suppress import suppress
from tuyen.engines.disclosure.tables import Axis, tabulate

SIZES = {"region": (15, 6, 13), "province": (45, 12, 52)}


@pytest.fixture(scope="module", params=SIZES.values(), ids=SIZES.keys())
def table(request):
    """Counts of unequal communes and diseases around a season; three in four cells are 0."""
    communes, diseases, weeks = request.param
    rng = np.random.default_rng(1)
    size = rng.gamma(0.5, 1, (communes, 1, 1)) * rng.gamma(0.4, 4, (1, diseases, 1))
    season = 1 + 0.8 * np.sin(np.arange(weeks) / 52 * 2 * np.pi)
    level = size * season * rng.gamma(2, 0.5, request.param)
    names = zip("cdw", request.param, strict=True)
    axes = [Axis.of([f"{letter}{i}" for i in range(n)], total="all") for letter, n in names]
    return tabulate(axes, rng.poisson(level))


def test_suppress(benchmark, table):
    done = benchmark.pedantic(
        suppress,
        (Ledger.empty(table.parts), "year", table, Rule(5)),
        {"method": "heuristic"},
        rounds=1,
    )

    benchmark.extra_info |= {
        "cells": int(table.values.size),
        "primary": int(done.primary.sum()),
        "secondary": int(done.secondary.sum()),
    }
    assert done.exposed == ()


def test_attack(benchmark, table):
    ledger = suppress(Ledger.empty(table.parts), "year", table, Rule(5), method="heuristic").ledger

    found = benchmark.pedantic(narrow, (ledger.knowledge, 5, 0, ledger.where), rounds=1)

    benchmark.extra_info["recovered"] = int(found.targets.size)
    assert found.targets.size == 0


def test_round(benchmark, table):
    done = benchmark.pedantic(
        round_table, (Ledger.empty(table.parts), "year", table, 5, b"benchmark"), rounds=1
    )

    benchmark.extra_info["largest error"] = done.error
    assert done.error >= 4
