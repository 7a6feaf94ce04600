"""Which column is which field: proposed from the headers, decided by the person."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Literal, NamedTuple

from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.headers import JOINT, header_key, marked_key
from tuyen.engines.exchange.refusals import FieldTakenTwice, UnknownColumn, UnknownField
from tuyen.engines.exchange.tabular import Column, Table

How = Literal["exact", "words", "spelling", "chosen"]

_LEAST = 0.5  # a proposal below this is no help
_TIE = 0.05


class Match(NamedTuple):
    """A column matched to a field, how surely (0 to 1) and by what."""

    letter: str
    header: str
    field: str
    confidence: float
    how: How


class Doubt(NamedTuple):
    """Columns that could all be ``field``: the person has to choose one."""

    field: str
    letters: tuple[str, ...]


class ColumnMap(NamedTuple):
    """The matching of a table's columns to fields.

    ``ignored`` columns are known and not read (line numbers); ``unmatched`` are not known;
    ``doubts`` hold columns nobody could tell apart; ``missing`` are required fields without a
    column ("one of" groups are listed as the fields of the group, joined by "|").
    """

    matches: tuple[Match, ...]
    ignored: tuple[str, ...]
    unmatched: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    missing: tuple[str, ...]

    def letter_of(self, field: str) -> str | None:
        """The letter of the column matched to ``field``."""
        return next((match.letter for match in self.matches if match.field == field), None)

    @property
    def settled(self) -> bool:
        """Whether nothing is left for the person to decide before reading."""
        return not self.doubts and not self.missing

    def remembered(self) -> dict[str, str]:
        """Header -> field, to be given as ``chosen`` for the next file of the same form."""
        return {match.header: match.field for match in self.matches if match.header}


def propose(
    table: Table, fields: Fields, chosen: Mapping[str, str | None] | None = None
) -> ColumnMap:
    """Match the columns of ``table`` to ``fields``.

    Parameters
    ----------
    chosen
        What the person decided: a column's letter or header -> a field's id, or None (or "") to
        leave the column out. It is final; the remaining columns are matched by their headers:
        exactly, by their words, or by spelling.

    Raises
    ------
    UnknownColumn, UnknownField, FieldTakenTwice
        If ``chosen`` names what is not there, or gives one field two columns.
    """
    fixed = _chosen(table, fields, chosen or {})
    taken = {field for field in fixed.values() if field}
    matches = [
        Match(column.letter, column.header, field, 1.0, "chosen")
        for column in table.columns
        if (field := fixed.get(column.letter))
    ]
    ignored = [letter for letter, field in fixed.items() if not field]
    candidates: list[Match] = []
    index = _Index(fields)
    for column in table.columns:
        if column.letter in fixed:
            continue
        key = header_key(column.header)
        if key in fields.ignored:
            ignored.append(column.letter)
        elif column.header:
            candidates.extend(m for m in index.candidates(column) if m.field not in taken)
    settled, doubts = _assign(candidates)
    matches = _in_order(table, [*matches, *settled])
    seen = {*(m.letter for m in matches), *ignored, *(x for d in doubts for x in d.letters)}
    return ColumnMap(
        matches=tuple(matches),
        ignored=tuple(ignored),
        unmatched=tuple(c.letter for c in table.columns if c.letter not in seen),
        doubts=tuple(doubts),
        missing=_missing(fields, {match.field for match in matches}),
    )


def _chosen(
    table: Table, fields: Fields, chosen: Mapping[str, str | None]
) -> dict[str, str | None]:
    fixed: dict[str, str | None] = {}
    for name, field in chosen.items():
        column = table.column(name)
        if column is None:
            shown = ", ".join(f"{c.letter} ({c.header[:40]})" for c in table.columns[:60])
            raise UnknownColumn(column=name, columns=shown)
        if field and field not in fields.by_id:
            raise UnknownField(field=field, fields=", ".join(fields.by_id))
        fixed[column.letter] = field or None
    for field, often in Counter(filter(None, fixed.values())).items():
        if often > 1:
            letters = [letter for letter, to in fixed.items() if to == field]
            raise FieldTakenTwice(field=field, columns=", ".join(letters))
    return fixed


class _Index:
    """Looks headers up: whole, by words, by pairs of letters."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.words: dict[str, set[str]] = defaultdict(set)  # word -> headers that hold it
        self.pairs: dict[str, set[str]] = defaultdict(set)
        rarity: set[tuple[str, str]] = set()
        for key, field in fields.by_header.items():
            for word in set(key.split()):
                self.words[word].add(key)
            for pair in _pairs(key):
                self.pairs[pair].add(key)
            rarity.update((word, field) for word in key.split())
        in_fields = Counter(word for word, _ in rarity)
        # A word of one field says much ("onset"), a word of many says little ("date").
        self.weight = {word: 1 / often for word, often in in_fields.items()}

    def candidates(self, column: Column) -> list[Match]:
        """The best match for each field that this header could name."""
        best: dict[str, Match] = {}
        if field := self.fields.by_marked.get(marked_key(column.header)):
            return [Match(column.letter, column.header, field, 1.0, "exact")]
        key = header_key(column.header)
        parts = [key]
        if JOINT in column.header:  # "Địa chỉ / Xã": whole, then its last line, a little less sure
            parts.append(header_key(column.header.rpartition(JOINT)[2]))
        for step, part in enumerate(parts):
            for found, confidence, how in self._look_up(part):
                field = self.fields.by_header[found]
                match = Match(
                    column.letter, column.header, field, round(confidence - 0.08 * step, 3), how
                )
                if field not in best or match.confidence > best[field].confidence:
                    best[field] = match
        return [match for match in best.values() if match.confidence >= _LEAST]

    def _look_up(self, key: str) -> list[tuple[str, float, How]]:
        if key in self.fields.by_header:
            return [(key, 1.0, "exact")]
        found: list[tuple[str, float, How]] = [
            (known, 0.9 * share, "words") for known, share in self._by_words(key)
        ]
        found += [(known, 0.85 * share, "spelling") for known, share in self._by_pairs(key)]
        return found

    def _by_words(self, key: str) -> list[tuple[str, float]]:
        """Known headers all of whose words are in ``key``, or the other way round."""
        words = set(key.split()[:40])
        near = {known for word in words for known in self.words.get(word, ())}
        found = []
        for known in near:
            theirs = set(known.split())
            shared = self._weigh(words & theirs)
            if theirs <= words:
                found.append((known, (shared + 0.01) / (self._weigh(words) + 0.01)))
            elif words <= theirs:
                found.append((known, 0.9 * shared / self._weigh(theirs)))
        return found

    def _weigh(self, words: set[str]) -> float:
        # A word no header holds counts little: it is a remark ("của bệnh nhân").
        return sum(self.weight.get(word, 0.15) for word in words)

    def _by_pairs(self, key: str) -> list[tuple[str, float]]:
        """Known headers spelled alike: Dice's coefficient of the pairs of letters."""
        pairs = _pairs(key[:80])
        if len(key) < 5:
            return []
        shared: Counter[str] = Counter()
        for pair in pairs:
            shared.update(self.pairs.get(pair, ()))
        return [
            (known, share)
            for known, count in shared.most_common(20)
            if (share := 2 * count / (len(pairs) + len(_pairs(known)))) > 0.75
        ]


