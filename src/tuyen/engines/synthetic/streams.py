"""Named streams of chance: each module draws from its own, so a new module disturbs no other."""

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tuyen.kernel.refusal import BadInput

Days = NDArray[Any]  # dtype datetime64[D]; NaT means "has not happened"
Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]  # stage, done, total

DAY = "datetime64[D]"
NAT = np.datetime64("NaT", "D")
YEAR = 365.25  # days


class Streams(NamedTuple):
    """The chance of one province. Streams of different names are independent.

    >>> Streams(7).of("people").integers(1000) == Streams(7).of("people").integers(1000)
    np.True_
    >>> Streams(7).of("people").integers(10**9) == Streams(7).of("staff").integers(10**9)
    np.False_
    """

    seed: int

    def of(self, name: str) -> np.random.Generator:
        """A fresh generator for the module ``name``; the same name gives the same numbers."""
        if self.seed < 0:
            raise BadInput(what=f"the seed is {self.seed}; write a whole number from 0")
        key = hashlib.sha256(name.encode()).digest()[:8]
        words = (int.from_bytes(key[:4], "big"), int.from_bytes(key[4:], "big"))
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=words))
        )


class Choice:
    """Draws positions of ``weights`` in proportion to them, many at a time.

    >>> Choice([0, 1, 0]).draw(np.random.default_rng(1), 3)
    array([1, 1, 1])
    """

    def __init__(self, weights: ArrayLike) -> None:
        cumulative = np.cumsum(np.asarray(weights, float))
        if cumulative.size == 0 or not cumulative[-1] > 0:
            raise BadInput(what="there is nothing to choose from: the weights sum to 0")
        self._edges = cumulative[:-1] / cumulative[-1]

    def draw(self, rng: np.random.Generator, size: int) -> Ints:
        """(size,) positions, dtype int64."""
        return np.searchsorted(self._edges, rng.random(size), side="right")


def silent(stage: str, done: int, total: int) -> None:
    """The progress of a caller who does not watch."""


def round_half(values: Floats, rng: np.random.Generator) -> Ints:
    """Whole numbers with the expectation ``values`` (n,), off by less than 1."""
    whole = np.floor(values)
    return (whole + (rng.random(values.shape) < values - whole)).astype(np.int64)
