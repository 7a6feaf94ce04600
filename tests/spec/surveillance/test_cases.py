"""Run the worked cases of this folder."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from tuyen.engines.surveillance import law
from tuyen.engines.surveillance.law import Limits, Verdict
from tuyen.rules import surveillance

FOLDER = Path(__file__).parent
LIMITS = Limits(**surveillance.thresholds(datetime.date(2026, 7, 1))._asdict())


def cases(name: str) -> list[Any]:
    read = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["title"]) for case in read]


@pytest.mark.parametrize("case", cases("reporting.yaml"))
def test_reporting(case):
    windows, groups = case.get("expect", {}), case.get("expect_group", {})

    assert {on: surveillance.window(case["disease"], on) for on in windows} == windows
    assert {on: surveillance.group(case["disease"], on) for on in groups} == groups


@pytest.mark.parametrize("case", cases("thresholds.yaml"))
def test_thresholds(case):
    said = law.explain(judged(case), 0)

    numbers = {name: round(value, 2) for name, value in said["values"].items()}
    found = {**said, **numbers}
    assert {name: found[name] for name in case["expect"]} == case["expect"]


def judged(case: dict[str, Any]) -> Verdict:
    count, linked = column(case.get("count")), column(case.get("linked"))
    if case["rule"] == "AL-A":
        return law.al_a(count)
    if case["rule"] in ("AL-B2", "EP-B2"):
        return {"AL-B2": law.al_b2, "EP-B2": law.ep_b2}[case["rule"]](linked, LIMITS)
    history = np.array([case["history"]], dtype=float)
    epidemic = np.array([case.get("epidemic", [False] * history.shape[1])])
    rule = law.al_b1 if case["rule"] == "AL-B1" else law.ep_b1
    verdict = rule(count, history, LIMITS, epidemic=epidemic, linked=linked)
    return law.end_b(np.array([True]), verdict) if case["rule"] == "END-B" else verdict


def column(value: float | None) -> np.ndarray:
    return np.array([np.nan if value is None else value], dtype=float)
