"""Scan statistics: given scores, a slow reference, and p-values that keep their level."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.surveillance.clusters import MODELS, scan, scan_scores
from tuyen.engines.surveillance.clusters_reference import score_one
from tuyen.engines.surveillance.zones import nearest, nearest_by
from tuyen.kernel.refusal import BadInput

NAMES = {
    "expectation_poisson": "expectation",
    "population_poisson": "poisson",
    "space_time_permutation": "permutation",
}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grid(side):
    return np.array([(x, y) for x in range(side) for y in range(side)], dtype=float)


@pytest.mark.parametrize("model", list(NAMES))
def test_the_given_space_time_scores_are_reached(shared_data, model):
    folder = shared_data / "data" / "surveillance"
    given = rows(folder / "scan_spacetime_input.csv")
    periods, places = (max(int(row[name]) for row in given) for name in ("t", "location"))
    counts, baseline, people = (np.zeros((periods, places)) for _ in range(3))
    xy = np.zeros((places, 2))
    for row in given:
        at = int(row["t"]) - 1, int(row["location"]) - 1
        counts[at], baseline[at] = float(row["count"]), float(row["baseline"])
        people[at] = float(row["population"])
        xy[at[1]] = float(row["x"]), float(row["y"])
    listed = [
        frozenset(int(n) - 1 for n in row["locations"].split())
        for row in rows(folder / "scan_spacetime_zones.csv")
    ]
    usual = people if model == "population_poisson" else baseline

    zones = nearest(xy, most=15)
    scores = scan_scores(counts, usual, zones, NAMES[model])

    at = {
        frozenset(zones.order[c, : n + 1].tolist()): (c, n)
        for c, n in np.argwhere(zones.new).tolist()
    }
    assert set(at) == set(listed)
    answers = [row for row in rows(folder / "scan_spacetime.csv") if row["model"] == model]
    for row in answers:
        ours = scores[(*at[listed[int(row["zone"]) - 1]], int(row["duration"]) - 1)]
        assert ours == pytest.approx(float(row["score"]), rel=1e-6)
    assert np.nanmax(scores) == pytest.approx(float(answers[0]["score"]))


def test_the_given_spatial_clusters_are_found(shared_data):
    folder = shared_data / "data" / "surveillance"
    given = rows(folder / "scan_spatial_input.csv")
    names = [row["region"] for row in given]
    xy = np.array([[float(row["x_km"]), float(row["y_km"])] for row in given])
    counts, people = (np.array([[float(row[n]) for row in given]]) for n in ("cases", "population"))

    found = scan(
        counts, people, nearest(xy, population=people[0]), "bernoulli", most=2, replicates=199,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    poisson = scan_scores(counts, people, nearest(xy, population=people[0]))

    for ours, theirs in zip(found, rows(folder / "scan_spatial.csv"), strict=True):
        assert {names[n] for n in ours.places} == set(theirs["regions"].split())
        assert ours.observed == float(theirs["cases"])
        assert ours.expected == pytest.approx(float(theirs["expected"]), rel=1e-6)
        assert ours.score == pytest.approx(float(theirs["llr"]), rel=1e-6)
        assert ours.p <= 0.05
    assert np.nanmax(poisson) == pytest.approx(36.53861580881818)  # by hand, for the same zone


@given(
    st.integers(0, 10_000),
    st.sampled_from(MODELS),
    st.integers(1, 4),
    st.sampled_from([0.8, 5.0, float("inf")]),
)
@settings(max_examples=40)
def test_agrees_with_the_reference(seed, model, durations, size):
    rng = np.random.default_rng(seed)
    counts, baseline = rng.poisson(1.5, (4, 6)).astype(float), rng.gamma(3, 0.5, (4, 6))
    counts[0, 0] += 1  # the margins of nothing are undefined
    if model == "bernoulli":
        baseline = np.round(9 + counts + 5 * baseline)
    zones = nearest(rng.normal(size=(6, 2)), most=4)

    ours = scan_scores(counts, baseline, zones, model, durations=durations, size=size)

    assert ours.shape == (6, 4, durations)
    for c, n, d in np.ndindex(ours.shape):
        if zones.new[c, n]:
            zone = zones.order[c, : n + 1].tolist()
            expected = score_one(counts.tolist(), baseline.tolist(), zone, d + 1, model, size)
            assert ours[c, n, d] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        else:
            assert np.isnan(ours[c, n, d])


@pytest.mark.parametrize("model", MODELS)
def test_the_best_of_a_replicate_is_the_highest_of_its_scores(model):
    from tuyen.engines.surveillance import clusters
    from tuyen.engines.surveillance.scan_kernel import best_of_each, scores_of

    rng = np.random.default_rng(5)
    baseline = rng.gamma(2, 0.4, (5, 25))
    zones = nearest(grid(5), most=9)
    for _ in range(20):
        counts = rng.poisson(baseline).astype(float)
        usual = 20 + baseline if model == "bernoulli" else baseline
        sums = clusters._sums(counts, usual, model, 3, 4.0)
        code = clusters._CODES[model]
        top = best_of_each(sums[0][None], sums[1], zones.order, zones.new, *sums[2:], code)
        every = scores_of(sums[0], sums[1], zones.order, zones.new, *sums[2:], code)
        assert top[0] == pytest.approx(np.nanmax(every), rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_a_planted_cluster_is_found_and_repeated_by_its_seed(model):
    rng = np.random.default_rng(2)
    baseline = np.full((6, 49), 100.0 if model == "bernoulli" else 1.0)
    counts = rng.poisson(np.full((6, 49), 1.0)).astype(float)
    planted = {0, 1, 7, 8}
    counts[-2:, list(planted)] += 4

    one, again = (
        scan(counts, baseline, nearest(grid(7), most=12), model, durations=4, size=20.0,
             replicates=99, rng=np.random.default_rng(7))
        for _ in range(2)
    )  # fmt: skip

    assert one == again
    assert planted & set(one[0].places) == planted
    assert (one[0].duration, one[0].p) == (2, 0.01)
    assert all(set(a.places).isdisjoint(b.places) for a in one for b in one if a is not b)


def test_without_a_cluster_a_p_value_of_a_tenth_is_as_rare_as_that():
    rng = np.random.default_rng(3)
    baseline, zones = np.full((4, 25), 2.0), nearest(grid(5), most=6)

    p = [
        scan(rng.poisson(baseline).astype(float), baseline, zones, "expectation", replicates=39,
             most=1, rng=rng)[0].p
        for _ in range(300)
    ]  # fmt: skip

    assert 0.06 < np.mean(np.array(p) <= 0.1) < 0.15


def test_a_hopeless_cluster_is_not_drawn_to_the_end():
    counts, baseline = np.full((3, 25), 2.0), np.full((3, 25), 2.0)
    counts[2, 3] = 3

    found = scan(
        counts, baseline, nearest(grid(5), most=5), "expectation", hopeless=20,
        rng=np.random.default_rng(1),
    )  # fmt: skip

    assert found[0].replicates == 50
    assert found[0].p > 0.4


def test_circles_keep_their_limits():
    by_distance = nearest(grid(4), distance=1.0)
    by_people = nearest(grid(4), population=np.ones(16), share=0.25)
    by_minutes = nearest_by(np.array([[0.0, 9, 1], [9, 0, 9], [1, 9, 0]]), most=2)

    assert (by_distance.order >= 0).sum(axis=1).max() == 5
    assert (by_people.order >= 0).sum(axis=1).tolist() == [4] * 16
    assert by_minutes.order.tolist() == [[0, 2], [1, 0], [2, 0]]
    assert by_minutes.new.tolist() == [[True, True], [True, True], [True, False]]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda z: scan_scores(np.ones((2, 4)), np.ones((2, 3)), z), "differ in shape"),
        (lambda z: scan_scores(np.full((2, 4), np.nan), np.ones((2, 4)), z), "none missing"),
        (lambda z: scan_scores(np.ones((2, 4)), np.zeros((2, 4)), z), "above 0 somewhere"),
        (lambda z: scan_scores(np.ones((2, 4)), np.ones((2, 4)), z, "ellipse"), "use one of"),
        (lambda z: scan_scores(np.ones((2, 4)), np.ones((2, 4)), z, size=0), "more than 0"),
        (lambda z: nearest(np.array([[0.0, np.nan]])), "none missing"),
        (lambda z: nearest_by(np.zeros((2, 3))), "per pair"),
    ],
)
def test_an_argument_out_of_range_is_refused(call, says):
    with pytest.raises(BadInput, match=says):
        call(nearest(grid(2)))