def _pairs(key: str) -> set[str]:
    text = f" {key} "
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _assign(candidates: list[Match]) -> tuple[list[Match], list[Doubt]]:
    """Give each field its best column and each column its best field, the surest first."""
    waiting = sorted(candidates, key=lambda match: -match.confidence)
    settled: list[Match] = []
    doubts: list[Doubt] = []
    letters: set[str] = set()
    fields: set[str] = set()
    for match in waiting:
        if match.letter in letters or match.field in fields:
            continue
        rivals = [
            other
            for other in waiting
            if other.field == match.field
            and other.letter not in letters
            and match.confidence - other.confidence <= _TIE
            and (match.how == "exact") == (other.how == "exact")
        ]
        fields.add(match.field)
        if len(rivals) > 1:
            doubts.append(Doubt(match.field, tuple(sorted({r.letter for r in rivals}, key=_order))))
            letters.update(rival.letter for rival in rivals)
        else:
            settled.append(match)
            letters.add(match.letter)
    return settled, doubts


def _order(letter: str) -> tuple[int, str]:
    return len(letter), letter


def _in_order(table: Table, matches: list[Match]) -> list[Match]:
    place = {column.letter: at for at, column in enumerate(table.columns)}
    return sorted(matches, key=lambda match: place[match.letter])


def _missing(fields: Fields, there: set[str]) -> tuple[str, ...]:
    missing = [f.id for f in fields.by_id.values() if f.needs == "always" and f.id not in there]
    groups: dict[str, list[str]] = defaultdict(list)
    for field in fields.by_id.values():
        if field.needs.startswith("one of "):
            groups[field.needs].append(field.id)
    missing += ["|".join(ids) for ids in groups.values() if not there & set(ids)]
    return tuple(missing)
