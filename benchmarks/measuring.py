"""How a figure is taken and written down: the same for every benchmark that needs an installation.

These benchmarks are modules that are run one at a time in a process of their own, because the
store and the installation are chosen when a process starts. Each prints one JSON object; the
command ``./run bench`` runs them all and keeps what they print.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

Figures = dict[str, Any]


def spread(seconds: Iterable[float]) -> Figures:
    """How many, and the median, the 95th percentile and the least, in milliseconds."""
    times = sorted(seconds)
    return {
        "n": len(times),
        "p50_ms": round(statistics.median(times) * 1e3, 2),
        "p95_ms": round(times[min(len(times) - 1, int(0.95 * len(times)))] * 1e3, 2),
        "min_ms": round(times[0] * 1e3, 2),
    }


def timed(work: Callable[[], Any]) -> float:
    """Seconds that one call takes, by the wall."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def timed_both(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the wall, and of them those this thread was working, not waiting its turn."""
    began, busy = time.perf_counter(), time.thread_time()
    work()
    return time.perf_counter() - began, time.thread_time() - busy


def spread_both(times: Iterable[tuple[float, float]]) -> Figures:
    """:func:`spread` of the wall, and the median and 95th percentile of the work as ``cpu_…``."""
    wall, busy = zip(*times, strict=True)
    work = spread(busy)
    return spread(wall) | {"cpu_p50_ms": work["p50_ms"], "cpu_p95_ms": work["p95_ms"]}


def rate(count: int, seconds: Iterable[float]) -> Figures:
    """``count`` things done in each of these times: the median rate, and the worst and best."""
    rates = sorted(count / one for one in seconds)
    return {
        "n": len(rates),
        "per_second": round(statistics.median(rates), 1),
        "worst": round(rates[0], 1),
        "best": round(rates[-1], 1),
    }


def rate_both(count: int, times: Iterable[tuple[float, float]]) -> Figures:
    """:func:`rate` by the wall, and the median for each second of work."""
    wall, busy = zip(*times, strict=True)
    return rate(count, wall) | {"per_cpu_second": rate(count, busy)["per_second"]}


def ratio(one: Figures, other: Figures, key: str = "per_second") -> float:
    """How many times ``other`` goes into ``one``."""
    return round(one[key] / other[key], 3)


def peak_mb(who: int = resource.RUSAGE_SELF) -> int:
    """The most memory this process (or, of its children, the largest) has held, in MB."""
    return round(resource.getrusage(who).ru_maxrss / 1024)


def arguments(*more: tuple[str, Any]) -> argparse.Namespace:
    """Options of a benchmark: each (name, default), whose type is that of the default."""
    parser = argparse.ArgumentParser()
    for name, default in more:
        parser.add_argument(f"--{name}", type=type(default), default=default)
    return parser.parse_args()


def tell(figures: Figures) -> None:
    """Print the result, on the stream that carries nothing else."""
    json.dump(figures, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")


def note(text: str) -> None:
    """A line for whoever is waiting."""
    print(text, file=sys.stderr, flush=True)


def store_name() -> str:
    return "postgresql" if os.environ.get("TUYEN_DATABASE_URL", "").startswith("post") else "sqlite"
