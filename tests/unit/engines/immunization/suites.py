"""The published case files, where a checkout has them, and how an answer is held against a case."""

import datetime
import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tuyen.cli.dose_cases import REASON_WORDS, asked
from tuyen.cli.dose_packs import find_pack
from tuyen.engines.immunization import DoseAnswer, GroupAnswer, Pack

Case = dict[str, Any]
SUITES = {
    "cdsi-healthy-v4.45": "cdsi-4.64",
    "cdsi-healthy-v4.42": "cdsi-4.61",
    "cdsi-conditions-v4.6": "cdsi-4.63",
    "vn-draft": "vn-draft",
}


def shared() -> Path:
    """The folder of case files, or skip saying so."""
    folder = os.environ.get("TUYEN_SHARED")
    if not folder or not (Path(folder) / "data" / "immunization-cases").is_dir():
        pytest.skip("the published immunisation cases are not here: set TUYEN_SHARED")
    return Path(folder) / "data"


@cache
def pack(name: str) -> Pack:
    return find_pack(str(shared() / "immunization-supporting" / name))


@cache
def cases(suite: str) -> list[Case]:
    text = (shared() / "immunization-cases" / f"{suite}.dev.json").read_text("utf-8")
    return json.loads(text)["cases"]  # type: ignore[no-any-return]


def faults(case: Case, answers: Sequence[GroupAnswer]) -> list[str]:
    """Where the answers differ from what the case expects, reasons included."""
    if "expected" in case:
        return [fault for one in case["expected"] for fault in _group(one, answers, one["doses"])]
    wanted = {"vaccine_group": case["vaccine_group"], **case["expected_forecast"]}
    doses = [
        {"n": one["n"], "status": one["expected_status"], "reasons": [one["expected_reason"]]}
        for one in case["doses"]
    ]
    return _group(wanted, answers, doses)


def _group(wanted: Case, answers: Sequence[GroupAnswer], doses: Sequence[Case]) -> list[str]:
    group = wanted["vaccine_group"]
    first = next((one for one in answers if one.vaccine_group == group), None)
    if first is None:
        return [f"{group}: no answer"]
    found = []
    for name in ("status", "dose_number", "earliest", "recommended", "past_due"):
        value, want = getattr(first, name), wanted[name]
        value = value.isoformat() if isinstance(value, datetime.date) else value
        want = plain(want) if name == "status" else want
        if value != want:
            found.append(f"{group}: {name} {value}, expected {want}")
    for dose in doses:
        answer = _dose(dose["n"], group, answers)
        status = answer.status if answer else None
        if status != plain(dose["status"]):
            found.append(f"{group}: dose {dose['n']} {status}, expected {dose['status']}")
        elif missing := {*filter(None, dose["reasons"])} - words(answer):
            found.append(f"{group}: dose {dose['n']} lacks the reason {sorted(missing)}")
    return found


def _dose(n: int, group: str, answers: Sequence[GroupAnswer]) -> DoseAnswer | None:
    """The dose as its own group judged it, or, of another group, as that one did."""
    own = [dose for one in answers if one.vaccine_group == group for dose in one.doses]
    others = [dose for one in answers for dose in one.doses]
    return next((dose for dose in (*own, *others) if dose.n == n), None)


def words(answer: DoseAnswer | None) -> set[str]:
    return {REASON_WORDS[code] for code in answer.reasons} if answer else set()


def plain(status: str) -> str:
    return status.lower().replace(" ", "_")


def question(suite: str, case: Case) -> Any:
    """Person, doses and day of a case, as the command reads them."""
    read, _ = asked(pack(SUITES[suite]), case)
    assert read is not None, case["id"]
    return read
