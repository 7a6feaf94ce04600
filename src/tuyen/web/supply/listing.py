"""A table of the stock, shown on a page and given as a file from the same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tuyen.apps.access import clock, world
from tuyen.engines.exchange.write import write_csv
from tuyen.web.access import ActorRequest
from tuyen.web.tables import Column
from tuyen.web.typed import whole

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Columns and rows with what stands around them. A row's hidden keys (links) begin with _."""

    part: str
    title: str
    lead: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    empty: tuple[str, str]
    actions: Sequence[tuple[str, str, str]] = ()  # label, href, icon
    filters: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[tuple[str, str]] = ()  # tone, sentence
    file: str = ""
    about: str = ""  # of what the tabs are; the vaccine stock where nothing is said
    more: Mapping[str, Any] = field(default_factory=dict)


def answer(
    request: ActorRequest, listing: Listing, tabs: Any, template: str = "supply/list.html"
) -> HttpResponse:
    """The page of a listing, or its file where the address asks for one (``?form=csv``)."""
    if request.GET.get("form") == "csv":
        return as_csv(listing)
    page = max(1, whole(request.GET.get("page", "1")) or 1)
    pages = max(1, -(-len(listing.rows) // PAGE))
    page = min(page, pages)
    query = request.GET.copy()
    query.pop("page", None)
    rest = query.urlencode()
    query["form"] = "csv"
    context = {
        "listing": listing, "rows": listing.rows[(page - 1) * PAGE : page * PAGE], "tabs": tabs,
        "csv": f"?{query.urlencode()}", "page": page, "pages": pages, "rest": rest,
        "as_of": clock.now(), "total": len(listing.rows), **listing.more,
    }  # fmt: skip
    return render(request, template, context)


def as_csv(listing: Listing) -> HttpResponse:
    """All rows of a listing, whatever page was shown."""
    rows = [[_plain(row.get(c.key)) for c in listing.columns] for row in listing.rows]
    title = f"{world.WORDS}" if world.played() else ""
    body = write_csv([c.label for c in listing.columns], rows, title=title)
    name = f"{listing.file or listing.part}-{clock.today():%Y-%m-%d}.csv"
    return HttpResponse(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock.now().tzinfo)
    if value is None or isinstance(value, (str, int, float, date)):
        return value
    return str(value)


def unit_filter(options: Sequence[tuple[Any, str]], given: str) -> dict[str, Any]:
    """A choice among the reader's units, where there is more than one."""
    return {"name": "unit", "label": _("Held at"), "given": given, "any": _("All places"),
            "options": [(str(id), name) for id, name in options]}  # fmt: skip


def item_filter(options: Sequence[tuple[str, str]], given: str) -> dict[str, Any]:
    """A choice among the items."""
    return {"name": "item", "label": _("Item"), "given": given, "any": _("All items"),
            "options": options}  # fmt: skip
