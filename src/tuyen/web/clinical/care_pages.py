"""Pages of mothers and children, told as parts: figures, tables, strips of contacts, forms, pictures.

A view says what stands on a page; one template lays all of them out, so each is read, typed and
printed in the same way.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from tuyen.apps.access import clock
from tuyen.web.access import ActorRequest


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table: words, perhaps leading somewhere, perhaps marked by a tone."""

    text: str
    href: str = ""
    tone: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns; without rows its empty words (title, hint). ``numbers`` are the columns whose
    numbers stand under each other, by their right end."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    empty: tuple[str, str]
    numbers: Collection[str] = ()
    kind: str = "table"

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each column with whether it holds numbers."""
        return [(label, label in self.numbers) for label in self.columns]

    @property
    def lines(self) -> list[list[tuple[str, bool, Cell]]]:
        """Each cell with the name of its column, which is its label on a phone."""
        return [
            [(label, label in self.numbers, cell if isinstance(cell, Cell) else Cell(cell))
             for label, cell in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A field of a form: "text", "number", "day", "select", "check" or "area"."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    needed: bool = False
    error: str = ""  # what is wrong with what was typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Fields that are sent together; ``act`` tells the view which form it was."""

    title: str
    act: str
    fields: Sequence[Asked]
    send: str
    kind: str = "form"
    closed: bool = False  # folded until it is wanted
    hint: str = ""

    def filled(self, given: Mapping[str, str], wrong: Mapping[str, str]) -> "Form":
        """The same form as it was typed, with what is wrong beside each field, when it was this one that
        was sent."""
        if given.get("act") != self.act:
            return self
        fields = [
            replace(one, value=given.get(one.name, ""), error=wrong.get(one.name, ""))
            for one in self.fields
        ]
        return replace(self, fields=fields, closed=False)

    @property
    def faulty(self) -> list[tuple[str, str, str]]:
        """(id, label, sentence) of each field that is wrong, in their order."""
        return [
            (f"{self.act}-{one.name}", one.label, one.error) for one in self.fields if one.error
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Contacts of a schedule in order: (name, day or "", state, word of the state)."""

    title: str
    places: Sequence[tuple[str, date | None, str, str]]
    kind: str = "strip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Numbers with their labels; the unit holds the denominator."""

    values: Sequence[tuple[str, str, str]]
    kind: str = "stats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Drawings side by side."""

    drawn: Sequence[SafeString]
    kind: str = "pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Sentences with a tone: bad, warn, good, calm."""

    said: Sequence[tuple[str, str]]
    kind: str = "notes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All that stands on a page. ``actions``: (label, address, icon); ``tabs`` as the tag has them."""

    title: str
    parts: Sequence[Any]
    lead: str = ""
    trail: Sequence[tuple[str, str | None]] = ()
    tabs: Sequence[tuple[str, str, str]] = ()
    tab: str = ""
    actions: Sequence[tuple[str, str, str]] = ()
    find: tuple[str, str] | None = None  # label of the search and what was searched
    found: Table | None = None
    problems: Sequence[str] = field(default_factory=list)
    wrong: Mapping[str, str] = field(default_factory=dict)  # name of a field: what is wrong with it


def show(request: ActorRequest, page: Page) -> HttpResponse:
    """The page; with status 422 where something sent was refused, as it was typed."""
    bad = bool(page.problems or page.wrong)
    given = request.POST.dict() if bad else {}
    laid = [
        part.filled(given, page.wrong) if isinstance(part, Form) else part for part in page.parts
    ]
    faulty = [one for part in laid if isinstance(part, Form) for one in part.faulty]
    context = {"page": page, "parts": laid, "faulty": faulty, "as_of": clock.now()}
    return render(request, "clinical/care_page.html", context, status=422 if bad else 200)


def options(words: Mapping[str, str], blank: bool = False) -> list[tuple[str, str]]:
    """Choices of a select from names by key."""
    return [*([("", "–")] if blank else []), *words.items()]


def joined(words: Iterable[str]) -> str:
    """Names in one line; a dash for none."""
    return ", ".join(words) or "–"
