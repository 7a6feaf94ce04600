"""Answers of ``tuyen doses`` are written in the words of the case files they are compared with."""

import datetime

import pytest

from tuyen.cli.dose_cases import answered
from tuyen.engines.immunization import DoseAnswer, GroupAnswer

DAY = datetime.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("case", "status", "judged"),
    [
        ({"suite": "healthy"}, "not_complete", "not_valid"),
        ({"suite": "vn-draft"}, "Not Complete", "Not Valid"),
        ({}, "not_complete", "not_valid"),
        ("no case at all", "not_complete", "not_valid"),
    ],
)
def test_statuses_are_spelled_as_the_suite_spells_them(case, status, judged):
    dose = DoseAnswer(1, DAY, "10", "not_valid", ("too_young",))
    group = GroupAnswer("Polio", "not_complete", 2, DAY, DAY, DAY, doses=(dose,))

    (one,) = answered(case, [group])

    assert (one["status"], one["doses"][0]["status"]) == (status, judged)
    assert one["doses"][0]["reasons"] == ["Age: Too Young"]
