"""What an alarm says of itself."""

from datetime import date

import pytest

from tuyen.apps.surveillance.explaining import explain


@pytest.mark.parametrize(
    ("why", "figures", "expected"),
    [
        ("the bound decides: more than 7.3", {"mean": 4.0, "sd": 1.65, "needed": 8}, "8 or more are an epidemic"),
        ("the floor decides: nothing was expected", {"mean": 0.0, "sd": 0.0, "needed": 5}, "5 or more are an epidemic"),
    ],
)  # fmt: skip
def test_an_epidemic_says_from_how_many_cases_on(why, figures, expected):
    alarm = {
        "rule": "EP-B1",
        "observed": 9,
        "expected": 4.0,
        "bound": 7.3,
        "since": date(2026, 10, 1),
    }

    assert expected in str(explain(alarm, {**figures, "years": [2021, 2022]})), why
