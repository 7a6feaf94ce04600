"""The notifiable diseases: which are on the list on a day, how fast, in which group, by which code.

The disease id is the key; ICD-10 is a many-to-many attribute that only suggests (J09 serves four
influenzas), so the reporter picks the disease. A case is judged by the list of the day of its
diagnosis: 42 diseases of Circular 54/2015 to 2026-06-30, 81 from 2026-07-01.
"""

import datetime
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from tuyen.kernel.text import fold
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.loader import load, value
from tuyen.rules.surveillance.icd10 import Fit, fit

Window = Literal["24h", "48h", "weekly", "monthly"]
Group = Literal["A", "B", "C"]
_HOURLY: tuple[Window, ...] = ("24h", "48h")


class UnknownDisease(LookupError):
    """No disease has that id."""


class NotNotifiable(LookupError):
    """The disease is not on the list of that day."""


@dataclass(frozen=True, slots=True)
class Disease:
    """A disease: a stable id, its names by language, other words people type, its heirs."""

    id: str
    names: Mapping[str, str]
    also: tuple[str, ...]
    becomes: tuple[str, ...]

    def name(self, language: str = "en") -> str:
        """The name in ``language`` ("vi", "en", "zh"; "zh-hans" is zh), else in English."""
        return self.names.get(language[:2].lower(), self.names["en"])


class Listing(NamedTuple):
    """What a list says of one disease from ``since`` on; ``window`` None: no longer listed."""

    disease: str
    since: datetime.date
    window: Window | None
    icd10: tuple[str, ...]
    source: Mapping[str, Any]
    confidence: str
    verified: bool


class Grouping(NamedTuple):
    """The group of one disease from ``since`` on; ``group`` None: no longer grouped."""

    disease: str
    since: datetime.date
    group: Group | None
    source: Mapping[str, Any]
    confidence: str
    verified: bool


class Candidate(NamedTuple):
    """A disease that a code may stand for, by which entry of its list, and how well it fits."""

    disease: Disease
    entry: str
    fit: Fit


def disease(id: str) -> Disease:
    """The disease with that id, listed today or not.

    Raises
    ------
    UnknownDisease
        Names the nearest ids.
    """
    try:
        return _all()[id]
    except KeyError:
        near = ", ".join(difflib.get_close_matches(id, _all(), n=3)) or "none is near"
        raise UnknownDisease(f"{id!r} is not the id of a disease; nearest: {near}") from None


def all_diseases() -> tuple[Disease, ...]:
    """Every disease that any list or group of any day knows."""
    return tuple(_all().values())


@lru_cache(maxsize=512)
def diseases(on: datetime.date) -> tuple[Disease, ...]:
    """The notifiable diseases of ``on``, in the order of its list (24 h, 48 h, then the rest)."""
    current = [(_ORDER[entry.window], n, entry) for n, entry in _current(on) if entry.window]
    return tuple(disease(entry.disease) for _, _, entry in sorted(current, key=lambda c: c[:2]))


def listing(id: str, on: datetime.date) -> Listing | None:
    """What the list of ``on`` says of the disease, with its source; None if not listed."""
    history = _listings()[disease(id).id]
    entry = max((e for e in history if e.since <= on), key=lambda e: e.since, default=None)
    return entry if entry is not None and entry.window else None


def window(id: str, on: datetime.date) -> Window | None:
    """ "24h", "48h", "weekly" (case based), "monthly" (aggregate), or None: not notifiable then."""
    entry = listing(id, on)
    return entry.window if entry else None


def grouping(id: str, on: datetime.date) -> Grouping | None:
    """The group of the disease on ``on`` with its source and confidence; None if in no group."""
    history = _groupings()[disease(id).id]
    entry = max((e for e in history if e.since <= on), key=lambda e: e.since, default=None)
    return entry if entry is not None and entry.group else None


def group(id: str, on: datetime.date) -> Group | None:
    """ "A", "B", "C", or None: in no group on that day."""
    entry = grouping(id, on)
    return entry.group if entry else None


def predecessors(id: str) -> tuple[Disease, ...]:
    """The diseases of older lists whose counts belong to this one's history (tetanus has two)."""
    return tuple(d for d in _all().values() if disease(id).id in d.becomes)


def by_icd10(code: str, on: datetime.date) -> list[Candidate]:
    """The diseases of ``on`` that ``code`` may stand for, the closest entry first.

    An entry holds the codes under it ("A97" holds A97.1; "B50-B54" holds B52.0). A code shorter
    than an entry ("A40" for A40.8) may mean it: such candidates come last, with fit "wider". The answer
    is a suggestion; an empty list means only that no code is known, not that nothing is due.

    Raises
    ------
    ValueError
        If ``code`` is not shaped like an ICD-10 code.
    """
    found = [
        Candidate(listed, entry, how)
        for listed in diseases(on)
        for entry, how in _best(code, listing(listed.id, on))
    ]
    return sorted(found, key=lambda c: (c.fit == "wider", "-" in c.entry, -len(c.entry)))


