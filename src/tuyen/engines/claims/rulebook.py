"""Rules of a day, made ready: tables and fields, code lists, declared checks.

Given plain values (rows of the rule files), so that a new decision is new data. A rule's code is
``TABLE.FIELD.what`` and never changes; its words come in every language of the house.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from tuyen.engines.claims import values
from tuyen.engines.claims.language import BadExpression, Compiled, compile_check, compile_value
from tuyen.engines.claims.reader import ENVELOPE, HEADER, Layout

LANGUAGES = ("vi", "en", "zh")
LARGEST_MEMORY = 100_000


class Rule(NamedTuple):
    """What a finding refers to. ``since``/``until``: the days it is in force, half-open."""

    code: str
    tier: int
    severity: str
    table: str
    field: str
    source: str
    confidence: str
    since: date
    until: date | None
    words: Mapping[str, str]


class Field:
    """A field of a table on a day, and what has been learnt of its values so far."""

    __slots__ = ("codes", "form", "good", "kind", "name", "order", "required", "same", "size")

    def __init__(
        self, row: Mapping[str, Any], form: re.Pattern[str] | None, codes: frozenset[str] | None
    ) -> None:
        self.name: str = row["name"]
        self.kind: str = row["kind"]
        self.order = float(row["order"])
        self.size = max(int(row["size"] or 0), int(row["portal"] or 0))
        self.required: bool = row["need"] == "yes"
        self.same: bool = row["same"] == "yes"
        self.form, self.codes = form, codes
        self.good: set[str] = set() if self.required else {""}

    def judge(self, text: str) -> str:
        """What is wrong with a value, "" for nothing: required, size, type, form or list."""
        if not text:
            return "required" if self.required else ""
        if self.size and len(text) > self.size:
            return "size"
        if not values.written_as(self.kind, text):
            return "type"
        if self.form and not all(self.form.fullmatch(part) for part in self._units(text)):
            return "form"
        if self.codes is not None and self._code(text) not in self.codes:
            return "list"
        if len(self.good) > LARGEST_MEMORY:
            self.good = set() if self.required else {""}
        self.good.add(text)
        return ""

    def _units(self, text: str) -> list[str]:
        return values.parts(text) or [text] if self.kind == "cards" else [text]

    def _code(self, text: str) -> str:
        return str(int(text)) if self.kind == "count" else text


class Check(NamedTuple):
    """A declared check, made ready. ``cells`` are (table, field) to be named by a finding."""

    rule: Rule
    table: str
    cells: tuple[tuple[str, str], ...]
    test: Compiled
    expect: Compiled | None


class Book(NamedTuple):
    """Everything in force on a day."""

    since: date
    layouts: Mapping[str, Layout]
    fields: Mapping[str, Mapping[str, Field]]
    lets: Mapping[str, Mapping[str, Compiled]]
    checks: tuple[Check, ...]
    rules: Mapping[str, Rule]


WHATS = {"required": 2, "size": 2, "type": 2, "form": 2, "list": 4, "same": 3}
"""What is asked of single fields, and the tier it belongs to."""

AMONG_VISITS = (
    ("XML1", "MA_LK", "again"), ("XML1", "NGAY_VAO", "overlaps"), ("XML2", "NGAY_YL", "too-soon"),
    ("XML1", "NGAY_VAO", "same-day"), ("XML3", "MA_DICH_VU", "done-twice"),
)  # fmt: skip
"""What only several visits together show (`visits.among`)."""

OF_THE_LEDGER = (("XML2", "SO_LUONG", "purchases"),)
"""What only the ledger of the facility shows, beside the claim."""

AS_LAID_DOWN = {
    ("XML2", "MA_THUOC", "not-accepted"): 4, ("XML3", "MA_DICH_VU", "not-accepted"): 4,
    ("XML2", "MA_BAC_SI", "licence-over"): 6, ("XML3", "MA_BAC_SI", "licence-over"): 6,
    ("XML2", "MA_BAC_SI", "hours"): 6, ("XML3", "MA_BAC_SI", "hours"): 6,
    ("XML3", "MA_BAC_SI", "scope"): 6, ("XML3", "NGUOI_THUC_HIEN", "scope"): 6,
}  # fmt: skip
"""What shows beside what the facility laid down (`laid_down.beside`), and its tier."""

PARTS = (
    "base64", "size", "encoding", "xml", "root", "unknown-part", "never-sent", "twice", "empty",
    "nested", "repeated", "missing", "unknown-field",
)  # fmt: skip
"""What can be wrong with a part of a file; rules ``TABLE.what`` of tier 1."""


def compile_book(
    material: Mapping[str, Any], on: date, scope: Mapping[str, Callable[..., Any]]
) -> Book:
    """Rules in force on a day.

    ``material`` holds ``tables``, ``fields``, ``lists``, ``classes``, ``forms``, ``checks`` (mappings
    as the rule files have them) and ``words`` by what is asked of a field or a part. ``scope`` are
    the words of the language bound to that day (`functions.functions`).

    Raises
    ------
    BadExpression
        If a declared check is not written in the language.
    """
    layouts = {
        row["table"]: Layout(row["root"] or "", row["list"] or "", row["row"] or "")
        for row in material["tables"]
    }
    lists = lists_on(material, on)
    rows = fields_on(material["fields"], on)
    fields: dict[str, dict[str, Field]] = {ENVELOPE: {}, **{table: {} for table in layouts}}
    rules: dict[str, Rule] = {}
    for row in rows:
        fields[row["table"]][row["name"]] = Field(row, *_asked(row, material["forms"], lists))
        for rule in _field_rules(row, fields[row["table"]][row["name"]], material["words"]):
            rules[rule.code] = rule
    for rule in _part_rules(layouts, material["words"]):
        rules[rule.code] = rule
    lets = {
        table: {name: compile_value(table, str(text), scope) for name, text in named.items()}
        for table, named in material["lets"].items()
    }
    checks = [
        _check(declared, scope)
        for declared in [*_needs(rows, material["words"]), *material["checks"]]
        if declared["since"] <= on and (declared["until"] is None or on < declared["until"])
    ]
    for check in checks:
        rules[check.rule.code] = check.rule
        for compiled in filter(None, (check.test, check.expect)):
            _known(compiled, check.rule.code, fields, lets)
    for table, derived in lets.items():
        for name, compiled in derived.items():
            _known(compiled, f"{table}.{name}", fields, lets)
    return Book(on, layouts, fields, lets, tuple(checks), rules)


def _known(
    compiled: Compiled,
    where: str,
    fields: Mapping[str, Mapping[str, Field]],
    lets: Mapping[str, Mapping[str, Compiled]],
) -> None:
    """Refuses an expression that reads what no table has, before a claim ever comes."""
    for column in compiled.columns:
        for table, name in column.of:
            there = table in fields and (
                column.how in ("visit", "count")
                or name in fields[table]
                or name in lets.get(table, {})
            )
            if not there:
                raise BadExpression(f"{where}: there is no {table}.{name}")


def changes(material: Mapping[str, Any]) -> list[date]:
    """The days on which anything changes, in order: the rules are the same between two of them."""
    held = {row["from"] for name in ("fields", "lists", "classes") for row in material[name]}
    held |= {declared["since"] for declared in material["checks"]}
    held |= {until for declared in material["checks"] if (until := declared["until"])}
    return sorted(held | set(material["days"]))


def fields_on(rows: Iterable[Mapping[str, Any]], on: date) -> list[Mapping[str, Any]]:
    """The latest row of each field that is not after a day. A field that a decision took out has a
    row of the kind ``gone``. Before the first decision of all, its rows serve."""
    held = list(rows)
    on = max(on, min(row["from"] for row in held))
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in sorted(held, key=lambda row: row["from"]):
        if row["from"] <= on:
            latest[row["table"], row["name"]] = row
    return sorted(
        (row for row in latest.values() if row["kind"] != "gone"),
        key=lambda row: (row["table"], float(row["order"])),
    )


def lists_on(material: Mapping[str, Any], on: date) -> dict[str, frozenset[str]]:
    """Codes of each list on a day; a list of which nothing is in force yet is left out."""
    held: dict[str, set[str]] = {}
    for row in material["lists"]:
        until = row["until"]
        if row["from"] <= on and (until is None or on < date.fromisoformat(until)):
            held.setdefault(row["list"], set()).add(row["code"])
    classes = {row["code"] for row in material["classes"] if row["from"] <= on}
    if classes:
        held["attendance-class"] = classes
    return {name: frozenset(codes) for name, codes in held.items()}


def _asked(
    row: Mapping[str, Any], forms: Mapping[str, str], lists: Mapping[str, frozenset[str]]
) -> tuple[re.Pattern[str] | None, frozenset[str] | None]:
    form = row["form"] or ("card" if row["kind"] == "cards" else "")
    named = row["list"]
    codes = None
    if named:
        literal = named[0].isdigit()
        codes = frozenset(named.split("|")) if literal else lists.get(named)
    return (re.compile(forms[form]) if form else None), codes


def _field_rules(row: Mapping[str, Any], field: Field, words: Mapping[str, Any]) -> Iterable[Rule]:
    wanted = {
        "required": field.required,
        "size": field.size > 0,
        "type": field.kind not in ("text", "code", "cards"),
        "form": field.form is not None,
        "list": field.codes is not None,
        "same": field.same,
    }
    for what, asked in wanted.items():
        if asked:
            said = words[f"type-{field.kind}" if what == "type" else what]
            yield _rule(row["table"], row["name"], what, WHATS[what], row, said)


def _rule(
    table: str, name: str, what: str, tier: int, row: Mapping[str, Any], said: Mapping[str, Any]
) -> Rule:
    return Rule(
        ".".join(part for part in (table, name, what) if part), tier,
        said.get("severity", "error"), table, name,
        row["source"], row["confidence"], row["from"], None,
        {language: said[language] for language in LANGUAGES},
    )  # fmt: skip


def _part_rules(layouts: Mapping[str, Layout], words: Mapping[str, Any]) -> Iterable[Rule]:
    for table in (*layouts, ENVELOPE):
        for what in PARTS:
            if what == "never-sent" and layouts.get(table, Layout("", "", "")).root:
                continue
            if (what == "unknown-part") != (table == ENVELOPE) or (
                what == "missing" and table != HEADER
            ):
                continue
            yield _rule(table, "", what, 1, words, words[f"part-{what}"])
    for table, name, what in (*AMONG_VISITS, *OF_THE_LEDGER):
        yield _rule(table, name, what, 6, {**words, **words[what]}, words[what])
    for (table, name, what), tier in AS_LAID_DOWN.items():
        yield _rule(table, name, what, tier, {**words, **words[what]}, words[what])


def _needs(rows: Iterable[Mapping[str, Any]], words: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Fields that are required where another field says so, as declared checks."""
    for row in rows:
        if row["need"] not in ("yes", "no"):
            yield {
                "id": f"{row['table']}.{row['name']}.required", "tier": 2, "table": row["table"],
                "cells": (row["name"],), "when": row["need"], "holds": f"given({row['name']})",
                "expect": "", "severity": "error", "source": row["source"],
                "confidence": row["confidence"], "since": row["from"], "until": None,
                **{language: words["required-here"][language] for language in LANGUAGES},
            }  # fmt: skip


def _check(declared: Mapping[str, Any], scope: Mapping[str, Callable[..., Any]]) -> Check:
    table = declared["table"]
    cells = tuple(
        (cell.partition(".")[0], cell.partition(".")[2]) if "." in cell else (table, cell)
        for cell in declared["cells"]
    )
    rule = Rule(
        declared["id"], declared["tier"], declared["severity"], *cells[0], declared["source"],
        declared["confidence"], declared["since"], declared["until"],
        {language: declared[language] for language in LANGUAGES},
    )  # fmt: skip
    test = compile_check(table, declared["when"], declared["holds"], scope)
    expect = compile_value(table, declared["expect"], scope) if declared["expect"] else None
    return Check(rule, table, cells, test, expect)
