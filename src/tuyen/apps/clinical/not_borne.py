"""From what is on record to what the engine compares: allergies and medicines by substance and class."""

from collections.abc import Hashable, Iterable
from datetime import date

from tuyen.engines.clinical.allergy import Against, Agent, Match, matches
from tuyen.kernel.text import fold
from tuyen.rules.clinical import allergies as rules

Told = tuple[Hashable, str, str, str]
"""(key, against, code, name) of an allergy."""


def asked(items: Iterable[str], told: Iterable[Told], on: date) -> list[Match]:
    """The medicines of which it is to be asked, with what each is against."""
    known = [against(*one, on) for one in told if one[1] != "none"]
    return matches(map(agent, dict.fromkeys(items)), known) if known else []


def agent(code: str) -> Agent:
    return Agent(code, rules.substances(code), rules.atc(code))


def against(key: Hashable, kind: str, code: str, name: str, on: date) -> Against:
    """One thing not borne. A medicine stands for its class too."""
    classes = rules.told_by(kind, code, name, on)
    return Against(
        key, rules.substances(code) if kind == "item" else frozenset(),
        frozenset(each for one in classes for each in one.atc),
        frozenset(each for one in classes for each in one.crosses), fold(name),
    )  # fmt: skip
