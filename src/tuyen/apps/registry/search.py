"""Finding people by name, as a person at a desk types it: no marks, parts of words, any order.

Each person has a line of words: the folded name, former names, the birth year, and a word for the
place, so that name and scope are intersected in one index. SQLite keeps the words in an FTS5
table; PostgreSQL in a GIN index of the words as lexemes, which follows the column by itself.
Words of names are letters; years begin with 1 or 2 and places with 0, so no prefix of a name
meets them. This module holds the registry's only SQL; every value in it is a parameter.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.journal import store
from tuyen.kernel.text import fold

TABLE = "registry_person_words"
LEXEMES = "array_to_tsvector(string_to_array(search, ' '))"
MOST_PLACES = 400
"""Above so many places the scope is checked on the rows instead of in the index."""

_YEAR = re.compile(r"(1[89]|20|21)\d\d")
_NUMBER = re.compile(r"[0-9A-Za-z]*\d{5,}[0-9A-Za-z]*")
_PUNCTUATION = re.compile(r"[\s.\-]+")


class Asked(NamedTuple):
    """A query taken apart."""

    words: tuple[str, ...]  # parts of a name, folded
    years: tuple[str, ...]  # birth years
    number: str  # an identifier, card or phone number; then nothing else counts


def words(name: str, former: Iterable[str], place: UUID | None, born_on: date) -> str:
    """The line of words that finds a person."""
    named = dict.fromkeys(fold(" ".join([name, *former])).split())
    return " ".join([*named, str(born_on.year), *([_place_word(place)] if place else [])])[:500]


def asked(text: str) -> Asked:
    """Take a query apart: "giang a 1987" is two words and a year; "011 087 001234" a number."""
    bare = _PUNCTUATION.sub("", text).lstrip("+").upper()
    if _NUMBER.fullmatch(bare) and bare.isascii():
        return Asked((), (), phone(bare) if bare.isdecimal() else bare)
    parts = fold(text).split()[:8]
    years = tuple(part for part in parts if _YEAR.fullmatch(part))
    return Asked(tuple(part for part in parts if not part[0].isdigit()), years, "")


def phone(text: str) -> str:
    """A phone number as it is stored: digits, beginning with 0 where the country code stood."""
    digits = "".join(character for character in text if character.isdecimal())
    return "0" + digits[2:] if digits.startswith("84") and len(digits) in (11, 12) else digits


def find(query: Asked, places: Collection[UUID] | None, limit: int) -> list[int]:
    """Numbers of persons whose words match: whole words first, then words that begin so.

    ``places`` is the scope; None is everywhere. At most ``limit``; two statements at most.
    """
    if not (query.words or query.years) or (places is not None and not places):
        return []
    found = dict.fromkeys(_match(query, places, limit, prefixes=False))
    if len(found) < limit and query.words:
        found |= dict.fromkeys(_match(query, places, limit, prefixes=True))
    return list(found)[:limit]


def add(first: int) -> None:
    """Index the persons from a number on; one statement."""
    if store.connection().vendor == "sqlite":
        with store.connection().cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE} (rowid, words)"  # noqa: S608  # a constant of this module
                " SELECT number, search FROM registry_person WHERE number >= %s",
                [first],
            )


def replace(changes: Sequence[tuple[int, str, str]]) -> None:
    """Index anew the persons whose words changed: (number, old words, new words)."""
    if store.connection().vendor != "sqlite":
        return
    with store.connection().cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {TABLE} ({TABLE}, rowid, words) VALUES ('delete', %s, %s)",  # noqa: S608
            [(number, old) for number, old, _ in changes if old],
        )
        cursor.executemany(
            f"INSERT INTO {TABLE} (rowid, words) VALUES (%s, %s)",  # noqa: S608
            [(number, new) for number, _, new in changes if new],
        )


def install(schema_editor: Any) -> None:
    """Make the index of a store (called by the migration)."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, content='', detail=none,"
            " tokenize='ascii', prefix='1 2 3')"
        )
    else:
        schema_editor.execute(f"CREATE INDEX {TABLE} ON registry_person USING gin (({LEXEMES}))")


def remove(schema_editor: Any) -> None:
    """Undo :func:`install`."""
    what = "TABLE" if schema_editor.connection.vendor == "sqlite" else "INDEX"
    schema_editor.execute(f"DROP {what} {TABLE}")


def _match(
    query: Asked, places: Collection[UUID] | None, limit: int, *, prefixes: bool
) -> list[int]:
    db = store.connection()
    in_index = places is not None and len(places) <= MOST_PLACES
    scope = sorted(map(_place_word, places)) if places is not None and in_index else []
    if db.vendor == "sqlite":
        wanted = [f'"{word}"' + ("*" if prefixes else "") for word in query.words]
        wanted += [f'"{year}"' for year in query.years]
        wanted += ["(" + " OR ".join(f'"{word}"' for word in scope) + ")"] if scope else []
        text, sql = " AND ".join(wanted), _FTS
    else:
        wanted = [f"'{word}'" + (":*" if prefixes else "") for word in query.words]
        wanted += [f"'{year}'" for year in query.years]
        wanted += ["(" + " | ".join(f"'{word}'" for word in scope) + ")"] if scope else []
        text, sql = " & ".join(wanted), _GIN
    parameters: list[Any] = [text]
    if places is not None and not in_index:
        marks = ", ".join(["%s"] * len(places))
        sql += f" AND place_id IN ({marks})"
        sqlite = db.vendor == "sqlite"
        parameters += [place.hex if sqlite else place for place in sorted(places, key=str)]
    with db.cursor() as cursor:
        cursor.execute(sql + " LIMIT %s", [*parameters, limit])
        return [row[0] for row in cursor.fetchall()]


_FTS = (
    f"SELECT person.number FROM {TABLE} JOIN registry_person person"  # noqa: S608
    f" ON person.number = {TABLE}.rowid WHERE {TABLE} MATCH %s"
)
_GIN = f"SELECT number FROM registry_person WHERE {LEXEMES} @@ %s::tsquery"  # noqa: S608


def _place_word(place: UUID) -> str:
    return "0" + place.hex
