"""Papers that a visit gives out: what is written on each, as ``clinical/papers`` declares it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from tuyen.rules.clinical.programme import Question, Words
from tuyen.rules.clinical.reading import Slip, read
from tuyen.rules.loader import BadRule, load


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper: its names, and what a person writes on it."""

    order: int
    names: Words
    form: dict[str, Question] = field(default_factory=dict)


@cache
def papers() -> Mapping[str, Paper]:
    """The papers by their codes, in order.

    >>> list(papers())
    ['sick-leave', 'antenatal-leave', 'discharge', 'birth']

    Raises
    ------
    BadRule
        If the file has not its form; it names the place.
    """
    try:
        found = {
            code: read(told, Paper, code)
            for code, told in load("clinical/papers")["papers"].items()
        }
    except Slip as error:
        raise BadRule(f"clinical/papers: {error}") from None
    return dict(sorted(found.items(), key=lambda one: one[1].order))
