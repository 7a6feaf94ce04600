"""Adverse events following immunisation: what is serious, the clocks, and the words of the forms."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load
from tuyen.rules.registry.lists import Names

WORDS = ("severity", "kinds", "grades", "causality", "outcomes")
"""The lists of words that :func:`words` answers."""


class Clock(NamedTuple):
    """How long a step may take."""

    code: str  # report, investigation, council
    amount: int
    unit: str  # "hours" or "working days"
    names: Names
    source: str
    verified: bool


def clocks(on: date) -> dict[str, Clock]:
    """The clocks of an event that became known on a day."""
    found = {}
    for code, rule in load("immunization/reactions")["clocks"].items():
        entry = _entry(rule["values"], on)
        if entry["value"] is not None:
            said = rule["name"]
            found[code] = Clock(
                code,
                int(entry["value"]),
                rule["unit"],
                Names(said["vi"], said["en"], said["zh"]),
                entry["source"],
                bool(entry["verified"]),
            )
    return found


def steps(on: date) -> tuple[str, ...]:
    """What a serious event sets off at once: "stop-session", "suspend-lot", "report"."""
    return tuple(_entry(load("immunization/reactions")["steps"]["values"], on)["value"])


def serious(found: Iterable[str], on: date) -> bool:
    """Whether any of the findings (words of "severity") makes an event serious."""
    grave = _entry(load("immunization/reactions")["severity"]["values"], on)["value"]
    return bool(set(found) & set(grave))


def words(name: str, on: date) -> dict[str, Names]:
    """A list of words (of WORDS) by code, in its order."""
    lists = _entry(load("immunization/reactions")["words"]["values"], on)["value"]
    return {code: Names(said["vi"], said["en"], said["zh"]) for code, said in lists[name].items()}


def _entry(values: Any, on: date) -> Mapping[str, Any]:
    """The entry of a day; days before the first are looked at as its first day was."""
    entry = dated(values, max(on, values[0]["from"]))
    assert entry is not None
    return entry
