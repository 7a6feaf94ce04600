"""Values that stand for real ones in a copy from which nobody can be known again.

A mask is a function of a secret key and the value alone. So one person's name is the same mask in
every table and in the journal, whatever the order in which they are copied; another key gives
another mask; and without the key no mask leads back. What must stay different stays different:
numbers are permuted (Luby and Rackoff, SIAM J Comput 1988; 17: 373-386, a Feistel network on
decimal halves), so no two real ones meet in one mask, and none is its own.
"""

import base64
import calendar
import hashlib
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from tuyen.kernel.text import fold

HIDDEN = "Đã che"
"""How a masked text begins: "hidden"."""
_ROUNDS = 4
_PERSONAL = re.compile(r"[0-9]{12}")
_CARD = re.compile(r"[A-Z]{2}[0-9]{13}")
_PLAIN = re.compile(r"[A-Z]?[0-9]{1,10}")
_SEPARATORS = re.compile(r"[\s.\-]+")
_FIGURE = re.compile(r"[-+<>≤≥~]?(0|[1-9][0-9]{0,6})(\.[0-9]{1,6})?%?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{5,15}(Z|[+-][0-9]{2}:?[0-9]{2})?)?")
_PERIOD = re.compile(r"[0-9]{4}-?[A-Z]?[0-9]{0,2}([-/][A-Z0-9]{1,4})?")
_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_CAUSE = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,3})?")  # of the classification of diseases
_LOT = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9/.-]{0,19}")
_OF_SOMEBODY = re.compile(r"[A-Z]{0,2}[0-9]{9,}")  # a telephone, a personal number, a card
_FORMS = (_PERIOD, _MOMENT, _ID, _FIGURE, _CAUSE)


