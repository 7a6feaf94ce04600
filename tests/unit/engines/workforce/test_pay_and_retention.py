"""Pay against epidemics by the day, and who stays: judged by slow and obvious ways."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest

from tuyen.engines.workforce import allowance, retention
from tuyen.engines.workforce.allowance import Tariff, Worked
from tuyen.engines.workforce.retention import Stays, stay
from tuyen.kernel.refusal import BadInput

FIRST = date(2026, 11, 1)
TARIFF = Tariff(
    {"a-direct": Decimal(420_000), "a-support": Decimal(280_000), "c-direct": Decimal(210_000),
     "standby": Decimal(280_000)},
    {"standby": Decimal(40_000)},
    {"rest": Decimal("1.3"), "holiday": Decimal("1.8"), "emergency": Decimal("1.5")},
)  # fmt: skip
WHO, WHY = UUID(int=1), UUID(int=2)


def day(n):
    return FIRST + timedelta(days=n)


def test_the_sum_is_that_of_whole_numbers_and_nobody_is_paid_twice_for_a_day():
    rng = np.random.default_rng(5)
    works = list(TARIFF.rates)
    for _ in range(100):
        worked = [
            Worked(
                UUID(int=int(rng.integers(3))), day(int(rng.integers(6))),
                works[int(rng.integers(4))], UUID(int=int(rng.integers(9))), bool(rng.random() < 0.3),
            )
            for _ in range(int(rng.integers(0, 20)))
        ]  # fmt: skip
        kinds = {day(0): "rest", day(1): "holiday"}

        made = allowance.lines(worked, kinds, TARIFF)

        assert sum(line.amount for line in made) == allowance.slow(worked, kinds, TARIFF)
        assert len({(line.person, line.day) for line in made}) == len(made)
        assert all(isinstance(line.amount, Decimal) for line in made)


@pytest.mark.parametrize(
    ("work", "kind", "emergency", "amount"),
    [
        ("a-direct", "", False, 420_000), ("a-direct", "rest", False, 546_000),
        ("a-direct", "holiday", False, 756_000), ("a-direct", "", True, 630_000),
        ("a-direct", "holiday", True, 756_000),  # the highest multiplier alone
        ("standby", "", False, 320_000), ("standby", "rest", False, 404_000),  # the meal is not multiplied
    ],
)  # fmt: skip
def test_figures_of_the_decree(work, kind, emergency, amount):
    (line,) = allowance.lines(
        [Worked(WHO, FIRST, work, WHY, emergency)], {FIRST: kind} if kind else {}, TARIFF
    )

    assert line.amount == amount


def test_of_two_works_of_a_day_the_dearer_is_paid_and_the_other_is_named():
    worked = [Worked(WHO, FIRST, "standby", WHY), Worked(WHO, FIRST, "a-direct", WHY)]

    (line,) = allowance.lines(worked, {}, TARIFF)

    assert (line.work, line.amount, line.beside) == ("a-direct", 420_000, ("standby",))


def test_work_without_a_tariff_is_refused():
    with pytest.raises(BadInput):
        allowance.lines([Worked(WHO, FIRST, "x", WHY)], {}, TARIFF)


def test_the_month_of_a_village_health_worker():
    base, high, low = Decimal(2_530_000), Decimal("0.7"), Decimal("0.5")

    assert allowance.village(base, high, low, is_high=True) == 1_771_000
    assert allowance.village(base, high, low, is_high=False) == 1_265_000


def test_who_stays_is_what_going_through_the_days_says():
    rng = np.random.default_rng(3)
    for _ in range(150):
        n = int(rng.integers(1, 12))
        since = np.where(rng.random(n) < 0.4, rng.integers(0, 20, n), 0)
        until = since + rng.integers(1, 40, n)
        stays = Stays(since, until, rng.random(n) < 0.6)
        for told in stay(stays, [5, 12, 25, 60]):
            judged = retention.slow(stays, told.days)
            assert (told.share is None) == (judged is None)
            if judged is not None:
                assert told.share == pytest.approx(float(judged), abs=1e-12)
                assert 0 <= told.low <= told.share <= told.high <= 1


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(300):
        until = np.ceil(rng.exponential(900, 120)).astype(int)
        stays = Stays(np.zeros(120, int), np.minimum(until, 1200), until < 1200)
        (one,) = stay(stays, [730])
        held += one.low <= np.exp(-730 / 900) <= one.high
    assert 0.91 <= held / 300 <= 0.99


def test_nobody_followed_so_long_is_no_share():
    (one,) = stay(Stays(np.array([0]), np.array([10]), np.array([False])), [365])

    assert (one.share, one.at_risk) == (None, 0)
    with pytest.raises(BadInput):
        stay(Stays(np.array([5]), np.array([3]), np.array([True])), [1])
