"""Two records that may be one person: how strong the evidence is, field by field.

Each field of a pair agrees to some level; a level weighs ``log2(m / u)``, where m is how often two
records of one person agree so, and u how often two records of different people do (Fellegi and Sunter,
*A theory for record linkage*, JASA 64, 1969). Weights add up to log-odds, and with the odds that two
records taken at random are one person they give a probability.

Names are compared part by part (family, middle, given), folded and aligned. For an agreement on a name,
u is how frequent the name itself is among the records at hand (Winkler, *Frequency-based matching*,
1989), so that to share "Giàng", "A" or "Thị" says next to nothing where a third of the people are so
called, and to share a rare name says much.

The m and u of the other fields are in ``LEVELS`` with the reason for each. They are this project's
estimates for village records, not fitted to labelled pairs; an evaluation may replace them.
"""

import hashlib
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.text import fold, nfc

LIKELY = 0.9
"""From this probability on, a pair is shown as a likely duplicate."""
POSSIBLE = 0.5
"""Below this probability a pair is not shown at all."""
MOST = 3
"""Never more candidates than these for one record: a longer list hinders judgement."""
DUPLICATED = 0.02
"""Share of records assumed to have a second one; with n records the prior odds are this over n."""

_BLOCK = 40  # larger blocks are searched along their order instead of all with all
_WINDOW = 6

LEVELS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    # field: {level: (m, u)}. Blocks are not corrected for: u is over pairs taken at random.
    "birth": {
        "equal": (0.80, 1 / 25_000),  # one day in about seventy years
        "year": (0.85, 1 / 70),  # only the year is known of one of them, and it agrees
        "turned": (0.02, 1 / 25_000),  # day and month exchanged
        "near": (0.06, 1 / 2_500),  # two of day, month and year agree
        "same-year": (0.06, 1 / 70),
        "year-apart": (0.03, 2 / 70),  # lunar years and estimates
        "differs": (0.03, 0.95),
    },
    "sex": {"equal": (0.99, 0.5), "differs": (0.01, 0.5)},
    "place": {
        # u of an agreement is the share of people in the place itself.
        "village": (0.60, 0.0),
        "commune": (0.20, 0.0),
        "differs": (0.20, 1.0),  # people move, and are registered again where they come to
    },
    "household": {
        "equal": (0.40, 0.05),  # of pairs that are looked at, brothers and sisters are many
        "differs": (0.60, 0.95),
    },
    "phone": {"equal": (0.40, 0.01), "differs": (0.60, 0.99)},  # a family shares one
    "number": {
        "equal": (0.95, 1e-6),
        "mistyped": (0.03, 1e-5),  # one digit, or two neighbours exchanged
        "differs": (0.02, 1.0),
    },
}
_NAME = {
    # part: (m of equal, m of equal but for marks, m of close, m of differing)
    "family": (0.93, 0.03, 0.02, 0.02),
    "middle": (0.80, 0.05, 0.05, 0.10),
    "given": (0.88, 0.05, 0.04, 0.03),
}
_CLOSE = 2.0  # a close name is this much more common than the name itself


class Record(NamedTuple):
    """What is compared of a person; empty fields say nothing."""

    id: str
    name: str
    born_on: date
    precision: str = "day"  # "day", "month" or "year"
    sex: int = 3  # 1 male, 2 female, 3 not known
    village: str = ""
    commune: str = ""
    household: str = ""
    phone: str = ""
    numbers: tuple[tuple[str, str], ...] = ()  # (system, value)


class Evidence(NamedTuple):
    """How one field agrees, and what that weighs in bits: above 0 it speaks for one person."""

    field: str
    level: str
    weight: float


class Match(NamedTuple):
    """A pair judged."""

    probability: float
    weight: float  # bits, without the prior
    evidence: tuple[Evidence, ...]

    @property
    def likely(self) -> bool:
        return self.probability >= LIKELY


