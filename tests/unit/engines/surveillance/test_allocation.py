"""Sending teams and goods: as good as trying everything, and honest about what is left."""

import numpy as np
import pytest

from tuyen.engines.surveillance import allocation_reference as slow
from tuyen.engines.surveillance.allocation import (
    cover_without,
    cover_without_each,
    road_minutes,
    send_goods,
    send_teams,
)

CAP = 300.0


def chance(seed: int):
    return np.random.default_rng(seed)


def problem(seed: int, teams: int = 5, places: int = 2, skills: int = 3, communes: int = 6):
    rng = chance(seed)
    minutes = rng.uniform(5, 320, (teams, places)).round(1)
    minutes[rng.random(minutes.shape) < 0.1] = np.nan
    return {
        "skills": rng.random((teams, skills)) < 0.5,
        "minutes": minutes,
        "needs": rng.random((places, skills)) < 0.6,
        "urgency": rng.integers(1, 4, places).astype(float),
        "cover": rng.uniform(5, 320, (teams, communes)).round(1),
        "people": rng.integers(0, 9000, communes).astype(float),
    }


def unmet_weight(found, urgency):
    return float((found.unmet * urgency[:, None]).sum())


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("weight", [0.0, 1.0, 8.0])
def test_teams_are_sent_as_well_as_trying_everything_finds(seed, weight):
    given = problem(seed)

    found = send_teams(**given, cover_weight=weight, cap=CAP)

    best = slow.best_sending(**given, cover_weight=weight, cap=CAP)
    assert (unmet_weight(found, given["urgency"]), found.cost) == (
        pytest.approx(best[0]), pytest.approx(best[1])
    )  # fmt: skip
    assert found.proved


@pytest.mark.parametrize("seed", range(10))
def test_a_team_goes_only_where_a_skill_of_its_is_needed(seed):
    given = problem(seed, teams=6, places=3)

    found = send_teams(**given, cover_weight=0.0, cap=CAP)

    for team, place in enumerate(found.place):
        assert place < 0 or (given["skills"][team] & given["needs"][place]).any()


def test_of_two_places_the_more_urgent_one_gets_the_only_team():
    found = send_teams(
        np.array([[True]]), np.array([[10.0, 90.0]]), np.array([[True], [True]]),
        np.array([1.0, 3.0]), np.array([[10.0]]), np.array([100.0]), cover_weight=1.0, cap=CAP,
    )  # fmt: skip

    assert found.place.tolist() == [1]
    assert found.unmet.tolist() == [[True], [False]]


def test_a_nearer_team_stays_where_it_is_alone_when_cover_weighs_enough():
    # Team 0 is nearer, but the only one for a large commune; team 1 has a neighbour, team 2.
    ask = {
        "skills": np.array([[True], [True], [False]]),
        "minutes": np.array([[20.0], [40.0], [40.0]]),
        "needs": np.array([[True]]),
        "urgency": np.array([1.0]),
        "cover": np.array([[10.0, 250.0], [250.0, 10.0], [250.0, 12.0]]),
        "people": np.array([5000.0, 5000.0]),
    }

    near = send_teams(**ask, cover_weight=0.0, cap=CAP)
    kept = send_teams(**ask, cover_weight=1.0, cap=CAP)

    assert near.place.tolist() == [0, -1, -1]
    assert kept.place.tolist() == [-1, 0, -1]


def test_without_teams_everything_is_unmet():
    needs = np.array([[True, False]])

    found = send_teams(
        np.zeros((0, 2), bool), np.zeros((0, 1)), needs, np.ones(1), np.zeros((0, 3)), np.ones(3),
        cover_weight=1.0, cap=CAP,
    )  # fmt: skip

    assert found.unmet.tolist() == needs.tolist()
    assert found.place.tolist() == []


@pytest.mark.parametrize("seed", range(20))
def test_goods_are_sent_as_well_as_trying_everything_finds(seed):
    rng = chance(seed)
    free, minimum = rng.integers(0, 4, 3), rng.integers(0, 4, 3)
    minutes, needs = rng.uniform(5, 320, (3, 2)).round(1), rng.integers(0, 5, 2)
    urgency = rng.integers(1, 4, 2).astype(float)

    found = send_goods(free, minimum, minutes, needs, urgency, cap=CAP)

    short = float((found.short * urgency).sum())
    best = slow.best_goods(free.tolist(), minimum.tolist(), minutes, needs.tolist(), urgency, CAP)
    assert (short, int(found.below.sum()), found.cost) == (
        pytest.approx(best[0]), best[1], pytest.approx(best[2])
    )  # fmt: skip


def test_goods_are_conserved_and_never_more_than_is_there():
    rng = chance(3)
    free, needs = rng.integers(0, 900, 30), rng.integers(0, 2000, 9)

    found = send_goods(
        free, rng.integers(0, 300, 30), rng.uniform(5, 200, (30, 9)), needs, np.ones(9), cap=CAP
    )

    assert (found.sent.sum(axis=1) <= free).all()
    assert (found.sent.sum(axis=0) + found.short == needs).all()


@pytest.mark.parametrize("seed", range(10))
def test_cover_without_each_team_is_cover_without_that_team(seed):
    given = problem(seed, teams=7, communes=20)
    minutes, people = given["cover"], given["people"]

    at_once = cover_without_each(minutes, people, 120.0, CAP)

    assert at_once == [cover_without(minutes, people, [t], 120.0, CAP) for t in range(7)]


def test_cover_says_who_loses_most_and_who_is_no_longer_covered():
    minutes = np.array([[10.0, 30.0], [200.0, 100.0]])

    left = cover_without(minutes, np.array([1000.0, 3000.0]), [0], 120.0, CAP)

    assert left == (25.0, 125.0, 1, 30.0, 100.0, 1000.0)


def test_minutes_by_road_of_a_known_distance():
    # Hà Nội to Điện Biên Phủ is about 297 km on the great circle.
    found = road_minutes(
        np.array([[105.8342, 21.0278]]), np.array([[103.0167, 21.3833], [np.nan, 21.0]]), 1.6, 40.0
    )

    assert found[0, 0] == pytest.approx(294.9 * 1.6 / 40 * 60, rel=0.01)
    assert np.isnan(found[0, 1])
