"""Find the administrative unit that a messy text means: "P.Thanh Bình, TP Điện Biên Phủ".

The text is cut into segments, smallest unit first as addresses are written. A segment is read with
its type word taken off ("xã", "TT.", "P.") and once more whole, because "Xa Dung" is a commune and
"xã Dung" is not. Names are compared folded (no marks, no case); what does not match is looked for
by shared letter triples (Dice), the best of which are scored by difflib. Marks, types and the
larger units that are named too decide between equals. Pure: the index holds all there is to know.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import NamedTuple

from tuyen.kernel.text import fold, nfc
from tuyen.kernel.validity import Validity


class Place(NamedTuple):
    """A unit that may be meant."""

    unit: str  # key
    name: str  # without its type: "Mường Pồn"
    kind: str  # "commune", "ward", "town", "special_zone", "district", "province", ...
    code: str | None = None
    since: date | None = None
    until: date | None = None
    within: tuple[str, ...] = ()  # names of the larger units it lies in, in any order


class Candidate(NamedTuple):
    unit: str
    name: str
    kind: str
    score: float  # 0 to 1; 1 is a code or a name that leaves no doubt
    why: str  # "code", "name" or "similar"
    current: bool  # valid on the day asked (or not ended, if none was)
    successors: tuple[tuple[str, float], ...]  # of a unit that ended: (unit, share), largest first


# Type words by kind, as they stand in front of a name once folded. Longest are tried first.
_WORDS: dict[str, tuple[str, ...]] = {
    "commune": ("xa", "x"),
    "ward": ("phuong", "p", "ph"),
    "town": ("thi tran", "tt", "t t"),
    "special_zone": ("dac khu", "dk"),
    "district": ("huyen", "quan", "thi xa", "tx", "h", "q", "t x", "thanh pho", "tp", "t p"),
    "province": ("tinh", "thanh pho", "tp", "t p", "t"),
    "village": (
        "thon ban", "thon", "ban", "to dan pho", "tdp", "khu pho", "ap", "khom", "to", "doi",
    ),
}  # fmt: skip
_PREFIXES: list[tuple[list[str], str]] = sorted(
    ((word.split(), kind) for kind, words in _WORDS.items() for word in words),
    key=lambda pair: -len(pair[0]),
)
_LEVEL = {"commune": 0, "ward": 0, "town": 0, "special_zone": 0, "district": 1, "province": 2}
_CUT = re.compile(r"[,;|/\n()]+|\s[-–—]\s")
# A type word inside a run of words begins a new segment: "xã Mường Pồn huyện Điện Biên".
_INNER = re.compile(
    r"\s(?=(?:xã|phường|thị trấn|đặc khu|huyện|quận|thị xã|thành phố|tỉnh|tp\.?|tx\.?"
    r"|huyen|thi tran|thi xa|thanh pho|tinh)\s)",
    re.IGNORECASE,
)
_FACILITY = re.compile(r"^(?:tram y te|tyt|tram yt|diem tram|phong kham)\s+")
_GLUED = re.compile(r"^([pq])(\d{1,2})$")  # "P5", "Q1"

_LEAST = 0.55  # similarity below which nothing is suggested
_POOL = 25  # nearest names by letter triples that are scored in full
_KIND_WRONG, _MARKS_WRONG, _NOT_VALID = 0.08, 0.03, 0.04
_CONTEXT_WRONG, _LATER_SEGMENT = 0.12, 0.10


class _Reading(NamedTuple):
    kind: str | None  # None: no type word was taken off
    folded: str
    marked: tuple[str, ...]  # words with their marks, wherever the tone mark stands


class PlaceIndex:
    """Places made ready to be searched.

    Parameters
    ----------
    places
        Current and former units; two may share a name, and a code in time. A unit known by
        several names ("TP HCM") is listed once under each.
    successors
        What each unit that ended became: ``{unit: [(unit, share), ...]}``.
    """

    def __init__(
        self,
        places: Iterable[Place],
        successors: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    ) -> None:
        self.places: tuple[Place, ...] = tuple(places)
        self._successors = dict(successors or {})
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_code: dict[str, list[int]] = defaultdict(list)
        self._by_triple: dict[str, list[str]] = defaultdict(list)
        self._marked = [_marked(place.name) for place in self.places]
        self._within = [
            frozenset(_squeeze(fold(name)) for name in place.within) for place in self.places
        ]
        for row, place in enumerate(self.places):
            self._by_name[_squeeze(fold(place.name))].append(row)
            if place.code:
                self._by_code[place.code].append(row)
        for name in self._by_name:
            for triple in _triples(name):
                self._by_triple[triple].append(name)

    def find(
        self,
        text: str,
        on: date | None = None,
        kinds: Collection[str] | None = None,
        limit: int = 3,
    ) -> list[Candidate]:
        """The units ``text`` may mean, best first; an empty list when nothing is near.

        Parameters
        ----------
        on
            The day the text speaks of: units valid then are preferred. None prefers the current.
        kinds
            Only units of these kinds.
        limit
            At most so many.
        """
        by_code = self._coded(text, on, kinds)
        if by_code:
            return by_code[:limit]
        best: dict[str, tuple[float, int, str]] = {}  # by unit: it may be listed under two names
        for segments in _segmentations(text):
            for row, score, why in self._matches(segments, on, kinds):
                unit = self.places[row].unit
                if unit not in best or score > best[unit][0]:
                    best[unit] = score, row, why
        found = [self._candidate(row, score, why, on) for score, row, why in best.values()]
        return sorted(found, key=lambda c: (-c.score, not c.current, c.unit))[:limit]

    def find_many(
        self, texts: Sequence[str], on: date | None = None, kinds: Collection[str] | None = None
    ) -> list[list[Candidate]]:
        """:meth:`find` for a column of a line list; equal texts are looked up once."""
        known = {text: self.find(text, on, kinds) for text in dict.fromkeys(texts)}
        return [known[text] for text in texts]

    def _coded(self, text: str, on: date | None, kinds: Collection[str] | None) -> list[Candidate]:
        given = nfc(text).strip("'\" ")
        if not given.isdecimal() or len(given) > 5:
            return []
        found: dict[str, Candidate] = {}
        for width in (len(given), 5, 2):  # a spreadsheet takes leading zeros off
            for row in self._by_code.get(given.zfill(width), ()):
                if kinds is None or self.places[row].kind in kinds:
                    score = 1.0 if width == len(given) else 0.95
                    one = self._candidate(row, score, "code", on)
                    found.setdefault(one.unit, one)
            if found:
                break
        return sorted(found.values(), key=lambda c: (not c.current, c.unit))

    def _matches(
        self, segments: list[list[_Reading]], on: date | None, kinds: Collection[str] | None
    ) -> Iterable[tuple[int, float, str]]:
        places = [part for part in segments if all(r.kind != "village" for r in part)]
        for position, readings in enumerate(places or segments):
            larger = [
                {_squeeze(reading.folded) for reading in later} for later in places[position + 1 :]
            ]
            for reading in readings:
                for name, similar in self._near(_squeeze(reading.folded)):
                    for row in self._by_name[name]:
                        if kinds is not None and self.places[row].kind not in kinds:
                            continue
                        score = similar - _LATER_SEGMENT * position
                        score -= self._doubt(row, reading, larger, similar, on)
                        if score > 0:
                            yield row, score, "name" if similar == 1 else "similar"

    def _doubt(
        self,
        row: int,
        reading: _Reading,
        larger: list[set[str]],
        similar: float,
        on: date | None,
    ) -> float:
        place = self.places[row]
        doubt = 0.0
        if reading.kind is not None and reading.kind != place.kind:
            alike = _LEVEL.get(reading.kind) == _LEVEL.get(place.kind)
            doubt += _KIND_WRONG if alike else 3 * _KIND_WRONG
        typed = reading.marked != tuple(reading.folded.split())  # with marks at all
        if similar == 1 and typed and reading.marked != self._marked[row]:
            doubt += _MARKS_WRONG
        if self._within[row]:
            doubt += _CONTEXT_WRONG * sum(not names & self._within[row] for names in larger)
        if not _valid(place, on):
            doubt += _NOT_VALID
        return doubt

    def _near(self, name: str) -> list[tuple[str, float]]:
        if name in self._by_name:
            return [(name, 1.0)]
        if len(name) < 3:
            return []
        shared = Counter(other for t in _triples(name) for other in self._by_triple.get(t, ()))
        size = len(_triples(name))
        pool = sorted(
            shared, key=lambda other: (-2 * shared[other] / (size + len(_triples(other))), other)
        )[:_POOL]
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(name)
        found = []
        for other in pool:
            matcher.set_seq1(other)
            ratio = matcher.ratio()
            if ratio >= _LEAST:
                found.append((other, 0.95 * ratio))
        return found

    def _candidate(self, row: int, score: float, why: str, on: date | None) -> Candidate:
        place = self.places[row]
        heirs = sorted(self._successors.get(place.unit, ()), key=lambda pair: (-pair[1], pair[0]))
        return Candidate(
            place.unit,
            place.name,
            place.kind,
            round(score, 4),
            why,
            _valid(place, on),
            tuple(heirs),
        )


def _valid(place: Place, on: date | None) -> bool:
    if on is None:
        return place.until is None
    return Validity(place.since, place.until).covers(on)


def _segmentations(text: str) -> list[list[list[_Reading]]]:
    """The text cut into segments of readings, in each way that makes sense."""
    whole = nfc(text)
    coarse = [part.strip(" .:-") for part in _CUT.split(whole)]
    fine = [piece.strip(" .:-") for part in coarse for piece in _INNER.split(part)]
    ways = [coarse] if fine == coarse else [fine, coarse]
    return [[_readings(part) for part in way if fold(part)] for way in ways]


def _readings(segment: str) -> list[_Reading]:
    folded = _FACILITY.sub("", fold(segment))
    words = folded.split()
    if words and (glued := _GLUED.match(words[0])):
        words[:1] = glued.groups()
    marked = _marked(segment)
    found = [_Reading(None, " ".join(words), marked[-len(words) :])]
    for prefix, kind in _PREFIXES:
        n = len(prefix)
        if words[:n] == prefix and len(words) > n:
            rest = words[n:]
            if len(rest) == 1 and rest[0].isdecimal():
                rest = [rest[0].lstrip("0") or "0"]  # "Phường 05"
            found.append(_Reading(kind, " ".join(rest), marked[-len(rest) :]))
    return found


def _marked(text: str) -> tuple[str, ...]:
    """The words of a name, each as its sorted letters and marks: "hoà" and "hòa" are equal.

    >>> _marked("hoà") == _marked("hòa"), _marked("Ma") == _marked("Mạ")
    (True, False)
    """
    spread = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in spread)
    return tuple("".join(sorted(word)) if not word.isascii() else word for word in plain.split())


def _squeeze(folded: str) -> str:
    return folded.replace(" ", "")


def _triples(name: str) -> set[str]:
    padded = f"^{name}$"
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