class Name(NamedTuple):
    """A name taken apart; folded parts, and the parts with their marks."""

    family: str
    middle: str
    given: str
    marked: tuple[str, str, str]


class Frequencies(NamedTuple):
    """How frequent names and places are among ``total`` records."""

    total: int
    names: Mapping[str, Mapping[str, int]]  # by part
    villages: Mapping[str, int]
    communes: Mapping[str, int]

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Frequencies":
        names: dict[str, Counter[str]] = {part: Counter() for part in _NAME}
        villages: Counter[str] = Counter()
        communes: Counter[str] = Counter()
        total = 0
        for record in records:
            total += 1
            name = parts(record.name)
            for part in _NAME:
                names[part][getattr(name, part)] += 1
            villages[record.village] += 1
            communes[record.commune] += 1
        return cls(total, names, villages, communes)

    def share(self, counts: Mapping[str, int], value: str) -> float:
        """How likely a record taken at random has this value; never nought."""
        return (counts.get(value, 0) + 1) / (self.total + 2)


@lru_cache(maxsize=1 << 16)
def parts(name: str) -> Name:
    """Family, middle and given name, as written in Vietnam: the family name first.

    >>> parts("Giàng Thị Mỷ")[:3], parts("Pó")[:3]
    (('giang', 'thi', 'my'), ('', '', 'po'))
    """
    marked = nfc(name).casefold().split()
    words = [fold(word).replace(" ", "") for word in marked]
    return _named(words, marked)


def _named(words: Sequence[str], marked: Sequence[str]) -> Name:
    if len(words) < 2:
        return Name("", "", "".join(words), ("", "", "".join(marked)))
    return Name(
        words[0], " ".join(words[1:-1]), words[-1],
        (marked[0], " ".join(marked[1:-1]), marked[-1]),
    )  # fmt: skip


def compare(one: Record, other: Record, known: Frequencies) -> Match:
    """Judge a pair. The order of the two does not matter.

    Parameters
    ----------
    known
        Frequencies of names and places, of everybody or of a sample; its total sets the prior.
    """
    found = [*_names(one, other, known), _birth(one, other)]
    if 3 not in (one.sex, other.sex):
        found.append(_level("sex", "equal" if one.sex == other.sex else "differs"))
    found += _place(one, other, known)
    for field in ("household", "phone"):
        mine, theirs = getattr(one, field), getattr(other, field)
        if mine and theirs:
            found.append(_level(field, "equal" if mine == theirs else "differs"))
    found += _numbers(one, other)
    weight = sum(each.weight for each in found)
    odds = weight + math.log2(DUPLICATED / max(known.total, 2))
    probability = 1 / (1 + 2.0 ** -max(-60.0, min(60.0, odds)))
    return Match(round(probability, 6), round(weight, 3), tuple(found))


def find(
    records: Sequence[Record],
    known: Frequencies | None = None,
    least: float = POSSIBLE,
    most: int = MOST,
) -> list[tuple[int, int, Match]]:
    """The pairs that are likely one person, the most likely first.

    Returns
    -------
    list of (i, j, match)
        Positions with i < j. A record appears in at most ``most`` pairs, its best.

    Notes
    -----
    Only pairs that share a block are compared (:func:`pairs`): about n of them, not n squared.
    """
    known = known or Frequencies.of(records)
    judged = []
    for i, j in pairs(records):
        match = compare(records[i], records[j], known)
        if match.probability >= least:
            judged.append((i, j, match))
    judged.sort(key=lambda pair: (-pair[2].weight, records[pair[0]].id, records[pair[1]].id))
    used: Counter[int] = Counter()
    kept = []
    for i, j, match in judged:
        if used[i] < most and used[j] < most:
            used[i] += 1
            used[j] += 1
            kept.append((i, j, match))
    return kept