class Sort(NamedTuple):
    """Names of one people: those of the family, and for each sex the middle and given names."""

    family: tuple[str, ...]
    middle: tuple[tuple[str, ...], tuple[str, ...]]  # of men, of women
    given: tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Masks:
    """Masks under one key. ``families``: family names that nobody bears; ``names``: middle and given
    names by people; ``words``: the words that the rules know, which say nothing of anybody."""

    key: bytes
    families: Sequence[str]
    names: Sequence[Sort]
    words: Collection[str] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        for method in ("name", "number", "phone", "text", "login", "address"):
            whole = getattr(type(self), method)
            object.__setattr__(self, method, lru_cache(maxsize=1 << 15)(whole.__get__(self)))

    def name(self, value: str) -> str:
        """A person's name: middle and given name of the same people and sex where the name tells
        them, behind a family name that nobody bears.

        Names that differ only in marks, case or spaces have one mask.
        """
        if not value.strip():
            return value
        words = fold(value).split() or [value]
        sort = self._people(words[0])
        sex = _sex(words, sort)
        dice = self._number("name", " ".join(words))
        parts = []
        for choice in (self.families, sort.middle[sex], sort.given[sex]):
            dice, at = divmod(dice, len(choice))
            parts.append(choice[at])
        return " ".join(filter(None, parts))

    def number(self, value: str) -> str:
        """An identifier, card or record number of the same form, never the same number.

        Of a personal number the place, sex and year of birth stay, of an insurance card its group
        and province: a copy keeps those anyway, and checks go by them. The ten digits of a card
        and the same ten digits alone keep together. What has no known form becomes letters.
        """
        bare = _SEPARATORS.sub("", value).upper()
        if not bare:
            return value
        if _PERSONAL.fullmatch(bare):
            return bare[:6] + self._permuted(bare[6:])
        if _CARD.fullmatch(bare):
            return bare[:5] + self._permuted(bare[5:])
        if _PLAIN.fullmatch(bare):
            letter = bare[0] if bare[0].isalpha() else ""
            return letter + self._permuted(bare[len(letter) :])
        return self._letters("number", bare, 12)

    def phone(self, value: str) -> str:
        """A number on which nobody is reached: none in use begins with 01 and has ten digits."""
        if not value.strip():
            return value
        digits = "".join(filter(str.isdecimal, value))
        if digits.startswith("84") and len(digits) in (11, 12):
            digits = "0" + digits[2:]
        return f"01{self._number('phone', digits or value) % 10**8:08}"

    def text(self, value: str) -> str:
        """A sentence that says only that there was one; other sentences have other masks."""
        bare = value.strip()
        return f"{HIDDEN} · {self._hash('text', bare)[:2].hex()}" if bare else value

    def address(self, value: str) -> str:
        """A house number that is nobody's."""
        return (
            f"{HIDDEN}, số {self._number('address', value) % 999 + 1}" if value.strip() else value
        )

    def login(self, value: str) -> str:
        """A login of the same letters as logins are made of."""
        return "u." + self._letters("login", value, 10).lower() if value else value

    def lot(self, value: str) -> str:
        """The number on a vial as it is: it is the product's, and nobody's. What looks like no such
        number, or like one of a person, becomes letters."""
        bare = "".join(unicodedata.normalize("NFKC", value).split()).upper()
        if not bare or (_LOT.fullmatch(bare) and not _OF_SOMEBODY.fullmatch(bare)):
            return value
        return self._letters("lot", bare, 10)

    def digest(self, value: str) -> str:
        """Another digest of the same length, in hexadecimal."""
        told = hashlib.shake_128(self._hash("digest", value)).hexdigest(len(value))
        return told[: len(value)]

    def born(self, value: str) -> str:
        """The first of the month of a birth (ISO 8601): ages stay right to the month."""
        return value[:8] + "01" if value else value

    def born_before(self, value: str, day: str) -> str:
        """As :meth:`born`, but with the age in years on ``day`` unchanged: where the birthday was
        still to come in that day's month, the last of the month stands."""
        if not value or not day or value[5:7] != day[5:7] or day[8:10] >= value[8:10]:
            return self.born(value)
        year, month = int(value[:4]), int(value[5:7])
        return date(year, month, calendar.monthrange(year, month)[1]).isoformat()

    def code(self, value: str) -> str:
        """A word of the rules, a period, an id, a figure or the code of a disease as it is; any other text is masked."""
        if not value or value in self.words:
            return value
        if any(form.fullmatch(value) for form in _FORMS):
            return value
        return (
            self.text(value) if " " in value.strip() else "x" + self._hash("code", value)[:2].hex()
        )

    def folded(self, value: str) -> str:
        """The mask of a name without marks, as searches keep it."""
        return fold(self.name(value))[:200]

    def words_of(self, value: str, name: str) -> str:
        """A line of search words for the mask of ``name``: years and places in it stay."""
        named = dict.fromkeys(fold(self.name(name)).split())
        kept = [word for word in value.split() if word[0].isdigit()]
        return " ".join([*named, *kept])[:500]

    def _people(self, first: str) -> Sort:
        for sort in self.names:
            if any(fold(family) == first for family in sort.family):
                return sort
        return self.names[self._number("people", first) % len(self.names)]

    def _permuted(self, digits: str) -> str:
        """A permutation of all numbers of that many digits, in which none stays where it is.

        It is one long cycle: a step forward as seen through a keyed permutation.
        """
        base = 10 ** len(digits)
        seen = self._feistel(int(digits), len(digits), forward=True)
        return f"{self._feistel((seen + 1) % base, len(digits), forward=False):0{len(digits)}}"

    def _feistel(self, number: int, length: int, *, forward: bool) -> int:
        left_base, right_base = 10 ** (length // 2), 10 ** (length - length // 2)
        left, right = divmod(number, right_base)
        for n in range(_ROUNDS) if forward else reversed(range(_ROUNDS)):
            sign = 1 if forward else -1
            if n % 2:
                right = (right + sign * self._number(f"round {n} {length}", left)) % right_base
            else:
                left = (left + sign * self._number(f"round {n} {length}", right)) % left_base
        return left * right_base + right

    def _hash(self, what: str, value: Any) -> bytes:
        told = f"{what}\0{value}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(told, key=self.key, digest_size=16).digest()

    def _number(self, what: str, value: Any) -> int:
        return int.from_bytes(self._hash(what, value), "big")

    def _letters(self, what: str, value: str, length: int) -> str:
        return base64.b32encode(self._hash(what, value)).decode()[:length]


def _sex(words: Sequence[str], sort: Sort) -> int:
    """0 for a man's name, 1 for a woman's; of a name that may be either's, the first."""
    if "thi" in words[1:]:
        return 1
    given = [any(fold(name) == words[-1] for name in names) for names in sort.given]
    return int(given[1] and not given[0])
