"""Norms, workload, cohorts and hours, by the figures that are known."""

import csv
import os
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tuyen.engines.workforce import norms, projection, workload
from tuyen.engines.workforce.learning import hours
from tuyen.engines.workforce.norms import Norm
from tuyen.kernel.refusal import BadInput
from tuyen.rules import workforce as rules

TODAY = date(2026, 10, 25)
SHARED = Path(os.environ.get("TUYEN_SHARED", "shared")) / "data" / "network" / "vn"
ZONE_3 = Norm(5, {3: (5000, 1000, 1.3)})


def shipped() -> Norm:
    told = rules.station_norm(TODAY)
    return Norm(told.base, told.zones, told.on_total)


@pytest.mark.parametrize(
    ("why", "people", "zone", "posts"),
    [
        ("few people: the base, by the coefficient", 900, 3, 6.5),
        ("on the line: still the base", 5000, 3, 6.5),
        ("a whole thousand more: one more", 6000, 3, 7.8),
        ("a begun thousand gives nothing", 6999, 3, 7.8),
        ("zone I has no coefficient", 8999, 1, 5.0),
        ("zone I: 3,000 above 6,000", 9000, 1, 6.0),
        ("zone II", 9000, 2, 7.2),
    ],
)
def test_the_number_of_a_station(why, people, zone, posts):
    got = norms.quota(np.array([float(people)]), np.array([zone]), shipped())

    assert got[0] == pytest.approx(posts), why


def test_the_coefficient_may_multiply_the_base_alone():
    got = norms.quota(np.array([7000.0]), np.array([3]), ZONE_3._replace(on_total=False))

    assert got[0] == pytest.approx(8.5)


@pytest.mark.parametrize("people", [-1.0, np.nan, np.inf])
def test_people_that_cannot_be_are_refused(people):
    with pytest.raises(BadInput, match="negative or missing"):
        norms.quota(np.array([people]), np.array([3]), ZONE_3)
    with pytest.raises(BadInput, match="zone 2 has no norm"):
        norms.quota(np.array([1.0]), np.array([2]), ZONE_3)


@pytest.mark.parametrize(
    ("province", "old", "merged"), [("11", 898, 798), ("12", 716, 629), ("04", 1079, 716)]
)
def test_a_merger_alone_makes_posts_disappear(province, old, merged):
    """Communes whose population is not known have no number; an old commune had one station."""
    if not (SHARED / "communes_2025.csv").exists():
        pytest.skip("the table of communes is not here; TUYEN_SHARED names its folder")
    with (SHARED / "communes_2025.csv").open(encoding="utf-8") as file:
        communes = {
            row["code"]: float(row["population"]) for row in csv.DictReader(file)
            if row["province_code"] == province and row["population"]
        }  # fmt: skip
    with (SHARED / "legacy_to_2025.csv").open(encoding="utf-8") as file:
        stations = Counter(
            row["new_code"] for row in csv.DictReader(file) if row["how"] in ("whole", "part-main")
        )
    codes = sorted(communes)
    both = norms.both_ways(
        np.array([communes[c] for c in codes]), np.full(len(codes), 3),
        np.array([stations[c] for c in codes]), shipped(),
    )  # fmt: skip

    assert (round(both.by_station.sum()), round(both.merged.sum())) == (old, merged)


def test_the_structure_by_degree_of_a_province_is_exact():
    """F02: 3,627 = 42 + 287 + 1,594 + 1,704; F03: 170 units, 21.34 people each."""
    counts = dict(zip(rules.bands(), (42, 287, 1594, 1704), strict=True))
    made = norms.structure(counts)

    assert made.total == 3627
    assert [round(100 * share, 3) for *_, share in made.bands] == [1.158, 7.913, 43.948, 46.981]
    assert round(made.total / (19 + 151), 2) == 21.34
    assert norms.structure({"a": 0}).bands == (("a", 0, 0.0),)


def test_a_gap_is_what_the_larger_of_norm_and_work_asks_for():
    got = norms.gap(np.array([6.5, 6.5, 6.5]), np.array([8.0, 3.0, np.nan]), np.full(3, 6.0))

    assert got.tolist() == [2.0, 0.5, 0.5]