def candidates(
    record: Record,
    others: Sequence[Record],
    known: Frequencies,
    least: float = POSSIBLE,
    most: int = MOST,
) -> list[tuple[int, Match]]:
    """The few of ``others`` that may be the same person, the most likely first."""
    judged = [(n, compare(record, other, known)) for n, other in enumerate(others)]
    judged = [(n, m) for n, m in judged if m.probability >= least and others[n].id != record.id]
    return sorted(judged, key=lambda pair: (-pair[1].weight, others[pair[0]].id))[:most]


def pairs(records: Sequence[Record]) -> list[tuple[int, int]]:
    """Pairs worth comparing: those that share a key (see :func:`keys`), each once, in order.

    A block of more than 40 is put in order of name and birth, and each record is paired with the
    six that follow it, so that no frequent name makes the work grow with its square.
    """
    digests: list[int] = []
    rows: list[int] = []
    for row, record in enumerate(records):
        for key in keys(record):
            digests.append(_digest(key))
            rows.append(row)
    if not rows:
        return []
    found = _within_blocks(records, np.array(digests, np.uint64), np.array(rows, np.int64))
    return [divmod(code, len(records)) for code in found.tolist()]


def keys(record: Record) -> Iterator[str]:
    """The blocks of a record: numbers and phone; given name and birth date; all of the name and
    birth year; given name, village and birth year or its neighbour; household and birth year."""
    name = parts(record.name)
    born = record.born_on
    for system, value in record.numbers:
        yield f"n|{system}|{value}"
    if len(record.phone) >= 9:
        yield f"p|{record.phone}|{name.given}"
    if not _only_year(record):
        yield f"g|{name.given}|{born.isoformat()}"
        yield f"d|{name.family}|{born.isoformat()}|{record.sex}|{record.commune}"
    words = sorted(word for word in (name.family, *name.middle.split(), name.given) if word)
    yield f"y|{''.join(words)}|{born.year}"
    if record.village:
        for year in (born.year, born.year + 1):
            yield f"v|{record.village}|{name.given}|{year}"
    if record.household:
        yield f"h|{record.household}|{born.year}"


