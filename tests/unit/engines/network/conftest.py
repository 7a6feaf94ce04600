"""The routing search as plain Python: the same source, judged on tiny problems without compiling."""

import importlib
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from numba import config

NAMES = ("routing_state", "routing_swap", "routing_moves", "routing_split", "periodic_patterns",
         "routing_crossover", "routing_population", "routing_ruin", "routing_search")  # fmt: skip


@pytest.fixture(scope="session")
def plain():
    """Modules of the search with every kernel left as Python: ``plain.routing_search.solve``…"""
    names = [f"tuyen.engines.network.{name}" for name in NAMES]
    kept = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    before, config.DISABLE_JIT = config.DISABLE_JIT, True
    try:
        modules = {name.rpartition(".")[2]: importlib.import_module(name) for name in names}
    finally:
        config.DISABLE_JIT = before
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(kept)
    with np.errstate(over="ignore"):  # the generator's multiplication wraps
        yield SimpleNamespace(**modules)
