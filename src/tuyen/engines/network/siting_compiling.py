"""Compiling the loops of siting. Imported only where one is about to run."""

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Any:
    """``njit`` that keeps its result on disk where there is a place for it, and in memory else.

    Sums keep their order: bounds are compared to the last bit by a checker of its own.
    """
    try:
        return njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # no folder may be written: compile in every process
        return njit(nogil=True, error_model="numpy")(function)
