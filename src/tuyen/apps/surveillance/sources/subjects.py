"""What a signal is about: a disease, or a sign while nobody knows the disease."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.signs import LANGUAGES, name_of, scoring

DISEASE, SIGN = "disease", "sign"


def of_disease(id: str) -> str:
    return f"{DISEASE}:{id}"


def of_sign(code: str) -> str:
    return f"{SIGN}:{code}"


@lru_cache(4096)
def names(subject: str) -> Mapping[str, str]:
    """The names of a disease or a sign by language."""
    kind, _, code = subject.partition(":")
    if kind == SIGN:
        return {language: name_of(code, language) for language in LANGUAGES}
    try:
        found = rules.disease(code)
    except rules.UnknownDisease:
        return dict.fromkeys(LANGUAGES, code)
    return {language: found.name(language) for language in LANGUAGES}


@lru_cache(4096)
def hazard_of_disease(id: str, on: date) -> float:
    """How dangerous a disease is, by its group of the day: a share of 1."""
    shares = scoring(on).hazard_of_group
    return float(shares[rules.group(id, on) or "none"])
