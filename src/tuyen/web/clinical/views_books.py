"""The books of a station, month by month; a month is closed by counting."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies, world
from tuyen.apps.access.services import record_readings
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import CloseMonth
from tuyen.apps.clinical.queries import BookLine
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx
from tuyen.kernel.operation import Operation
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal, StoredRefusal
from tuyen.rules.clinical.books import Book
from tuyen.rules.clinical.books import books as all_books
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import asking
from tuyen.web.clinical import care_sending as sending
from tuyen.web.clinical.book_cells import APART, cell, language
from tuyen.web.importing import XLSX
from tuyen.web.sentences import say
from tuyen.web.templatetags.figures import month as shown_month

SUBJECT = "clinical.visit"
LONG = {
    "address", "reason", "diagnosis", "medicines", "dispensed", "services", "results", "tests", "advice",
    "answers", "vaccine", "injected", "drive", "cause", "topic", "newborn_care", "danger", "referred",
    "returned", "effects",
}  # fmt: skip
"""Columns whose words want room: narrow ones made a line of a book as high as half a page."""
WIDE = 10
"""Columns from which on a book is wider than most screens."""
SUBJECTS = {
    "doses": "immunization.child",
    "deaths": "registry.person",
    "apart": "clinical.visit.sensitive",
}
"""What was read of somebody, where it was no visit, or a visit that stands apart."""
WRITTEN = {"deaths": "care-deaths", "births": "births", "talks": "care-talks"}
"""Where lines are written down that are no visits."""


@screen(right=queries.READ)
@require_GET
def books(request: ActorRequest) -> HttpResponse:
    """What was counted in a unit's month, book by book, and whether the month is closed."""
    today = clock.today()
    units = asking.units(request)
    unit = asking.unit(request.GET.get("unit", ""), units)
    month = asking.month(request.GET.get("month", ""), today)
    context: dict[str, Any] = {
        "units": units, "unit": unit, "month": month.label, "months": asking.months(today),
        "as_of": clock.now(), "closed": None, "groups": [], "may_close": False,
    }  # fmt: skip
    if unit is not None:
        context |= _month_of(request, unit, month)
    return render(request, "clinical/books.html", context)


def _month_of(request: ActorRequest, unit: UUID, month: Period) -> dict[str, Any]:
    by, key = request.actor, language()
    now = queries.figures(by=by, unit=unit, month=month)
    closed = queries.closing(by=by, unit=unit, month=month)
    moved, changed = queries.differences(by=by, unit=unit, month=month)
    after = {(one.book, one.figure): one.now for one in moved}
    shown = closed.figures if closed else now
    everything = request.GET.get("show") == "all"
    groups = []
    for book in all_books().values():
        if book.code in shown:
            rows = [
                {
                    "name": one.names[key], "count": shown[book.code].get(one.code, 0),
                    "now": after.get((book.code, one.code)),
                }
                for one in book.figures
            ]  # fmt: skip
            moved_here = any(row["now"] is not None for row in rows)
            groups.append({
                "book": book, "name": book.names[key], "rows": rows, "first": rows[0],
                "open": everything or moved_here, "moved": moved_here,
            })  # fmt: skip
    return {
        "groups": groups, "everything": everything, "closed": closed, "changed": _changed(by, changed),
        "differences": len(moved), "over": clock.today() > month.end,
        "may_close": policies.may(by, queries.RECORD, unit) and closed is None
        and clock.today() > month.end,
    }  # fmt: skip


def _changed(by: Any, changed: list[queries.Changed]) -> list[tuple[str, Any, str]]:
    """(what, day and number, address) of visits that were changed after the closing."""
    said = {"added": _("told after it"), "amended": _("corrected after it"),
            "gone": _("taken back after it, or moved to another day")}  # fmt: skip
    rows = queries.visits(by=by, ids=[one.visit for one in changed])
    return [
        (said[one.what], rows[one.visit], reverse("care-print", args=[one.visit, "summary"]))
        for one in changed
        if one.visit in rows
    ]


