"""Published instances with known optima; where they are not at hand, the tests say so and skip."""

import csv
import itertools

import pytest

from tuyen.engines.network.pmedcap import solve_pmedcap
from tuyen.engines.network.pmedian import solve_pmedian
from tuyen.engines.network.siting_files import read_any

QUICK = {"pmed1", "pmed5", "pmed9", "pmedcap05"}


def counted(seconds):
    """A clock that shows a millisecond less each time it is asked: the work is the same anywhere."""
    steps = itertools.count()
    return lambda: seconds - next(steps) / 1000


def instances(shared_data, kind):
    index = shared_data / "data" / "network" / "INDEX.csv"
    with index.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == kind]
    assert rows
    for row in rows:
        path = next((shared_data / "data" / "network" / kind).glob(f"{row['instance']}.*"))
        task = read_any(path.read_text(encoding="utf-8"), path.name)
        yield row["instance"], int(row["p_or_days"]), float(row["best"]), task


def check_medians(found):
    for name, p, best, task in found:
        answer = solve_pmedian(task.costs, p, counted(60))
        assert (name, answer.status, answer.objective) == (name, "optimal", best)


def check_capacities(found):
    for name, p, best, task in found:
        answer = solve_pmedcap(task.costs, task.load, task.capacity, p, counted(3))
        assert best <= answer.objective <= 1.005 * best, name
        assert answer.bound <= best, name
        assert answer.status != "optimal" or answer.objective == best, name


def test_small_published_medians_are_proven(shared_data):
    check_medians(one for one in instances(shared_data, "pmed") if one[0] in QUICK)


def test_a_small_published_task_with_capacities(shared_data):
    check_capacities(one for one in instances(shared_data, "pmedcap") if one[0] in QUICK)


@pytest.mark.nightly
def test_all_published_medians_are_proven(shared_data):
    check_medians(instances(shared_data, "pmed"))


@pytest.mark.nightly
def test_all_published_tasks_with_capacities(shared_data):
    check_capacities(instances(shared_data, "pmedcap"))


@pytest.mark.nightly
def test_points_of_thousands_keep_within_their_bounds(shared_data):
    for name, p, best, task in instances(shared_data, "tsplib_pmedian"):
        if p not in (5, 50, 500) or len(task.weight) > 3100:
            continue
        answer = solve_pmedian(task.costs, p, counted(2))
        assert answer.bound <= best <= answer.objective <= 1.02 * best, name
