"""What diagnoses are called, and which codes a few words mean.

``clinical/diagnosis_names`` names the codes that a station meets, and the chapters for the rest: a
code that it does not name is called by its category, and else by its chapter. Whether a code stood
on the list of a day is not asked here (``codes``).
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tuyen.kernel.text import fold
from tuyen.rules.loader import load
from tuyen.rules.surveillance import icd10

LANGUAGES = ("vi", "en", "zh")


class Named(NamedTuple):
    """A code and its names by language."""

    code: str
    names: Mapping[str, str]

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]


def name(code: str, language: str = "en") -> str:
    """What a code is called: by itself, by its category, or by its chapter; "" where it has none.

    >>> name("I10"), name("I10.5"), name("Q21.0")
    ('Essential (primary) hypertension', 'Essential (primary) hypertension', 'Congenital malformations')
    """
    held = _codes()
    found = held.get(code) or held.get(code[:3]) or _chapter(code)
    return found.name(language) if found else ""


def find(text: str, *, limit: int = 8) -> list[Named]:
    """Codes that a text means: a code or its beginning, or words of a name in any language, without
    marks and in any order. A whole code that is not named stands alone, under its chapter.

    >>> [one.code for one in find("tang huyet ap")][:1], [one.code for one in find("e119")]
    (['I10'], ['E11.9'])
    """
    plain = fold(text)
    if not plain:
        return []
    code = _shaped(text)
    if code:
        known = [one for one in _codes().values() if one.code.startswith(code)]
        if not any(one.code == code for one in known) and (chapter := _chapter(code)):
            known.insert(0, Named(code, _codes().get(code[:3], chapter).names))
        return known[:limit]
    words = plain.split()
    begun = [one for one in _codes().values() if one.code.lower().startswith(plain)]
    told = [
        one
        for one, lines in _lines()
        if one not in begun and any(_within(words, line) for line in lines)
    ]
    told.sort(key=lambda one: (_late(words, one), min(map(len, one.names.values())), one.code))
    return [*begun, *told][:limit]


def _within(words: list[str], line: str) -> bool:
    return all(f" {word}" in line or (not word.isascii() and word in line) for word in words)


def _late(words: list[str], one: Named) -> int:
    """Where the words begin in the name, so that what begins with them comes first."""
    places = [f" {fold(text)}".find(" " + words[0]) for text in one.names.values()]
    return min((place for place in places if place >= 0), default=999)


def _shaped(text: str) -> str:
    """A text as a code of at least a category; "" where it is none."""
    try:
        return icd10.normal(text)
    except ValueError:
        return ""


def _chapter(code: str) -> Named | None:
    for first, last, found in _chapters():
        if first <= code[:3] <= last:
            return found
    return None


@cache
def _codes() -> dict[str, Named]:
    return {one.code: one for one in _rows() if "-" not in one.code}


@cache
def _chapters() -> tuple[tuple[str, str, Named], ...]:
    return tuple((*one.code.split("-"), one) for one in _rows() if "-" in one.code)  # type: ignore[misc]


@cache
def _lines() -> tuple[tuple[Named, tuple[str, ...]], ...]:
    """Each code with its names, folded, every word after a space."""
    return tuple(
        (one, tuple(f" {fold(text)}" for text in one.names.values())) for one in _codes().values()
    )


@cache
def _rows() -> tuple[Named, ...]:
    return tuple(
        Named(row["code"], {language: row[language] for language in LANGUAGES})
        for row in load("clinical/diagnosis_names")
    )
