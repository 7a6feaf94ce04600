"""A made-up schedule that has one of everything, and the histories written on it."""

import datetime
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tuyen.engines.immunization import DoseGiven, Observation, Pack, Parameters, Person, read_pack

FOLDER = Path(__file__).resolve().parents[3] / "spec" / "immunization"


@cache
def coast() -> Pack:
    files = {path.name: path.read_bytes() for path in sorted((FOLDER / "coast").glob("*.xml"))}
    schedule = files.pop("ScheduleSupportingData.xml")
    return read_pack(schedule, files, name="coast", version="", parameters=Parameters())


@cache
def own_cases() -> tuple[Mapping[str, Any], ...]:
    return tuple(yaml.safe_load((FOLDER / "own-cases.yaml").read_text("utf-8")))


def asked(case: Mapping[str, Any]) -> tuple[Person, list[DoseGiven], datetime.date]:
    person = Person(
        case["dob"], case.get("gender", "F"),
        tuple(Observation(code) for code in case.get("observations", ())),
        case.get("birth_country", ""),
    )  # fmt: skip
    return person, [_given(written(dose)) for dose in case["doses"]], case["day"]


def written(dose: Any) -> dict[str, Any]:
    """A dose of a case as a mapping, with the status and reasons it expects."""
    if isinstance(dose, Mapping):
        return {"reasons": [], **dose}
    date, vaccine, status, *reasons = dose
    return {"date": date, "vaccine": vaccine, "status": status, "reasons": reasons}


def _given(dose: Mapping[str, Any]) -> DoseGiven:
    return DoseGiven(**{name: dose[name] for name in dose if name not in ("status", "reasons")})
