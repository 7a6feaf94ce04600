"""The cases of tests/spec/exchange, which the manual prints, hold."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from tests.unit.engines.exchange.corpus import CASES, column, rows, table
from tuyen.engines.exchange.columns import propose
from tuyen.engines.exchange.dates import parse_dates
from tuyen.engines.exchange.legacy import convert_legacy, find_legacy

SPEC = Path(__file__).parents[3] / "spec" / "exchange"


def cases(name):
    return yaml.safe_load((SPEC / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", cases("dates"), ids=lambda case: case["title"])
def test_dates(case):
    cells = case["cells"]

    parsed = parse_dates(column(*cells), rows(len(cells)), today=date(2026, 10, 15))

    assert parsed.values == case["expect"]
    assert [finding.code for finding in parsed.findings] == case.get("said", [])


@pytest.mark.parametrize("case", cases("headers"), ids=lambda case: case["header"])
def test_headers(case):
    found = table(f'"{case["header"]}"\tzzz\n1\t2\n')

    matches = {match.letter: match.field for match in propose(found, CASES).matches}

    assert matches.get("A") == case["field"]


@pytest.mark.parametrize("case", cases("legacy"), ids=lambda case: case["means"])
def test_legacy(case):
    assert convert_legacy(case["written"], case["encoding"]) == case["means"]
    assert find_legacy([case["written"]]).encoding == case["encoding"]
