"""Compiling numeric loops, and an exponential that runs in vectors inside them.

Imported only where a kernel is about to run: the first use on a machine compiles, for seconds.
"""

from collections.abc import Callable
from typing import Any

from numba import njit, types
from numba.extending import intrinsic

#: Sums may be taken in any order, so that they run in vectors; NaN and infinity keep their meaning.
FAST = {"reassoc", "contract", "nsz", "arcp"}


def compiled(**options: Any) -> Any:
    """``njit`` that keeps its result on disk where there is a place for it, and in memory else."""

    def decorate(function: Callable[..., Any]) -> Any:
        try:
            return njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        except RuntimeError:  # no folder may be written: compile in every process
            return njit(nogil=True, error_model="numpy", **options)(function)

    return decorate


def _reinterpret(result: Any, given: Any) -> Any:
    """The same 64 bits as another type: what a union is in C."""

    def typed(typing: Any, value: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.bitcast(args[0], context.get_value_type(signature.return_type))

        return result(given), code

    return intrinsic(typed)


_bits_of = _reinterpret(types.int64, types.float64)
_float_of = _reinterpret(types.float64, types.int64)


@compiled(fastmath={"contract"}, forceinline=True)
def exp(x: float) -> float:
    """e^x to the last bit or two, without a call, so that a loop of it runs in vectors."""
    x = min(max(x, -707.0), 708.0)
    # Adding 1.5 * 2^52 rounds to a whole number, which then stands in the low bits.
    shifted = x * 1.4426950408889634 + 6755399441055744.0
    k = shifted - 6755399441055744.0
    r = x - k * 0.6931471803691238
    r = r - k * 1.9082149292705877e-10
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 1.984126984126984e-04
    p = p * r + 1.3888888888888889e-03
    p = p * r + 8.333333333333333e-03
    p = p * r + 4.1666666666666664e-02
    p = p * r + 1.6666666666666666e-01
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * _float_of((_bits_of(shifted) << 52) + (1023 << 52))
