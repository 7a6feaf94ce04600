"""The matrix of readiness: station by line, its filters and files, and one station with its register."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies, world
from tuyen.apps.governance import places, queries
from tuyen.apps.governance.operations import NoteUse
from tuyen.apps.governance.queries import Readiness, ReadyRow
from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx
from tuyen.rules import governance as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.governance import words
from tuyen.web.governance.sending import day, send
from tuyen.web.governance.tabs import tabs
from tuyen.web.importing import XLSX
from tuyen.web.typed import whole

_SHOWN = 40
_KINDS = {"points": places.POINTS, "": places.STATIONS}


@screen(right=queries.READINESS)
@require_GET
def matrix(request: ActorRequest) -> HttpResponse:
    """Every station in reach, the worst first, by line."""
    today = clock.today()
    on = min(day(request.GET.get("on", "")) or today, today)
    map_on = day(request.GET.get("map_on", "")) or on
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in _KINDS else ""
    found = queries.readiness(by=request.actor, on=on, map_on=map_on, kinds=_KINDS[kind])
    centres = sorted({(row.centre_name, str(row.centre)) for row in found.rows if row.centre})
    communes = sorted({(row.commune_name, str(row.commune)) for row in found.rows if row.commune})
    narrowed = found._replace(rows=_filtered(found.rows, request.GET))
    if request.GET.get("form") in ("csv", "xlsx"):
        return _file(narrowed, request.GET["form"])
    page, pages = _page(request.GET.get("page", "1"), len(narrowed.rows))
    query = request.GET.copy()
    for name in ("page", "form"):
        query.pop(name, None)
    context = {
        "found": narrowed, "all": len(found.rows), "as_of": on, "tabs": tabs(request), "kind": kind,
        "rows": [_line(row, on) for row in narrowed.rows[(page - 1) * _SHOWN : page * _SHOWN]],
        "heads": [words.told(one.name) for one in rules.lines().values()],
        "by_line": _by_line(narrowed), "centres": centres, "communes": communes,
        "given": request.GET, "on": on, "map_on": map_on, "page": page, "pages": pages,
        "rest": query.urlencode(), "lines": [(key, words.line(key)) for key in rules.lines()],
        "closed": [words.SOURCE[key] for key in sorted(found.closed)],
        "proposed": not rules.verified("readiness"),
    }  # fmt: skip
    return render(request, "governance/readiness.html", context)


def _page(text: str, rows: int) -> tuple[int, int]:
    pages = max(1, -(-rows // _SHOWN))
    return min(max(1, whole(text) or 1), pages), pages


def _filtered(rows: Sequence[ReadyRow], given: Mapping[str, Any]) -> list[ReadyRow]:
    wanted = {key: words.as_uuid(given.get(key, "")) for key in ("centre", "commune")}
    gap = given.get("gap", "")
    return [
        row for row in rows
        if all(id is None or getattr(row, key) == id for key, id in wanted.items())
        and (gap not in rules.lines() or not row.cell(gap).ready)
    ]  # fmt: skip


def _line(row: ReadyRow, on: date) -> dict[str, Any]:
    return {
        "row": row, "href": reverse("readiness-site", args=[row.unit]),
        "cells": [words.shown(cell, on) for cell in row.cells],
        "gaps": [words.shown(cell, on) for cell in row.cells if cell.known and not cell.ready],
        "unknown": [words.line(cell.line) for cell in row.cells if not cell.known],
    }  # fmt: skip


def _by_line(found: Readiness) -> list[dict[str, Any]]:
    return [
        {"name": words.line(key), "key": key, "good": good, "known": known, "all": total}
        for key, (good, known, total) in found.by_line().items()
    ]


def _file(found: Readiness, form: str) -> HttpResponse:
    """One row a station; of each line its level, its source and its day."""
    heads = [
        _("Station"),
        _("Commune"),
        _("Centre"),
        _("Points"),
        _("Lines ready"),
        _("Lines known"),
    ]
    for key in rules.lines():
        name = words.line(key)
        heads += [name, _("{line}: source").format(line=name), _("{line}: day").format(line=name)]
    rows = [
        [
            row.name, row.commune_name, row.centre_name, row.points, row.ready, row.known,
            *(value for cell in row.cells for value in (
                str(words.LEVEL[cell.level]), str(words.SOURCE.get(cell.source, "")), cell.on)),
        ]
        for row in found.rows
    ]  # fmt: skip
    title = str(world.WORDS) if world.played() else ""
    if form == "xlsx":
        body = write_xlsx([SheetOut(_("Readiness of stations"), heads, rows)])
    else:
        body = write_csv(heads, rows, title=title)
    kind = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    return HttpResponse(
        body, content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="readiness-{found.on}.{form}"'},
    )  # fmt: skip


@screen(right=queries.READINESS)
@require_http_methods(["GET", "POST"])
def site(request: ActorRequest, unit: UUID) -> HttpResponse:
    """A station: each line with its source and day, the floor, the register, its points."""
    on = clock.today()
    page = queries.site_readiness(by=request.actor, unit=unit, on=on)
    if page is None:
        raise Http404
    may_note = policies.may(request.actor, queries.NOTE, unit)
    problems = _note(request, unit, may_note) if request.method == "POST" else []
    if request.method == "POST" and not problems:
        messages.success(request, _("The use of the machine is kept."))
        return redirect("readiness-site", unit=unit)
    floor = page.row.floor
    context = {
        "page": page, "row": page.row, "cells": [words.shown(cell, on) for cell in page.row.cells],
        "floor": floor and {
            "told": floor, "missing": [words.kind(k) for k in floor.missing],
            "broken": [words.kind(k) for k in floor.broken],
            "overdue": [words.kind(k) for k in floor.overdue],
        },
        "pieces": [(one, words.kind(one.kind)) for one in page.pieces], "may_note": may_note,
        "points": [_line(row, on) for row in page.points], "problems": problems,
        "given": request.POST, "month": f"{on:%m/%Y}", "as_of": on, "tabs": tabs(request),
        "closed": [words.SOURCE[key] for key in sorted(page.closed)],
        "trail": [(_("Readiness of stations"), reverse("readiness")), (page.row.name, None)],
        "review": reverse("network-site", args=[unit]) if policies.may(
            request.actor, "network.site.read", unit) else "",
    }  # fmt: skip
    return render(request, "governance/site.html", context, status=422 if problems else 200)


def _note(request: ActorRequest, unit: UUID, may: bool) -> list[str]:
    given = request.POST
    piece, month = words.as_uuid(given.get("piece", "")), given.get("month", "").strip()
    days, times = whole(given.get("days", "")), whole(given.get("times", ""))
    if not may:
        return [_("Your post does not write here.")]
    if piece is None:
        return [_("Choose the machine.")]
    parts = month.split("/")
    if len(parts) != 2 or not all(p.isdecimal() for p in parts) or not 1 <= int(parts[0]) <= 12:
        return [_("Write the month as 10/2026.")]
    if days is None or not 0 <= days <= 31:
        return [_("Write on how many days of the month it was used, 0 to 31.")]
    payload = NoteUse(
        piece=piece, month=f"{int(parts[1]):04}-{int(parts[0]):02}", days=days, times=times
    )
    return send(request, payload, unit)[1]