@screen(right=queries.RECORD)
@require_POST
def close(request: ActorRequest) -> HttpResponse:
    """Close the month: the figures are counted now, and stay."""
    units = asking.units(request, queries.RECORD)
    unit = next((id for id, _name in units if str(id) == request.POST.get("unit", "")), None)
    if unit is None:
        raise Http404
    now = clock.now()
    label = request.POST.get("month", "")[:7]
    payload = CloseMonth(month=label, note=request.POST.get("note", "").strip()[:500])
    operation = Operation.of(payload, unit=unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        messages.error(request, say(_in_words(receipt.refusal.refusal())))
    else:
        messages.success(
            request, _("The month {month} is closed.").format(month=shown_month(label))
        )
    return redirect(f"{reverse('care-books')}?unit={unit}&month={label}")


def _in_words(refusal: Refusal) -> Refusal:
    """The same with the month as the reader writes it."""
    told = dict(refusal.values)
    if "month" in told:
        told["month"] = shown_month(str(told["month"]))
    return StoredRefusal(refusal.code, refusal.message, told)


@screen(right=queries.READ)
@never_cache
@require_GET
def book(request: ActorRequest) -> HttpResponse:
    """One book of a month: on the screen, on paper, or as a file without whose visits they were."""
    units = asking.units(request)
    unit = asking.unit(request.GET.get("unit", ""), units)
    held = all_books().get(request.GET.get("book", "A1"))
    if unit is None or held is None:
        raise Http404
    month = asking.month(request.GET.get("month", ""), clock.today())
    shut = held.apart and not policies.may(request.actor, queries.SENSITIVE, unit)
    lines = [] if shut else queries.book(by=request.actor, unit=unit, book=held, month=month)
    if any(one.who for one in lines):
        subject = SUBJECTS.get("apart" if held.apart else held.sources[0], SUBJECT)
        ids = list(dict.fromkeys(one.who for one in lines if one.who))
        record_readings(by=request.actor, subject=subject, ids=ids, at=clock.now())
    form = request.GET.get("form", "")
    if form in ("csv", "xlsx"):
        return _file(held, lines, month, form)
    return render(request, "clinical/book.html", _page(request, held, lines, unit, month, shut))


def _page(
    request: ActorRequest, held: Book, lines: list[BookLine], unit: UUID, month: Period, shut: bool
) -> dict[str, Any]:
    key = language()
    rows = [
        [(column.code in LONG, cell(line, column.code)) for column in held.columns]
        for line in lines
    ]
    address = f"?book={held.code}&unit={unit}&month={month.label}"
    return {
        "title": held.names[key], "month": month.label, "rows": rows, "shut": shut,
        "heads": [column.names[key] for column in held.columns], "wide": len(held.columns) > WIDE, "as_of": clock.now(),
        "unit_name": registry.atlas().full_name(unit, month.end), "address": address,
        "hidden": any(map(_hidden, lines)), "here": f"{reverse('care-book')}{address}",
        "may_open": shut and sending.may_open(request, unit),
        "apart": APART, "written": _written(held, unit, month),
        "trail": [(_("Books of the station"),
                   f"{reverse('care-books')}?unit={unit}&month={month.label}")],
    }  # fmt: skip


def _written(held: Book, unit: UUID, month: Period) -> str:
    """The address at which the lines of a book are written down; "" of visits."""
    name = next((WRITTEN[source] for source in held.sources if source in WRITTEN), "")
    return f"{reverse(name)}?unit={unit}&month={month.label}" if name else ""


def _hidden(line: BookLine) -> bool:
    """Whether a part of a line stands apart and is not open."""
    if line.facts is not None:
        return line.facts.row.apart and not line.facts.opened
    return bool(line.told and line.told.get("shut"))


def _file(held: Book, lines: list[BookLine], month: Period, form: str) -> HttpResponse:
    """The book without whose visits they were: names leave by the list of names only."""
    key = language()
    columns = [column for column in held.columns if not column.named]
    header = [column.names[key] for column in columns]
    rows = [[cell(line, column.code) for column in columns] for line in lines]
    header, marked = world.marked(header, rows)
    name = f"{held.code}-{month.label}.{form}"
    if form == "csv":
        body = write_csv(
            header, marked, title=world.titled(f"{held.names[key]} {shown_month(month.label)}")
        )
        kind = "text/csv; charset=utf-8"
    else:
        sheet = SheetOut(held.code, header, marked, title=world.titled(held.names[key]))
        body, kind = write_xlsx([sheet]), XLSX
    return HttpResponse(
        body, content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
