"""Read a rule file once, check that every value says since when and on whose word, and freeze it.

A rule is ``<room>/<name>.yaml`` or ``<room>/<name>.csv`` beside this module. A site edits a rule
without touching the program: a file of the same name under the folder that ``TUYEN_RULES`` names
is read in place of the one that ships.

Values are dated by the day they begin and are never overwritten:

- in YAML, under any key ``values``: a list of mappings with ``from`` (a date), ``value``,
  ``source`` and ``confidence`` (H, M or L); an end is ``value: null``;
- in CSV, a file with a column ``from`` also has ``source`` and ``confidence``. A blank cell is None,
  ``from`` is a date, ``verified`` is true or false, and every other cell stays text.

``verified: false`` marks what nobody has yet compared with the gazette: an editable parameter.
"""

import csv
import datetime
import io
import os
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

try:  # the same reader in C takes a tenth of the time; a machine without it reads as well
    from yaml import CSafeLoader as _Safe
except ImportError:
    from yaml import SafeLoader as _Safe  # type: ignore[assignment]

CONFIDENCE = ("H", "M", "L")
_NEEDED = ("from", "source", "confidence")
_SHIPPED = Path(__file__).resolve().parent


class BadRule(ValueError):
    """A rule file is missing, unreadable, or has a value without its day, source or confidence."""


def folders() -> list[Path]:
    """Where rules are looked for, the site's own folder (``TUYEN_RULES``) first."""
    own = os.environ.get("TUYEN_RULES")
    return [Path(own), _SHIPPED] if own else [_SHIPPED]


def load(name: str) -> Any:
    """The content of rule ``name`` ("surveillance/thresholds"), frozen: mappings and tuples.

    A CSV is a tuple of mappings, one a row. Each file is parsed once per process.

    Raises
    ------
    BadRule
        If there is no such rule, or the file breaks the form above.
    """
    return _parse(_found(name) if os.environ.get("TUYEN_RULES") else _shipped(name))


def _found(name: str) -> Path:
    """The file of a rule, in the first folder that has it."""
    if not all(part.replace("_", "").isalnum() for part in name.split("/")):
        raise BadRule(f"{name!r} is not the name of a rule; write room/name, as calendar/lunar")
    for folder in folders():
        for suffix in (".yaml", ".csv"):
            path = folder / f"{name}{suffix}"
            if path.is_file():
                return path
    raise BadRule(f"there is no rule {name!r} in {' or '.join(map(str, folders()))}")


_shipped = cache(_found)  # what is part of the program stays where it is


def own_faults() -> tuple[int, list[str]]:
    """How many rule files the site's own folder holds, and what is wrong with each that cannot be used."""
    own = os.environ.get("TUYEN_RULES")
    files = (
        [p for p in sorted(Path(own).rglob("*")) if p.suffix in (".yaml", ".csv")] if own else []
    )
    faults = []
    for path in files:
        try:
            _parse(path)
        except BadRule as error:
            faults.append(str(error))
    return len(files), faults


def dated(values: Iterable[Mapping[str, Any]], on: datetime.date) -> Mapping[str, Any] | None:
    """The entry in force on ``on``: the one with the latest ``from`` not after it.

    None before the first entry. A repeal is an entry whose ``value`` is None, so it is returned.

    >>> dated([{"from": datetime.date(2020, 1, 1), "value": 3}], datetime.date(2026, 1, 1))["value"]
    3
    """
    past = [entry for entry in values if entry["from"] <= on]
    return max(past, key=lambda entry: entry["from"]) if past else None


def value(values: Iterable[Mapping[str, Any]], on: datetime.date) -> Any:
    """The plain value in force on ``on``; None before the first and after a repeal."""
    entry = dated(values, on)
    return None if entry is None else entry["value"]


@cache
def _parse(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = _read_csv(path, text) if path.suffix == ".csv" else read_yaml(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, csv.Error) as error:
        raise BadRule(f"{path} cannot be read: {error}") from error
    for where, values in _dated_lists(content, ""):
        _check(path, where, values)
    return _freeze(content)


class _Loader(_Safe):
    """The safe loader, which also refuses a key written twice (YAML would keep the last)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for n, key in enumerate(keys) if key in keys[:n]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {twice!r} stands twice", node.start_mark
            )
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:
    """What a YAML text says, in plain mappings, lists and scalars; nothing is checked or frozen.

    Raises
    ------
    yaml.YAMLError
        If it is no YAML, asks for more than plain values, or has a key twice in one mapping.
    """
    return _Loader(text).get_single_data()


def _read_csv(path: Path, text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    rows = []
    for row in reader:
        if None in row or None in row.values():
            raise BadRule(f"{path}, line {reader.line_num}: not as many cells as the header")
        try:
            rows.append({name: _cell(name, text) for name, text in row.items()})
        except ValueError as error:
            raise BadRule(f"{path}, line {reader.line_num}: {error}") from error
    if rows and "from" in rows[0]:
        for number, row in enumerate(rows, start=2):
            _check_entry(path, f"line {number}", row)
    return rows


def _cell(name: str, text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    if name == "from":
        return datetime.date.fromisoformat(text)
    if name == "verified":
        if text not in ("true", "false"):
            raise ValueError(f"verified is {text!r}; write true or false")
        return text == "true"
    return text


def _dated_lists(node: Any, where: str) -> Iterator[tuple[str, Sequence[Any]]]:
    if isinstance(node, Mapping):
        for key, child in node.items():
            if key == "values":
                yield where, child
            else:
                yield from _dated_lists(child, f"{where}/{key}")
    elif isinstance(node, list):
        for number, child in enumerate(node, start=1):
            yield from _dated_lists(child, f"{where}/{number}")


def _check(path: Path, where: str, values: Any) -> None:
    if not isinstance(values, list) or not values:
        raise BadRule(f"{path}, {where}: values must be a list of dated entries")
    for number, entry in enumerate(values, start=1):
        place = f"{where}/values/{number}"
        if not isinstance(entry, Mapping) or "value" not in entry:
            raise BadRule(f"{path}, {place}: the entry has no value")
        _check_entry(path, place, entry)
    days = [entry["from"] for entry in values]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise BadRule(f"{path}, {where}: write the entries in order of from, one a day")


def _check_entry(path: Path, place: str, entry: Mapping[str, Any]) -> None:
    for name in _NEEDED:
        if entry.get(name) is None:
            raise BadRule(f"{path}, {place}: {name} is missing; every value says it")
    if type(entry["from"]) is not datetime.date:
        raise BadRule(f"{path}, {place}: from is {entry['from']!r}; write a date, 2026-07-01")
    if entry["confidence"] not in CONFIDENCE:
        raise BadRule(f"{path}, {place}: confidence is {entry['confidence']!r}; write H, M or L")


def _freeze(node: Any) -> Any:
    if isinstance(node, Mapping):
        return MappingProxyType({key: _freeze(child) for key, child in node.items()})
    if isinstance(node, list):
        return tuple(_freeze(child) for child in node)
    return node
