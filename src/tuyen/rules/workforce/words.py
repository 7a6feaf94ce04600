"""The words of the room: each list maps a key to its name in the three languages."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tuyen.rules.loader import load

Names = Mapping[str, Mapping[str, str]]
_FILE = "workforce/words"


def cadres() -> Names:
    """Cadres, in the order in which they are listed."""
    return _list("cadres")


def positions() -> Names:
    return _list("positions")


def contracts() -> Names:
    return _list("contracts")


def degrees() -> Names:
    """Degrees, the highest first."""
    return _list("degrees")


def bands() -> Names:
    """The bands of the structure by degree, the highest first."""
    return _list("bands")


def languages() -> Names:
    return _list("languages")


def kinds() -> Names:
    """What a person has to show: licence, qualification, competence, language, training, incentive."""
    return _list("kinds")


def wishes() -> Names:
    """What somebody may ask to have corrected in their own file."""
    return _list("wishes")


@cache
def degree_bands() -> Mapping[str, str]:
    """Degree -> its band; "" for what is in none."""
    return {key: str(one["band"]) for key, one in load(_FILE)["degrees"].items()}


@cache
def outside() -> frozenset[str]:
    """Cadres that are not counted in a station's own number: the village network."""
    return frozenset(load(_FILE)["outside"])


@cache
def for_a_term() -> frozenset[str]:
    """Contracts of people who will go back to another unit."""
    return frozenset(load(_FILE)["for-a-term"])


@cache
def support() -> frozenset[str]:
    """Cadres that are people of the unit and no professionals of health: no norm counts them."""
    return frozenset(load(_FILE)["support"])


@cache
def doctors() -> frozenset[str]:
    """Cadres that count as doctors."""
    return frozenset(load(_FILE)["doctors"])


def named(names: Names, key: str, language: str) -> str:
    """The name of a key; the key itself where the list does not know it, "" where there is none."""
    found = names.get(key)
    return str(found.get(language) or found["vi"]) if found else key


def _list(name: str) -> Names:
    found: Any = load(_FILE)[name]
    return found
