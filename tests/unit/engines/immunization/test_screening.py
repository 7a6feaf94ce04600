"""Screening: what speaks against a vaccine today, and what does not."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from tuyen.engines.immunization.screening import (
    Answer,
    Measure,
    Question,
    Rule,
    Vaccine,
    judge,
    missing,
)

ON = date(2026, 10, 5)
DTP = Vaccine("DTP-HepB-Hib", frozenset({"tetanus"}))
OPV = Vaccine("bOPV", frozenset({"live", "polio"}))
ROTA = Vaccine("Rota", frozenset({"live", "rotavirus"}))
RULES = [
    Rule("anaphylaxis", "contraindicated", question="anaphylaxis", named=True),
    Rule("immune", "contraindicated", question="immune", traits=frozenset({"live"})),
    Rule("globulin", "defer", question="globulin", traits=frozenset({"live"}), within=90, after=90),
    Rule("organ", "hospital", question="organ"),
    Rule("fever", "defer", measure="temperature", at_least=37.5, after=7),
    Rule("cold", "defer", measure="temperature", at_most=35.5, after=1),
    Rule("light", "hospital", measure="weight", below=2000),
]
YES = Answer(True)


@pytest.mark.parametrize(
    ("why", "answers", "measured", "cleared", "result"),
    [
        ("nothing speaks", {}, {"temperature": 36.8}, "DOR", "passed"),
        ("a no is no yes", {"immune": Answer(False)}, {}, "DOR", "passed"),
        ("at the limit it is a fever", {}, {"temperature": 37.5}, "", "deferred"),
        ("just below it is none", {}, {"temperature": 37.4}, "DOR", "passed"),
        ("at the lower limit it is cold", {}, {"temperature": 35.5}, "", "deferred"),
        ("below is not at", {}, {"weight": 2000}, "DOR", "passed"),
        ("too light", {}, {"weight": 1999}, "", "deferred"),
        ("live vaccines only", {"immune": YES}, {}, "D", "passed"),
        ("one that is named", {"anaphylaxis": Answer(True, to=frozenset({"bOPV"}))}, {}, "DR", "passed"),
        ("named by its antigen", {"anaphylaxis": Answer(True, to=frozenset({"tetanus"}))}, {}, "OR",
         "passed"),
        ("none is named: all", {"anaphylaxis": YES}, {}, "", "contraindicated"),
        ("an undated yes counts", {"globulin": YES}, {}, "D", "passed"),
        ("89 days ago counts", {"globulin": Answer(True, ON - timedelta(89))}, {}, "D", "passed"),
        ("90 days ago does not", {"globulin": Answer(True, ON - timedelta(90))}, {}, "DOR", "passed"),
        ("no organ, no vaccine", {"organ": YES}, {}, "", "deferred"),
    ],
)  # fmt: skip
def test_judge(why, answers, measured, cleared, result):
    found = judge(RULES, [DTP, OPV, ROTA], answers, measured, ON)

    assert (
        "".join({"DTP-HepB-Hib": "D", "bOPV": "O", "Rota": "R"}[c] for c in found.cleared)
        == cleared
    ), why
    assert found.result == result, why


def test_the_gravest_outcome_stands():
    found = judge(RULES, [OPV], {"immune": YES}, {"temperature": 39.0}, ON)

    assert (found.result, found.contraindicated, found.deferred) == (
        "contraindicated",
        ("bOPV",),
        (),
    )
    assert [reason.rule for reason in found.reasons] == ["immune", "fever"]
    assert found.return_on is None


def test_come_back_when_all_that_defers_is_over():
    answers = {"globulin": Answer(True, date(2026, 9, 5))}

    found = judge(RULES, [DTP, OPV], answers, {"temperature": 38.2}, ON)

    assert found.return_on == date(2026, 12, 4)
    assert [reason.return_on for reason in found.reasons] == [date(2026, 12, 4), date(2026, 10, 12)]


def test_no_order_changes_who_is_cleared():
    answers = {"immune": YES, "organ": Answer(False)}
    told = {
        (frozenset(found.cleared), found.result)
        for rules in permutations(RULES, len(RULES) - 3)
        if {rule.code for rule in rules} >= {"immune"}
        for found in [judge(rules, [ROTA, DTP], answers, {"temperature": 37.0}, ON)]
    }

    assert told == {(frozenset({"DTP-HepB-Hib"}), "passed")}


def test_what_was_not_asked_is_missing():
    questions = [
        Question("ill"), Question("gut", frozenset({"rotavirus"})), Question("globulin", dated=True),
    ]  # fmt: skip
    measures = [Measure("temperature"), Measure("weight", until_age=28)]
    answers = {"ill": Answer(False), "globulin": YES}

    def lacks(vaccine, age):
        return missing(questions, measures, [vaccine], answers, {"temperature": 37.0}, age)

    assert lacks(ROTA, 60) == ["gut", "globulin"]
    assert lacks(DTP, 27) == ["globulin", "weight"]
