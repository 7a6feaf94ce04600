"""Which visits stand in a book of a station, and what is counted from it at the end of a month."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, NamedTuple


class Facts(NamedTuple):
    """What a book needs to know of a visit. ``years``: completed years of age; ``sex``: 1 male, 2
    female, 3 not known; ``codes``: ICD-10; ``served``: kinds of service."""

    person: Hashable
    sex: int
    years: int
    payer: str = ""
    care: str = ""
    setting: str = ""
    codes: frozenset[str] = frozenset()
    served: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    prescribed: bool = False
    dispensed: bool = False
    referred: bool = False
    traditional: bool = False
    tags: frozenset[str] = frozenset()  # what a line says by name: live, pill, antenatal.hiv_test
    reached: int = 0  # people of whom a line speaks without naming them


_WORDS: Mapping[str, Callable[[Facts, Any], bool]] = {
    "sex": lambda one, value: one.sex == value,
    "under": lambda one, value: one.years < value,
    "from": lambda one, value: one.years >= value,
    "payer": lambda one, value: one.payer == value,
    "setting": lambda one, value: one.setting == value,
    "care": lambda one, value: one.care in value,
    "codes": lambda one, value: any(_within(code, span) for code in one.codes for span in value),
    "served": lambda one, value: not one.served.isdisjoint(value),
    "answered": lambda one, value: not one.answered.isdisjoint(value),
    "prescribed": lambda one, value: one.prescribed == value,
    "dispensed": lambda one, value: one.dispensed == value,
    "referred": lambda one, value: one.referred == value,
    "traditional": lambda one, value: one.traditional == value,
    "tags": lambda one, value: one.tags.issuperset(value),
}
WORDS = frozenset({*_WORDS, "any"})
"""What a rule may ask of a visit; of what stands under ``any`` one is enough."""


def fits(one: Facts, of: Mapping[str, Any]) -> bool:
    """Whether everything that a rule asks holds of a visit; nothing asked holds of every visit.

    >>> fits(Facts("a", 2, 5, codes=frozenset({"I10"})), {"codes": ["I10-I15"], "under": 6})
    True
    >>> fits(Facts("a", 2, 5), {"any": [{"codes": ["I10"]}, {"under": 6}]})
    True
    """
    return all(
        any(fits(one, part) for part in value) if word == "any" else _WORDS[word](one, value)
        for word, value in of.items()
    )


def count(
    visits: Iterable[Facts], of: Mapping[str, Any], *, people: bool = False, reached: bool = False
) -> int:
    """How many visits a rule fits; with ``people`` how many persons had one that it fits, with
    ``reached`` how many people those lines speak of together.

    >>> talks = [Facts(None, 3, 0, tags=frozenset({"group"}), reached=n) for n in (12, 30)]
    >>> count(talks, {"tags": ["group"]}), count(talks, {}, reached=True)
    (2, 42)
    """
    fitting = [one for one in visits if fits(one, of)]
    if reached:
        return sum(one.reached for one in fitting)
    return len({one.person for one in fitting}) if people else len(fitting)


def _within(code: str, span: str) -> bool:
    first, _, last = span.partition("-")
    return first <= code[: len(first)] <= (last or first)
