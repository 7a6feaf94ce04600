"""Finding units as somebody types them: no marks, parts of words, any order, old names too."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from tuyen.apps.registry.queries import Atlas
from tuyen.kernel.text import fold


class _Entry(NamedTuple):
    unit: UUID
    lines: tuple[str, ...]  # folded, each word after a space; one for each name it ever had
    codes: frozenset[str]


_entries: "WeakKeyDictionary[Atlas, list[_Entry]]" = WeakKeyDictionary()


def units_called(
    atlas: Atlas, text: str, on: date, *, types: Collection[str] = (), limit: int = 12,
    former: bool = True,
) -> list[UUID]:  # fmt: skip
    """Units that a text may mean, best first: those of the day before those that have ended.

    Every word must begin a word of one of its names, or the whole must be one of its codes. Where
    nothing does, the nearest names are taken.
    """
    asked = fold(text).split()
    if not asked:
        return []
    starts = [f" {word}" for word in asked]
    whole = text.strip().upper()
    found: list[tuple[tuple[bool, bool, bool, int, str], UUID]] = []
    for entry in _index(atlas):
        coded = whole in entry.codes
        lines = [line for line in entry.lines if all(start in line for start in starts)]
        if not coded and not lines:
            continue
        if types and atlas.type(entry.unit, on) not in types:
            continue
        current = atlas.valid(entry.unit, on)
        if not current and not former:
            continue
        line = min(lines, key=len, default="")
        ends = f" {' '.join(asked)} "
        key = (not coded, not current, ends not in f"{line} ", len(line), line)
        found.append((key, entry.unit))
    if not found:
        near = atlas.find(text, on, types or None, limit)
        return [c.unit for c in near if c.score >= 0.6 and (former or c.current)]
    return [unit for _, unit in sorted(found, key=lambda pair: (pair[0], str(pair[1])))[:limit]]


def matching(atlas: Atlas, text: str) -> set[UUID] | None:
    """All units whose names or codes fit, for a list that is filtered; None for no text."""
    starts = [f" {word}" for word in fold(text).split()]
    if not starts:
        return None
    whole = text.strip().upper()
    return {
        entry.unit
        for entry in _index(atlas)
        if whole in entry.codes
        or any(all(start in line for start in starts) for line in entry.lines)
    }


def _index(atlas: Atlas) -> list[_Entry]:
    """Made once for each state of the map, and forgotten with it."""
    if atlas not in _entries:
        _entries[atlas] = [
            _Entry(
                id,
                tuple(
                    dict.fromkeys(
                        " " + fold(span.value.full_name or span.value.name) for span in unit.names
                    )
                ),
                frozenset(span.value[1].upper() for span in unit.codes),
            )
            for id, unit in atlas.units_by_id.items()
        ]
    return _entries[atlas]
