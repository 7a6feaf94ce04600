"""What a list is made of: its fields, the headers that name them, the words in their cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from tuyen.engines.exchange.headers import header_key, marked_key
from tuyen.kernel.refusal import BadInput
from tuyen.kernel.text import fold

Kind = Literal[
    "text",
    "code",
    "commune-code",
    "personal-id",
    "phone",
    "icd10",
    "integer",
    "date",
    "birth-date",
    "age",
    "choice",
]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a list.

    ``needs`` is "" (optional), "always", or "one of <group>": of the fields that name the same
    group one has to be there. ``choices`` maps each word (:func:`word_key`) to the stored code.
    """

    id: str
    kind: Kind
    labels: Mapping[str, str]
    words: tuple[str, ...]
    needs: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    may_be_future: bool = False
    most: int = 20  # an integer above it is a slip of the hand
    examples: str = ""  # for a choice: one word for each code, to show to a person

    def label(self, language: str = "en") -> str:
        """The name of the field in ``language`` ("vi", "en", "zh-hans"), else in English."""
        return self.labels.get(language[:2].lower(), self.labels["en"])

    def codes(self) -> tuple[str, ...]:
        """The codes a choice may take, in the order of the rule."""
        return tuple(dict.fromkeys(self.choices.values()))


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one kind of list, by id, with the headers that name them."""

    by_id: Mapping[str, Field]
    by_header: Mapping[str, str]  # header_key -> field id
    by_marked: Mapping[str, str]  # marked_key -> field id, where marks tell two fields apart
    ignored: frozenset[str]  # header_keys of known columns that are not read

    @property
    def vocabulary(self) -> frozenset[str]:
        """All headers that are known: for :func:`tabular.read_table`."""
        return frozenset(self.by_header) | frozenset(map(header_key, self.by_marked)) | self.ignored

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> "Fields":
        """Build from the content of a rule such as ``exchange/case_line_list``.

        Raises
        ------
        BadInput
            If a kind is unknown, or one word names two fields or two codes.
        """
        by_id: dict[str, Field] = {}
        named: dict[str, dict[str, str]] = {}  # header_key -> marked_key -> field id
        for name, entry in rule["fields"].items():
            if entry["kind"] not in get_args(Kind):
                raise BadInput(what=f"field {name}: {entry['kind']!r} is not a kind of cell")
            by_id[name] = Field(
                id=name,
                kind=entry["kind"],
                labels=entry["label"],
                words=tuple(entry["words"]),
                needs=entry.get("needs", ""),
                choices=_choices(name, entry.get("choices", {})),
                examples=", ".join(words[0] for words in entry.get("choices", {}).values()),
                most=int(entry.get("most", 20)),
                may_be_future=entry.get("future") == "allowed",
            )
            # Its own id and labels name a field too, so that a file we wrote is read again.
            for word in (*entry["words"], *entry["label"].values(), name):
                marked = named.setdefault(header_key(word), {})
                if marked.setdefault(marked_key(word), name) != name:
                    other = marked[marked_key(word)]
                    raise BadInput(what=f"{word!r} names both {other} and {name}")
        by_header = {
            key: min(ids) for key, marked in named.items() if len(ids := set(marked.values())) == 1
        }
        by_marked = {
            word: name
            for key, marked in named.items()
            if key not in by_header
            for word, name in marked.items()
        }
        ignored = frozenset(map(header_key, rule.get("ignored", ())))
        return cls(by_id, by_header, by_marked, ignored - by_header.keys())


def _choices(name: str, choices: Mapping[str, Any]) -> dict[str, str]:
    table: dict[str, str] = {}
    for code, words in choices.items():
        for word in (code, *words):
            key = word_key(word)
            if table.setdefault(key, code) != code:
                raise BadInput(what=f"field {name}: {word!r} means both {table[key]} and {code}")
    return table


def word_key(word: str) -> str:
    """A word folded for comparison; signs such as "(+)" stay, for they are all there is.

    "1.0" is "1": a spreadsheet may say so.
    """
    bare = word[:200].strip()
    key = fold(bare)
    if not key:
        return bare.strip("()[] ")
    # "(+) Dương" and "dương" are the same word.
    return key[:-2] if key.endswith(" 0") and key[:-2].isdigit() else key
