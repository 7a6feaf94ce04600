"""How sessions are held and planned, beside the limits of the examination, on a day."""

import datetime
from collections.abc import Mapping
from typing import Any

from tuyen.rules.loader import load, value

_PROVENANCE = ("from", "source", "confidence", "verified")


def planner(on: datetime.date) -> Mapping[str, float]:
    """What the planner reckons with: distances, sizes, sessions a year, people; see the file."""
    said: Mapping[str, float] = _first("planner", on)
    return said


def wet_months(on: datetime.date) -> frozenset[int]:
    """Months in which the way to a far village may be cut."""
    return frozenset(_first("wet_months", on))


def box_litres(on: datetime.date) -> Mapping[str, float]:
    """Usable litres of a vaccine carrier and of a cold box."""
    said: Mapping[str, float] = _first("box_litres", on)
    return said


def packed_cc(size: int, on: datetime.date) -> float:
    """Cubic centimetres a dose takes as packed in vials of a size, where nobody said better."""
    said = _first("packed_cc", on)
    return float(said["one"] if size <= 1 else said["few"] if size <= 5 else said["many"])


def per_birth(on: datetime.date) -> Mapping[str, float]:
    """Doses of each vaccine that one birth asks for in a year."""
    said: Mapping[str, float] = _first("per_birth", on)
    return said


def next_vaccine(group: str, number: int | None, on: datetime.date) -> str:
    """The vaccine that a session proposes for a dose of a vaccine group; "" where it knows none."""
    known = _first("next_vaccine", on).get(group, ())
    return str(known[min(max(number or 1, 1), len(known)) - 1]) if known else ""


def planned_vial(vaccine: str, on: datetime.date) -> int | None:
    """Doses in the vial that the programme is supplied with; None where nobody said."""
    size = _first("planned_vial", on).get(vaccine)
    return None if size is None else int(size)


def measures(on: datetime.date) -> Mapping[str, Mapping[str, float]]:
    """What is measured: what can be read at all, and up to which age in days it is needed."""
    said: Mapping[str, Mapping[str, float]] = _first("measures", on)
    return said


def return_days(on: datetime.date) -> Mapping[str, int]:
    """Reason of a deferral -> after how many days to come back."""
    said: Mapping[str, int] = _first("return_days", on)
    return said


def lot_signal(on: datetime.date) -> tuple[float, int]:
    """(largest p-value, fewest reports) of a lot that stands out."""
    said = _first("lot_signal", on)
    return float(said["p_value"]), int(said["reports"])


def inbox(on: datetime.date) -> Mapping[str, float]:
    """Shares of hazard and evidence for the inbox of signals."""
    said: Mapping[str, float] = _first("inbox", on)
    return said


def kinds() -> Mapping[str, Mapping[str, str]]:
    """Kinds of session: code -> names."""
    told = load("immunization/sessions")["kinds"]
    return {code: names for code, names in told.items() if code not in _PROVENANCE}


def _first(name: str, on: datetime.date) -> Any:
    """The value in force; before the first, the first."""
    values = load("immunization/sessions")[name]["values"]
    return value(values, max(on, values[0]["from"]))
