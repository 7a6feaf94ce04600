"""Runs the cases of the YAML files beside it."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from tuyen.engines.disclosure.attack import attack
from tuyen.engines.disclosure.ledger import Ledger
from tuyen.engines.disclosure.primary import Rule
from tuyen.engines.disclosure.rows import check_rows
from tuyen.engines.disclosure.suppress import suppress
from tuyen.engines.disclosure.tables import Axis, tabulate

HERE = Path(__file__).parent


def cases(name):
    found = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["title"]) for case in found]


def axis(parts, groups):
    shown = groups.get("named"), groups.get("each", False), groups.get("total")
    return Axis.of(parts, shown[0], each=shown[1], total=shown[2])


@pytest.mark.parametrize("case", cases("releases"))
def test_releases(case):
    ledger = Ledger.empty(list(case["parts"].values()))
    for release in case["releases"]:
        axes = [axis(parts, release["groups"][name]) for name, parts in case["parts"].items()]
        table = tabulate(axes, np.array(release["counts"]))
        done = suppress(
            ledger, release["name"], table, Rule(case["k"]), population=release.get("population")
        )
        ledger = done.ledger

        shown = {
            " ".join(label): "-" if number < 0 else number
            for label, number in zip(table.labels, done.printed.tolist(), strict=True)
        }
        assert shown == release["printed"], release["name"]
    assert attack(ledger.knowledge).narrower(case["k"]).size == 0


@pytest.mark.parametrize("case", cases("rows"))
def test_rows(case):
    names = [*case["quasi"], *case["sensitive"]]
    rows = [values for *values, number in case["groups"] for _ in range(number)]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}

    found = check_rows(columns, case["quasi"], case["sensitive"], case["k"], case["diversity"])

    assert found.allowed.sum() == case["leave"]
    assert {group.key[0]: group.why for group in found.withheld} == case["stay"]