def test_work_asks_for_people_as_the_manual_counts():
    """The manual's form: need = sum(done / standard) x CAF + IAF, by hand."""
    year = workload.Year(52, 5, 20, 10, 10, 5, 0, 8)  # 215 days, 1,720 hours
    made = workload.need(
        {"visit": 17_200, "birth": 86, "other": 9}, {"visit": 6, "birth": 600}, year, category=0.2,
        individual=172,
    )  # fmt: skip

    assert made.basic == pytest.approx(17_200 / 17_200 + 86 / 172)
    assert made.people == pytest.approx(1.5 * 1.25 + 0.1)
    assert workload.ratio(3, made.people) == pytest.approx(3 / 1.975)


@pytest.mark.parametrize(
    ("done", "minutes", "rest", "what"),
    [
        ({"visit": -1.0}, {"visit": 5}, {}, "cannot be"),
        ({}, {"visit": 0}, {}, "more than 0"),
        ({}, {"visit": 5}, {"category": 1.0}, "share below 1"),
        ({}, {"visit": 5}, {"individual": -1}, "share below 1"),
    ],
)
def test_work_that_cannot_be_is_refused(done, minutes, rest, what):
    with pytest.raises(BadInput, match=what):
        workload.need(done, minutes, workload.Year(52, 5, 0, 0, 0, 0, 0, 8), **rest)
    with pytest.raises(BadInput, match="nothing is left"):
        workload.available_hours(workload.Year(52, 5, 260, 0, 0, 0, 0, 8))


@pytest.mark.parametrize(
    ("sex", "born", "retires"),
    [
        ("male", (1961, 9), (2021, 12)), ("male", (1961, 10), (2022, 4)),
        ("male", (1966, 3), (2027, 12)), ("male", (1966, 4), (2028, 4)), ("male", (1970, 1), (2032, 1)),
        ("female", (1966, 1), (2021, 5)), ("female", (1966, 9), (2022, 5)),
        ("female", (1976, 1), (2036, 1)), ("female", (1980, 6), (2040, 6)),
    ],
)  # fmt: skip
def test_the_age_of_retirement_rises_with_the_years(sex, born, retires):
    age = projection.Age(*rules.retirement(TODAY)[sex])

    assert projection.retirement_month(born, age) == retires


def test_a_projection_is_the_mean_of_many_lives():
    """Each person drawn by themselves, twenty thousand times: the slow judge."""
    rng = np.random.default_rng(3)
    retire, years = np.array([2026, 2027, 2029, 2035, 2040] * 4), [2026, 2027, 2028]
    rates = projection.Rates(0.1, 0.1, 0.1, 3.0)
    made = projection.project(retire, 2026, years, rates)
    runs = 20_000
    there = np.ones((runs, retire.size), bool)
    came = np.zeros(runs)
    for n, year in enumerate(years):
        there &= (rng.random(there.shape) >= 0.1) & (retire > year)
        came = rng.binomial(came.astype(int), 0.9) + rng.binomial(rng.poisson(3.0, runs), 0.95)
        drawn = there.sum(axis=1) + came
        assert made.people[n] == pytest.approx(drawn.mean(), rel=0.01)
        inside = (drawn >= np.floor(made.low[n])) & (drawn <= np.ceil(made.high[n]))
        assert 0.88 <= inside.mean() <= 0.98


def test_years_and_rates_that_cannot_be_are_refused():
    fine = projection.Rates(0.1, 0.1, 0.1, 0.0)
    with pytest.raises(BadInput, match="ascend"):
        projection.project(np.array([2030]), 2026, [2027, 2026], fine)
    with pytest.raises(BadInput, match="leaving rate"):
        projection.project(np.array([2030]), 2026, [2026], fine._replace(leaving=1.0))


def test_hours_are_counted_in_the_span_that_goes_on():
    done = [(date(2020, 5, 1), 100), (date(2024, 3, 1), 24), (date(2026, 9, 1), 16)]

    found = hours(done, date(2019, 2, 28), date(2026, 10, 25), 120, 5)

    assert (found.since, found.until, found.had) == (date(2024, 2, 28), date(2029, 2, 28), 40)
    assert found.share_due == pytest.approx(40 / found.due)
    assert hours([], date(2026, 10, 25), date(2026, 10, 25), 120, 5).share_due == 1.0
    with pytest.raises(BadInput, match="cannot be asked for"):
        hours([], TODAY, TODAY, 0, 5)
