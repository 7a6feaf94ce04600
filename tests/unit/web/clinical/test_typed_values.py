"""Measurements as they are typed."""

from decimal import Decimal

import pytest

from tuyen.web.clinical.typed_values import NotUnderstood, PressureSwapped, decimal, shorthand


def told(text, **rest):
    return {what: float(value) for what, value in shorthand(text, **rest).items()}


@pytest.mark.parametrize(
    "text", ["150/90", " 150 / 90 ", "15090", "150-90", "HA 150/90", "ha150/90", "150\\90"]
)
def test_a_pressure_is_read_in_every_way_it_is_typed(text):
    assert told(text) == {"systolic": 150, "diastolic": 90}


def test_a_line_with_the_labels_of_the_record_is_read_whole():
    line = "M:80; HA:150/90; T:36,8; NT:18; SP:98 CN 56,5 cc160"

    assert told(line) == {
        "pulse": 80, "systolic": 150, "diastolic": 90, "temperature": 36.8, "respiration": 18,
        "spo2": 98, "weight": 56.5, "height": 160,
    }  # fmt: skip


def test_glucose_is_of_the_kind_that_was_chosen():
    assert told("ĐH 7,2", glucose="glucose_fasting") == {"glucose_fasting": 7.2}


def test_letters_that_came_apart_are_the_same_letters():
    assert told("Đ\u0048 7.2") == {"glucose_random": 7.2}
    assert told("Ma\u0323ch 80") == {"pulse": 80}


@pytest.mark.parametrize("text", ["abc 12", "M", "7,2", "150/90/80", "M M 80", "HA abc", "1234567"])
def test_what_is_not_understood_is_said(text):
    with pytest.raises(NotUnderstood):
        shorthand(text)


@pytest.mark.parametrize("text", ["90/150", "90150", "HA 90/150"])
def test_pressures_that_are_turned_round_are_named_the_other_way(text):
    with pytest.raises(PressureSwapped) as refused:
        shorthand(text)

    assert refused.value.values["other"] == "150/90"


@pytest.mark.parametrize(
    ("text", "value"), [("7,2", "7.2"), ("7.2", "7.2"), ("", None), (",5", "0.5")]
)
def test_a_number_takes_a_comma_or_a_point(text, value):
    assert decimal(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize("text", ["1.200,5", "7,2,1", "-3", "1e5", "٣", "NaN"])
def test_anything_else_is_no_number(text):
    with pytest.raises(NotUnderstood):
        decimal(text)
