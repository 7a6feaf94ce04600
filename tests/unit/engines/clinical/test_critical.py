"""Values that call for action at once, and pressures that were swapped."""

from decimal import Decimal

import pytest

from tuyen.engines.clinical import critical, pairs, swapped
from tuyen.rules.clinical.measures import measures, says

LIMITS = {code: measure.critical for code, measure in measures().items()}


def told(**values: str) -> list[tuple[str, Decimal]]:
    return [(what, Decimal(value)) for what, value in values.items()]


@pytest.mark.parametrize(
    ("values", "months", "pregnant", "found"),
    [
        ({"systolic": "180", "diastolic": "95"}, 600, False, ["pressure-very-high"]),
        ({"systolic": "179", "diastolic": "109"}, 600, False, []),
        ({"systolic": "182", "diastolic": "112"}, 600, False, ["pressure-very-high"]),  # said once
        ({"systolic": "162", "diastolic": "100"}, 300, True, ["pressure-high-pregnant"]),
        ({"systolic": "150", "diastolic": "112"}, 300, True, ["pressure-high-pregnant"]),
        ({"systolic": "141", "diastolic": "85"}, 300, True, ["pressure-raised-pregnant"]),
        ({"systolic": "162", "diastolic": "100"}, 300, False, []),
        ({"glucose_fasting": "2.9"}, 600, False, ["glucose-very-low"]),
        ({"glucose_random": "3.5"}, 600, False, ["glucose-low"]),
        ({"glucose_random": "16.7"}, 600, False, ["glucose-very-high"]),
        ({"spo2": "89"}, 600, False, ["oxygen-very-low"]),
        ({"spo2": "93"}, 600, False, ["oxygen-low"]),
        ({"temperature": "37.6"}, 1, False, ["fever-young-infant"]),
        ({"temperature": "37.6"}, 30, False, []),
        ({"respiration": "52"}, 6, False, ["breathing-fast-child"]),
        ({"muac": "11.4"}, 24, False, ["arm-thin"]),
        ({"unheard-of": "1"}, 24, False, []),
    ],
)
def test_a_value_is_critical_by_age_and_state(values, months, pregnant, found) -> None:
    seen = critical(told(**values), LIMITS, months=months, pregnant=pregnant)

    assert [one.say for one in seen] == found


def test_every_critical_value_says_what_to_do_in_three_languages() -> None:
    words = says()
    keys = {limit.say for limits in LIMITS.values() for limit in limits}

    assert keys == set(words)
    assert [key for key in keys if not all(words[key].get(one) for one in ("vi", "en", "zh"))] == []


def test_readings_pair_in_their_order_and_a_swapped_one_is_found() -> None:
    two = [*told(systolic="140", diastolic="90"), *told(systolic="85", diastolic="130")]

    assert [tuple(pair) for pair in pairs(two)] == [(140, 90), (85, 130)]
    assert swapped(two) == (85, 130)
    assert swapped(told(systolic="120")) is None
