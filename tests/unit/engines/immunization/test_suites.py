"""The published suites: every case at hand, each on the release of the schedule it was made for."""

import pytest

from tests.unit.engines.immunization.suites import SUITES, cases, faults, pack, question
from tuyen.engines.immunization import evaluate

OTHER_WORD = {"HepB: dose 1 lacks the reason ['Inadvertent Vaccine']"}
"""2018-0022: no row of the pack names that vaccine inadvertent; it was given below its age."""

ADJUDICATED = {
    "2016-UC-0003", "2016-UC-0032", "2016-UC-0058", "2016-UC-0093", "2016-UC-0110",
    "2016-UC-0128", "2016-UC-0131", "2016-UC-0153", "2016-UC-0165", "2016-UC-0166",
    "2022-UC-0001", "2022-UC-0005", "2022-UC-0017", "2023-UC-0048", "2023-UC-0050",
}  # fmt: skip
"""Condition cases that no rule of the specification reproduces: see docs/doses.md."""


HEALTHY = ("cdsi-healthy-v4.45", "cdsi-healthy-v4.42", "vn-draft")


def lost(suite, every=1):
    """The cases of a suite that are not reproduced, of each ``every``-th."""
    schedule = pack(SUITES[suite])
    return {
        case["id"]
        for case in cases(suite)[::every]
        if set(faults(case, evaluate(schedule, *question(suite, case)))) - OTHER_WORD
    }


@pytest.mark.parametrize("suite", HEALTHY)
def test_cases_are_reproduced(suite):
    assert lost(suite, every=4) == set()


@pytest.mark.nightly
@pytest.mark.parametrize("suite", HEALTHY)
def test_every_case_is_reproduced(suite):
    assert lost(suite) == set()


def test_the_conditions_that_differ_are_the_adjudicated_ones():
    assert lost("cdsi-conditions-v4.6") == ADJUDICATED
