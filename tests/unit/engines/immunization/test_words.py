"""Every rule that the engine names has a sentence with the values it has."""

import re
from datetime import date
from pathlib import Path
from string import Formatter

from tests.unit.engines.immunization.coast import asked, coast, own_cases
from tuyen.engines.immunization import evaluate, reference
from tuyen.engines.immunization.words import SENTENCES, length, sentence

DECIDING = {"earliest", "recommended", "past_due", "aged_out"}


def test_every_rule_of_the_engine_has_a_sentence():
    named = set()
    for path in Path(reference.__file__).parent.glob("reference_*.py"):
        named |= set(
            re.findall(
                r'"((?:CALCDT|FORECASTDT|CONFLICT-|[4-7]\.\d)[A-Z0-9.a-z-]*)"',
                path.read_text("utf-8"),
            )
        )
    said = {rule.rpartition(":")[2] for rule in SENTENCES}

    assert named - said == set()
    assert {rule.partition(":")[0] for rule in SENTENCES if ":" in rule} == DECIDING


def test_every_sentence_gets_its_values():
    told = 0
    for case in own_cases():
        for answer in evaluate(coast(), *asked(case)):
            for finding in (*answer.trace, *(step for dose in answer.doses for step in dose.trace)):
                said, values = sentence(finding)
                wanted = {name for _, name, _, _ in Formatter().parse(said) if name}
                assert all(values.get(name) is not None for name in wanted), (said, values)
                told += 1
    assert told > 100


def test_a_date_says_which_row_decided_it():
    case = next(one for one in own_cases() if "leaves out the second" in one["name"])

    rust = evaluate(coast(), *asked(case))[0]

    earliest = next(one for one in rust.trace if one.rule.startswith("earliest:"))
    assert earliest.date == rust.earliest
    assert earliest.row == "Rust 3-dose series · dose 3 · interval 2"
    assert sentence(earliest)[1]["from"] == date(2022, 2, 1)


def test_a_length_is_told_in_its_parts():
    assert [(sign, count) for sign, _, count in length("12 months - 4 days")] == [
        ("+", 12),
        ("-", 4),
    ]
    assert [count for _, _, count in length("0 days")] == [0]
