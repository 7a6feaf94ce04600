"""Answers of papers and programmes as cells of the claim, by the rule ``claims/told_cells``."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tuyen.rules.claims import book
from tuyen.rules.clinical.answers import read_form
from tuyen.rules.clinical.papers import papers
from tuyen.rules.clinical.programme import Question, programmes
from tuyen.rules.loader import load


class Filled(NamedTuple):
    """The table that answers fill, the cell of each, and which are of one visit alone."""

    table: str
    cells: Mapping[str, str]
    anew: frozenset[str]


@cache
def of_papers() -> Mapping[str, Filled]:
    return _filled("papers")


@cache
def of_programmes() -> Mapping[str, Filled]:
    return _filled("programmes")


def paper_cells(what: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The cells that a paper fills, as the claim writes them."""
    held, filled = papers().get(what), of_papers().get(what)
    if held is None or filled is None:
        return {}
    said, _wrong = read_form(held, fields)
    return _cells(filled, held.form, {name: fields[name] for name in said})


def programme_cells(
    programme: str, fields: Mapping[str, str], before: Mapping[str, str]
) -> dict[str, str]:
    """The cells that a form of a programme fills; ``before``: what was answered at earlier visits."""
    held, filled = programmes().get(programme), of_programmes().get(programme)
    if held is None or filled is None:
        return {}
    kept = {name: text for name, text in before.items() if name not in filled.anew}
    said, _wrong = read_form(held, {**kept, **fields})
    every = {**kept, **fields}
    return _cells(filled, held.form, {name: every[name] for name in said})


def _cells(filled: Filled, form: Mapping[str, Question], told: Mapping[str, str]) -> dict[str, str]:
    return {
        filled.cells[name]: _text(form[name].kind, text.strip(), filled.cells[name])
        for name, text in told.items()
        if name in filled.cells
    }


def _text(kind: str, text: str, cell: str) -> str:
    """A value as the claim writes it: a day without strokes, yes as 1."""
    if kind == "day":
        return text.replace("-", "") + ("0000" if cell in _moments() else "")
    if kind == "yes_no":
        return "1" if text == "yes" else "0"
    if kind == "number":
        return text.replace(",", ".").removesuffix(".0")
    return text


@cache
def _moments() -> frozenset[str]:
    """Cells that hold a moment; where an answer gives the day alone, its hour is not known."""
    rows = book.material()["fields"]
    tables = {filled.table for filled in (*of_papers().values(), *of_programmes().values())}
    return frozenset(r["name"] for r in rows if r["kind"] == "moment" and r["table"] in tables)


def _filled(part: str) -> dict[str, Filled]:
    return {
        key: Filled(told["table"], told["cells"], frozenset(told.get("anew", ())))
        for key, told in load("claims/told_cells")[part].items()
    }
