"""What makes two reports the same person's."""

from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any
from uuid import UUID

from tuyen.kernel.text import fold

Key = tuple[Any, ...]


@lru_cache(maxsize=1 << 15)
def folded(name: str) -> str:
    """A name without marks and case, as it is stored for search; a batch asks for each thrice."""
    return fold(name)[:200]


@lru_cache(maxsize=4096)
def person_keys(
    person: UUID | None, identity: str, name: str, born: date | None
) -> tuple[Key, ...]:
    """(column, value, more): any one of them in common makes two reports the same person's."""
    keys: list[Key] = []
    if person is not None:
        keys.append(("person_id", person))
    if plain := identity.replace(" ", ""):
        keys.append(("identity", plain))
    if born is not None and name and (plain := folded(name)):
        keys.append(("name_folded", plain, born))
    return tuple(keys)


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1, whatever their marks and the order of their words.

    >>> likeness("Lò Thị Hoa", "Hoa Lo Thi"), likeness("Lò Thị Hoa", "Giàng A Páo") < 0.5
    (1.0, True)
    """
    first, second = (" ".join(sorted(fold(name).split())) for name in (one, other))
    return SequenceMatcher(None, first, second).ratio() if first and second else 0.0