def find(text: str, on: datetime.date, limit: int = 8) -> list[Disease]:
    """Suggestions for what a person typed, best first, among the diseases of ``on``.

    Looks at the id and the names and other words in Vietnamese, English and Chinese, without marks
    or case ("sot xuat huyet"), in part, and with a letter wrong.
    """
    wanted = fold(text)
    if not wanted:
        return []
    scored = [(_score(wanted, names), n, id) for n, (id, names) in enumerate(_folded(on))]
    return [disease(id) for score, _, id in sorted(scored) if score < _NO_MATCH][:limit]


def reporting_deadline(id: str, diagnosed_at: datetime.datetime) -> datetime.datetime:
    """The latest moment to report a case diagnosed then: a report is late if sent after it.

    24 h and 48 h run from the diagnosis. A weekly report covers Monday 00:00 to Sunday 24:00 and is
    due before the next Wednesday, so the answer is that Wednesday 00:00. A monthly aggregate
    (54/2015) is due some days after the month, an unverified parameter of deadlines.yaml.

    ``diagnosed_at`` without a time zone is Vietnamese time; with one it is converted to it.

    Raises
    ------
    NotNotifiable
        If the disease is not on the list of that day.
    """
    local = diagnosed_at.astimezone(VIETNAM) if diagnosed_at.tzinfo else diagnosed_at
    day = local.date()
    kind = window(id, day)
    if kind is None:
        raise NotNotifiable(f"{id} is not on the list of notifiable diseases of {day}")
    allowed = value(load("surveillance/deadlines")[kind]["values"], day)
    if kind in _HOURLY:
        return local + datetime.timedelta(hours=allowed)
    if kind == "weekly":
        period_end = day + datetime.timedelta(days=8 - day.isoweekday())
    else:
        period_end = (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    due = period_end + datetime.timedelta(days=allowed)
    return datetime.datetime.combine(due, datetime.time(), tzinfo=local.tzinfo)


_ORDER: Mapping[str | None, int] = {"24h": 0, "48h": 1, "weekly": 2, "monthly": 2}
_NO_MATCH = 99
_LANGUAGES = ("vi", "en", "zh")


@cache
def _all() -> dict[str, Disease]:
    return {
        row["id"]: Disease(
            id=row["id"],
            names={language: row[language] for language in _LANGUAGES},
            also=_split(row["also"]),
            becomes=_split(row["becomes"]),
        )
        for row in load("surveillance/diseases")
    }


def _split(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split("|") if part.strip())


@cache
def _listings() -> dict[str, list[Listing]]:
    sources = load("surveillance/sources")
    history: dict[str, list[Listing]] = {id: [] for id in _all()}
    for row in load("surveillance/reporting"):
        codes = tuple((row["icd10"] or "").split())
        history[row["disease"]].append(
            Listing(row["disease"], row["from"], row["window"], codes, sources[row["source"]],
                    row["confidence"], row["verified"])
        )  # fmt: skip
    return history


@cache
def _groupings() -> dict[str, list[Grouping]]:
    sources = load("surveillance/sources")
    history: dict[str, list[Grouping]] = {id: [] for id in _all()}
    for row in load("surveillance/groups"):
        history[row["disease"]].append(
            Grouping(row["disease"], row["from"], row["group"], sources[row["source"]],
                     row["confidence"], row["verified"])
        )  # fmt: skip
    return history


@cache
def _places() -> dict[tuple[str, datetime.date], int]:
    """Where each entry stands in its list: the order in which people know the diseases."""
    rows = load("surveillance/reporting")
    return {(row["disease"], row["from"]): n for n, row in enumerate(rows)}


def _current(on: datetime.date) -> list[tuple[int, Listing]]:
    entries = []
    for id in _all():
        entry = listing(id, on)
        if entry is not None:
            entries.append((_places()[id, entry.since], entry))
    return entries


def _best(code: str, entry: Listing | None) -> list[tuple[str, Fit]]:
    fits = [(written, fit(code, written)) for written in (entry.icd10 if entry else ())]
    hits = [(written, how) for written, how in fits if how is not None]
    hits.sort(key=lambda hit: (hit[1] == "wider", "-" in hit[0], -len(hit[0])))
    return hits[:1]


@lru_cache(maxsize=64)
def _folded(on: datetime.date) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (d.id, tuple(fold(name) for name in (d.id, *d.names.values(), *d.also)))
        for d in diseases(on)
    )


def _score(wanted: str, names: tuple[str, ...]) -> int:
    """Smaller is better: the name itself, it begins so, a word begins so, all words occur, nearly
    spelt so; an official name before another word at the same step."""
    words = wanted.split()
    tests = (
        lambda name: name == wanted,
        lambda name: name.startswith(wanted),
        lambda name: f" {name}".find(f" {wanted}") >= 0,
        lambda name: all(any(part.startswith(word) for part in name.split()) for word in words),
        lambda name: wanted in name,
        lambda name: difflib.SequenceMatcher(None, wanted, name).ratio() >= 0.8,
    )
    official = names[: 1 + len(_LANGUAGES)]
    for step, test in enumerate(tests):
        if any(map(test, names)):
            return 2 * step + (not any(map(test, official)))
    return _NO_MATCH