def _digest(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")


def _within_blocks(
    records: Sequence[Record], digests: NDArray[np.uint64], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Codes i * n + j of the pairs (i < j) that share a digest, sorted, each once."""
    order = np.argsort(digests, kind="stable")
    ordered, rows = digests[order], rows[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, ordered.size])
    total = len(records)
    codes: list[int] = []
    for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        block = sorted(set(rows[start : start + size].tolist()))
        reach = len(block)
        if reach > _BLOCK:
            block.sort(key=lambda row: (fold(records[row].name), records[row].born_on, row))
            reach = _WINDOW + 1
        for at, one in enumerate(block):
            for other in block[at + 1 : at + reach]:
                codes.append(min(one, other) * total + max(one, other))
    return np.unique(np.array(codes, np.int64))


# -- fields --------------------------------------------------------------------------------------


def _level(field: str, level: str, u: float | None = None) -> Evidence:
    m, usual = LEVELS[field][level]
    return Evidence(field, level, round(math.log2(m / (usual if u is None else u)), 3))


def _names(one: Record, other: Record, known: Frequencies) -> list[Evidence]:
    """The parts in their order, or turned about when that agrees better ("Pó Giàng A")."""
    mine, theirs = parts(one.name), parts(other.name)
    straight = _aligned(mine, theirs, known)
    best = sum(each.weight for each in straight)
    for turned in (_turned(mine, theirs, known), _turned(theirs, mine, known)):
        if turned and (weight := sum(each.weight for each in turned)) > best:
            straight, best = turned, weight
    return straight


def _turned(mine: Name, theirs: Name, known: Frequencies) -> list[Evidence] | None:
    """As if ``theirs`` had been written given name first: at a price, as it is rare."""
    if not theirs.family:
        return None
    words = [theirs.family, *theirs.middle.split(), theirs.given]
    marks = [theirs.marked[0], *theirs.marked[1].split(), theirs.marked[2]]
    turned = _named([*words[1:], words[0]], [*marks[1:], marks[0]])
    return [*_aligned(mine, turned, known), Evidence("order", "turned", -4.0)]


def _aligned(mine: Name, theirs: Name, known: Frequencies) -> list[Evidence]:
    found = []
    for at, part in enumerate(_NAME):
        a, b = getattr(mine, part), getattr(theirs, part)
        if a and b:
            marks = (mine.marked[at], theirs.marked[at])
            found.append(_part(part, a, b, marks, known))
    return found


def _part(part: str, a: str, b: str, marked: tuple[str, str], known: Frequencies) -> Evidence:
    counts = known.names[part]
    shares = known.share(counts, a), known.share(counts, b)
    equal, unmarked, close, differs = _NAME[part]
    if a == b:
        # Typed without marks, or with the tone mark elsewhere, is the same; other marks are not.
        bare = marked[0].isascii() or marked[1].isascii()
        same = bare or _letters(marked[0]) == _letters(marked[1])
        level, m = ("equal", equal) if same else ("marks", unmarked)
        return Evidence(part, level, round(math.log2(m / shares[0]), 3))
    if SequenceMatcher(None, min(a, b), max(a, b), autojunk=False).ratio() >= 0.8:
        u = min(1.0, _CLOSE * max(shares))
        return Evidence(part, "close", round(math.log2(close / u), 3))
    return Evidence(part, "differs", round(math.log2(differs / (1 - min(0.9, max(shares)))), 3))


def _letters(text: str) -> list[str]:
    """Letters and marks in no order: "hoà" and "hòa" are equal."""
    return sorted(unicodedata.normalize("NFD", text))


def _birth(one: Record, other: Record) -> Evidence:
    a, b = one.born_on, other.born_on
    if _only_year(one) or _only_year(other):
        level = {0: "year", 1: "year-apart"}.get(abs(a.year - b.year), "differs")
        return _level("birth", level)
    if a == b:
        return _level("birth", "equal")
    if a.year == b.year and (a.day, a.month) == (b.month, b.day):
        return _level("birth", "turned")
    if (a.year == b.year) + (a.month == b.month) + (a.day == b.day) == 2:
        apart = abs(a.year - b.year)
        return _level("birth", "near" if apart in (0, 1, 10) else "differs")
    if a.year == b.year:
        return _level("birth", "same-year")
    return _level("birth", "year-apart" if abs(a.year - b.year) == 1 else "differs")


def _only_year(record: Record) -> bool:
    """1 January is written where the day is not known."""
    return record.precision == "year" or (record.born_on.month, record.born_on.day) == (1, 1)


def _place(one: Record, other: Record, known: Frequencies) -> Iterator[Evidence]:
    if not (one.commune and other.commune):
        return
    if one.village and one.village == other.village:
        yield _level("place", "village", known.share(known.villages, one.village))
    elif one.commune == other.commune:
        yield _level("place", "commune", known.share(known.communes, one.commune))
    else:
        yield _level("place", "differs")


def _numbers(one: Record, other: Record) -> Iterator[Evidence]:
    """Each system once, by the best agreement of its numbers."""
    mine: dict[str, set[str]] = defaultdict(set)
    theirs: dict[str, set[str]] = defaultdict(set)
    for record, held in ((one, mine), (other, theirs)):
        for system, value in record.numbers:
            held[system].add(value)
    for system in sorted(mine.keys() & theirs.keys()):
        if mine[system] & theirs[system]:
            yield _level("number", "equal")
        elif any(_mistyped(a, b) for a in mine[system] for b in theirs[system]):
            yield _level("number", "mistyped")
        else:
            yield _level("number", "differs")


def _mistyped(a: str, b: str) -> bool:
    """One character replaced, or two neighbours exchanged.

    >>> _mistyped("0123", "0143"), _mistyped("0123", "0132"), _mistyped("0123", "3210")
    (True, True, False)
    """
    if len(a) != len(b):
        return False
    wrong = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        return a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
    return len(wrong) == 1
