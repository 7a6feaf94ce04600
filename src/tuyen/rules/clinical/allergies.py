"""What medicines are made of, and the classes that are not borne together (``clinical/atc``,
``clinical/allergy_classes``)."""

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from tuyen.kernel.text import fold
from tuyen.rules.loader import load, value
from tuyen.rules.supply.items import Item, item, items
from tuyen.rules.supply.medicines import medicine


class AllergyClass(NamedTuple):
    """A class of medicines: the beginnings of its ATC codes, and of those that cross with it."""

    key: str
    names: Mapping[str, str]
    atc: frozenset[str]
    crosses: frozenset[str]

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]


@cache
def classes(on: datetime.date) -> dict[str, AllergyClass]:
    """The classes of a day, by their key. A day before the list began is judged by its beginning."""
    found = {}
    for key, rule in load("clinical/allergy_classes")["classes"].items():
        held = value(rule["values"], max(on, rule["values"][0]["from"]))
        if held is not None:
            atc, crosses = frozenset(held["atc"]), frozenset(held["crosses"])
            found[key] = AllergyClass(key, rule["names"], atc, crosses)
    return found


def substances(code: str) -> frozenset[str]:
    """What a medicine of the list is made of, folded; of a vaccine, or of what is not on the list, its
    code.

    >>> sorted(substances("amoxiclav-625"))
    ['amoxicillin', 'clavulanic acid']
    """
    known = medicine(code)
    named = known.substance.split("+") if known and known.substance else [code]
    return frozenset(fold(one) for one in named)


def atc(code: str) -> frozenset[str]:
    """The ATC codes of what a medicine of the list is made of; none where they are not known."""
    return frozenset(each for name in substances(code) for each in _atc().get(name, ()))


def told_by(kind: str, code: str, words: str, on: datetime.date) -> list[AllergyClass]:
    """The classes that an allergy is of: the one that it names, those of its medicine, or those that
    its words name.

    >>> [one.key for one in told_by("item", "amoxicillin-500", "", datetime.date(2026, 1, 1))]
    ['penicillins']
    >>> [one.key for one in told_by("other", "", "dị ứng penicillin", datetime.date(2026, 1, 1))]
    ['penicillins']
    """
    text, codes = fold(words), atc(code) if kind == "item" else ()
    return [
        one for one in classes(on).values()
        if (kind == "class" and one.key == code)
        or any(each.startswith(tuple(one.atc)) for each in codes)
        or (kind == "other" and _named(one, text))
    ]  # fmt: skip


def named(kind: str, code: str, words: str, language: str = "en") -> str:
    """What somebody does not bear, in words."""
    if kind == "item" and (held := item(code)) is not None:
        return held.name(language)
    if kind == "class" and (one := classes(datetime.date.max).get(code)) is not None:
        return one.name(language)
    return words or code


def medicines_on_the_list() -> list[Item]:
    """What an allergy may be told of by its code: medicines and vaccines, no consumables."""
    return [one for one in items().values() if one.kind in ("medicine", "vaccine")]


def word(table: str, key: str, language: str = "en") -> str:
    """A word of the rule: of ``severity``, ``kind``, ``category`` or ``ended``."""
    names: Mapping[str, Any] = load("clinical/allergy_classes")["words"][table].get(key, {})
    return str(names.get(language) or names.get("en") or key)


def words(table: str, language: str = "en") -> dict[str, str]:
    return {
        key: word(table, key, language) for key in load("clinical/allergy_classes")["words"][table]
    }


def _named(one: AllergyClass, text: str) -> bool:
    """Whether a class is named in a text, by the last word of its plain name or in full."""
    singular = one.key.replace("_", " ").removesuffix("s")
    return bool(text) and any(
        name in text for name in (singular, *(fold(name) for name in one.names.values())) if name
    )


@cache
def _atc() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in load("clinical/atc"):
        name = fold(row["substance"])
        found[name] = (*found.get(name, ()), row["atc"])
    return found
