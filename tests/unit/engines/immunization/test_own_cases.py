"""What the published suites do not cover: brand-bound, sub-standard and same-day doses, and more."""

import datetime

import pytest

from tests.unit.engines.immunization.coast import asked, coast, own_cases, written
from tuyen.engines.immunization import evaluate


@pytest.mark.parametrize("case", own_cases(), ids=lambda case: case["name"])
def test_a_history_is_judged_as_written(case):
    answers = evaluate(coast(), *asked(case))

    first = {}
    for answer in answers:
        first.setdefault(answer.vaccine_group, answer)
    for group, wanted in case["groups"].items():
        for name, value in wanted.items():
            found = getattr(first[group], name)
            assert (len(found) if name == "doses" else found) == value, (group, name)
    judged = {dose.n: dose for answer in answers for dose in answer.doses}
    for n, dose in enumerate(map(written, case["doses"]), start=1):
        assert judged[n].status == dose["status"], n
        assert list(judged[n].reasons) == dose["reasons"], n


def test_what_cannot_be_judged_is_told_and_the_rest_is_answered():
    from tuyen.engines.immunization import DoseGiven, Person, problems

    person, on = Person(datetime.date(2024, 1, 1)), datetime.date(2024, 6, 1)
    doses = [
        DoseGiven(datetime.date(2023, 12, 31), "01"),
        DoseGiven(datetime.date(2024, 3, 1), "1"),
        DoseGiven(datetime.date(2024, 3, 2), "999"),
        DoseGiven(datetime.date(2024, 7, 1), "01"),
    ]

    told = [(one.n, one.code) for one in problems(coast(), person, doses, on)]
    rust = evaluate(coast(), person, doses, on)[0]

    assert told == [(1, "before-birth"), (3, "unknown-vaccine"), (4, "after-day")]
    assert [(dose.n, dose.status) for dose in rust.doses] == [(2, "valid"), (4, "valid")]
