"""Vials, sessions, boxes and teams of a microplan."""

from math import ceil

import numpy as np
import pytest

from tuyen.engines.immunization.planning import (
    Reach,
    Vial,
    Village,
    by_sessions,
    expected_wastage,
    kind_of,
    load,
    microplan,
    poisson,
    sessions_a_year,
    spread,
    take,
    vaccinators,
)

REACH = Reach(5, 15, 10, 4, 12, 50, 1, 0.05)


@pytest.mark.parametrize("mean", [0.3, 2.0, 9.5, 140.0, 1500.0])
def test_poisson_has_its_mean(mean):
    chances = poisson(mean)

    assert sum(chances) == pytest.approx(1)
    assert sum(k * p for k, p in enumerate(chances)) == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize(("size", "mean"), [(10, 6.0), (20, 6.0), (5, 2.0), (10, 40.0)])
def test_wastage_is_what_many_sessions_lose(size, mean):
    came = np.random.default_rng(7).poisson(mean, 40_000)
    lost = 1 - came.sum() / (np.ceil(came / size) * size).sum()

    assert expected_wastage(size, mean) == pytest.approx(lost, abs=0.006)


@pytest.mark.parametrize(
    ("why", "vial", "expected", "vials", "wasted"),
    [
        ("single doses lose nothing", Vial("Penta", 1, 10), 6, 10, 0.0),
        ("ten in a vial for two children", Vial("BCG", 10, 1), 2, 1, 0.77),
        ("what may be kept is not lost", Vial("IPV", 10, 1, kept=True), 2, 1, 0.0),
        ("nobody expected, nothing taken", Vial("MR", 10, 2), 0, 0, 0.0),
    ],
)
def test_take(why, vial, expected, vials, wasted):
    found = take(vial, expected, 0.05)

    assert (found.vials, round(found.wastage, 2)) == (vials, wasted), why
    assert found.short <= 0.05


def test_one_vial_fewer_would_run_short():
    found = take(Vial("MR", 10, 2), 27, 0.05)
    chances = poisson(27)

    assert found.short <= 0.05 < 1 - sum(chances[: (found.vials - 1) * 10 + 1])


@pytest.mark.parametrize(
    ("children", "months", "count"),
    [(5, 12, 4), (80, 12, 8), (900, 12, 12), (80, 3, 3), (80, 0, 0)],
)
def test_sessions_a_year(children, months, count):
    assert sessions_a_year(children, REACH, months) == count


@pytest.mark.parametrize("count", range(8))
def test_sessions_are_spread_over_passable_months(count):
    months = frozenset({1, 2, 3, 4, 10, 11, 12})

    chosen = spread(months, count)

    assert len(set(chosen)) == len(chosen) == min(count, 7)
    assert set(chosen) <= months


@pytest.mark.parametrize(("km", "kind"), [(5, "fixed"), (5.1, "satellite"), (15.1, "mobile")])
def test_kind_by_the_way(km, kind):
    assert kind_of(km, REACH) == kind


def test_microplan_conserves_doses_and_catches_up_first():
    villages = [
        Village("Na Tông", 40, 3),
        Village("Huổi Mí", 6, 22, frozenset({10, 11, 12, 1, 2, 3}), {"MR": 3}),
    ]
    stops = microplan(villages, {"BCG": 1, "MR": 1, "Penta": 3}, [Vial("BCG", 10, 1), Vial("MR", 10, 2),
                      Vial("Penta", 1, 10)], REACH)  # fmt: skip

    far = [stop for stop in stops if stop.village == "Huổi Mí"]
    due = {take.vaccine: take.expected for stop in far for take in stop.takes if stop is far[0]}
    assert {stop.kind for stop in far} == {"mobile"}
    assert {stop.month for stop in far} <= {10, 11, 12, 1, 2, 3}
    assert due["MR"] == pytest.approx(6 / len(far) + 3)
    total = sum(t.expected for s in stops for t in s.takes if t.vaccine == "Penta")
    assert total == pytest.approx(3 * 46)


def test_fewer_sessions_lose_fewer_doses_of_large_vials():
    rows = by_sessions(20, 60, (12, 6, 4))

    assert rows[0].wastage > rows[1].wastage > rows[2].wastage
    assert rows[0].opened == pytest.approx(60 / (1 - rows[0].wastage))


def test_cold_box_load():
    vials = [Vial("Penta", 1, 15.0), Vial("MR", 10, 2.0)]
    takes = [take(vials[0], 100, 0.05), take(vials[1], 20, 0.05)]

    found = load(takes, vials, 1.0)

    litres = (takes[0].vials * 15 + takes[1].vials * 20) / 1000
    assert found.litres == pytest.approx(litres)
    assert found.boxes == ceil(litres)
    assert found.full == pytest.approx(litres / ceil(litres), abs=1e-5)
    assert load([], vials, 1.0) == (0, 0, 0)


@pytest.mark.parametrize(("children", "people"), [(0, 1), (50, 1), (51, 2)])
def test_team(children, people):
    assert vaccinators(children, 50) == people
