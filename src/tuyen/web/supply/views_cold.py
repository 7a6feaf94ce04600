"""The cold chain: today's readings, equipment, and a month of each piece, twice a day."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import LogTemperature, ServiceEquipment, SetEquipment
from tuyen.rules import supply as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, words
from tuyen.web.supply.listing import Listing, answer, as_csv, unit_filter
from tuyen.web.tables import Column

COLD, LOG, EDIT = queries.COLD, queries.LOG, queries.EQUIPMENT


def tabs(request: ActorRequest) -> list[tuple[str, str, str]]:
    """The pages of the cold chain."""
    return [
        ("cold", _("Readings of today"), reverse("cold")),
        ("equipment", _("Equipment"), reverse("cold-equipment")),
        ("excursions", _("Excursions"), reverse("cold-excursions")),
    ]


@screen(right=COLD)
@require_http_methods(["GET", "POST"])
def cold(request: ActorRequest) -> HttpResponse:
    """What is read twice a day at a place: a field for each reading that is missing today."""
    on, unit = clock.today(), forms.chosen(request, COLD)
    may = unit is not None and policies.may(request.actor, LOG, unit)
    problems: list[str] = []
    if request.method == "POST" and may and unit is not None:
        written = _log_all(request, unit, problems)
        if written and not problems:
            messages.success(request, ngettext(
                "{n} reading is kept.", "{n} readings are kept.", written
            ).format(n=written))  # fmt: skip
            return redirect(f"{reverse('cold')}?unit={unit}")
    rows = []
    for piece in queries.equipment(by=request.actor, on=on, unit=unit) if unit else ():
        if not piece.watched or piece.state == "retired":
            continue
        grid = queries.grid(by=request.actor, id=piece.id, month=on, on=on)
        today = next(((am, pm) for day, am, pm in grid.days if day == on), None)
        rows.append({
            "piece": piece, "kind": words.kind(piece.kind), "grid": grid,
            "state": words.word(words.CONDITION, piece.state),
            "cells": [(cell, f"c-{piece.id}-{cell.half}",
                       request.POST.get(f"c-{piece.id}-{cell.half}", "")) for cell in today or ()],
        })  # fmt: skip
    context = {
        "rows": rows, "units": forms.units(request, COLD), "unit": str(unit or ""), "may": may,
        "problems": problems, "tabs": tabs(request), "as_of": clock.now(), "today": on,
        "may_edit": policies.may(request.actor, EDIT),
    }  # fmt: skip
    return render(request, "supply/cold.html", context, status=422 if problems else 200)


def _log_all(request: ActorRequest, unit: UUID, problems: list[str]) -> int:
    written = 0
    for name, text in request.POST.items():
        if not (name.startswith("c-") and isinstance(text, str) and text.strip()):
            continue
        id, half, celsius = words.as_uuid(name[2:38]), name[39:], forms.decimal(text)
        if id is None or half not in words.HALF:
            continue
        if celsius is None:
            problems.append(_("{text} is no temperature; write it as 4.5.").format(text=text[:20]))
            continue
        payload = LogTemperature(equipment=id, half=half, celsius=celsius)  # type: ignore[arg-type]
        refused = forms.send(request, payload, unit)
        problems += refused
        written += not refused
    return written


@screen(right=COLD)
@require_GET
def equipment(request: ActorRequest) -> HttpResponse:
    """Every fridge, box and logger of the reader's places, and which check is due."""
    on = clock.today()
    units = forms.units(request, COLD)
    unit = words.as_uuid(request.GET.get("unit", ""))
    found = queries.equipment(by=request.actor, on=on, unit=unit, kinds=rules.cold_kinds())
    columns = [
        Column(key="name", label=_("Name"), head=True, href="_href"),
        Column(key="kind", label=_("Kind")),
        Column(key="place", label=_("Held at")),
        Column(key="model", label=_("Model")),
        Column(key="serial", label=_("Serial number")),
        Column(key="state", label=_("Condition")),
        Column(key="checked", label=_("Checked"), kind="day"),
        Column(key="due", label=_("Next check"), kind="day"),
        Column(key="overdue", label=_("Check due")),
        Column(key="last", label=_("Last °C"), kind="number"),
        Column(key="at", label=_("Read"), kind="moment"),
    ]
    rows = [
        {
            "name": row.name, "kind": words.kind(row.kind), "place": row.unit_name,
            "model": row.model or "–", "serial": row.serial or "–",
            "state": words.word(words.CONDITION, row.state), "checked": row.calibrated_on,
            "due": row.calibrate_by, "overdue": _("yes") if row.overdue(on) else _("no"),
            "last": row.last_celsius, "at": row.last_at,
            "_href": reverse("cold-piece", args=[row.id]),
        }
        for row in found
    ]  # fmt: skip
    due = sum(row.overdue(on) for row in found)
    notes = []
    if due:
        notes.append(("warn", ngettext("{n} piece waits for its yearly check.",
                                       "{n} pieces wait for their yearly check.", due).format(n=due)))  # fmt: skip
    actions = []
    if policies.may(request.actor, EDIT):
        actions.append((_("New equipment"), reverse("cold-new"), "plus"))
    listing = Listing(
        part="equipment", title=_("Equipment of the cold chain"),
        lead=_("Fridges, boxes, carriers and loggers, with their checks and repairs."),
        columns=columns, rows=rows, notes=notes, actions=actions,
        empty=(_("No equipment is on record"), _("Write down the fridge first: its readings and vials hang on it.")),
        filters=[unit_filter(units, str(unit or ""))] if len(units) > 1 else (),
    )  # fmt: skip
    return answer(request, listing, tabs(request))


@screen(right=COLD)
@require_http_methods(["GET", "POST"])
def piece(request: ActorRequest, id: UUID) -> HttpResponse:
    """A month of one piece, twice a day, with what was done to it."""
    by, on = request.actor, clock.today()
    held = queries.piece(by=by, id=id, on=on)
    if held is None:
        raise Http404
    month = _month(request.GET.get("month", ""), on)
    grid = queries.grid(by=by, id=id, month=month, on=on)
    if request.GET.get("form") == "csv":
        return _month_csv(held, grid, month)
    may_log, may_edit = (policies.may(by, right, held.unit) for right in (LOG, EDIT))
    problems: list[str] = []
    if request.method == "POST":
        problems = _done(request, held, grid, may_log, may_edit)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect(request.get_full_path())
    before, after = (
        (month - timedelta(days=1)).replace(day=1),
        (month + timedelta(days=32)).replace(day=1),
    )
    excursions = queries.excursions(by=by, on=on, equipment=id, limit=10)
    context = {
        "held": held, "cold": held.kind in rules.cold_kinds(), "grid": grid, "month": month, "problems": problems, "given": request.POST,
        "kind": words.kind(held.kind), "overdue": held.overdue(on),
        "state": words.word(words.CONDITION, held.state), "may_log": may_log, "may_edit": may_edit,
        "before": f"{before:%Y-%m}", "after": f"{after:%Y-%m}" if after <= on else "",
        "serviced": [(one, words.word(words.SERVICING, one.what)) for one in queries.servicings(by=by, id=id)],
        "what": list(words.SERVICING.items()), "halves": list(words.HALF.items()), "today": on,
        "excursions": [(row, words.word(words.RULE, row.rule), words.word(words.EXCURSION, row.state))
                       for row in excursions],
        "as_of": clock.now(), "trail": [(_("Equipment"), reverse("cold-equipment")), (held.name, None)],
    }  # fmt: skip
    return render(request, "supply/piece.html", context, status=422 if problems else 200)


def _month(text: str, on: date) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  # a month has no zone
    except ValueError:
        return on.replace(day=1)


def _month_csv(held: queries.EquipmentRow, grid: queries.Grid, month: date) -> HttpResponse:
    columns = [
        Column(key="day", label=_("Day"), kind="day"), Column(key="am", label=_("Morning")),
        Column(key="pm", label=_("Afternoon")),
    ]  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"day": day, "am": am.celsius, "pm": pm.celsius} for day, am, pm in grid.days
    ]
    return as_csv(Listing(part="cold", title=held.name, lead="", columns=columns, rows=rows,
                          empty=("", ""), file=f"cold-{month:%Y-%m}"))  # fmt: skip


def _done(
    request: ActorRequest, held: queries.EquipmentRow, grid: queries.Grid, may_log: bool,
    may_edit: bool,
) -> list[str]:  # fmt: skip
    given = request.POST
    if given.get("form") == "log" and may_log:
        on, half = forms.day(given.get("day", "")), given.get("half", "")
        celsius = forms.decimal(given.get("celsius", ""))
        if on is None or half not in words.HALF:
            return [_("Write the day as 07/03/2026.")]
        if celsius is None:
            return [_("Write the temperature as 4.5.")]
        cells = {(c.day, c.half): c.reading for _day, am, pm in grid.days for c in (am, pm)}
        payload = LogTemperature(equipment=held.id, half=half, celsius=celsius)  # type: ignore[arg-type]
        return forms.send(request, payload, held.unit, on=on, corrects=cells.get((on, half)))
    if given.get("form") == "service" and may_edit:
        what = given.get("what", "")
        if what not in words.SERVICING:
            return [_("Choose what was done.")]
        passed = {"yes": True, "no": False}.get(given.get("passed", ""))
        payload2 = ServiceEquipment(
            equipment=held.id, what=what, passed=passed,  # type: ignore[arg-type]
            next_on=forms.day(given.get("next", "")), note=given.get("note", "").strip()[:500],
        )  # fmt: skip
        return forms.send(request, payload2, held.unit)
    return [_("Your post does not write here.")]


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def piece_new(request: ActorRequest) -> HttpResponse:
    """A new piece of equipment."""
    return _form(request, None)


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def piece_change(request: ActorRequest, id: UUID) -> HttpResponse:
    """A piece of equipment as it is from now on."""
    held = queries.piece(by=request.actor, id=id, on=clock.today())
    if held is None or not policies.may(request.actor, EDIT, held.unit):
        raise Http404
    return _form(request, held)


def _form(request: ActorRequest, held: queries.EquipmentRow | None) -> HttpResponse:
    problems: list[str] = []
    given = request.POST
    if request.method == "POST":
        unit = held.unit if held else forms.chosen(request, EDIT)
        since = forms.day(given.get("since", ""))
        name, kind = given.get("name", "").strip()[:120], given.get("kind", "")
        if not name or rules.equipment_kind(kind) is None:
            problems.append(_("Give it a kind and a name."))
        if since is None:
            problems.append(_("Write since when it is in use, as 07/03/2026."))
        if unit is None:
            problems.append(_("Choose one of your places."))
        if not problems and unit is not None and since is not None:
            payload = SetEquipment(
                equipment=held.id if held else None, kind=kind, name=name,
                model=given.get("model", "").strip()[:120],
                serial=given.get("serial", "").strip()[:60],
                litres=forms.decimal(given.get("litres", "")), since=since,
                watched="watched" in given, retired_on=forms.day(given.get("retired", "")),
            )  # fmt: skip
            problems = forms.send(request, payload, unit, corrects=held.id if held else None)
            if not problems:
                messages.success(request, _("It is kept."))
                return redirect("cold-equipment")
    context = {
        "held": held, "given": given, "problems": problems, "kinds": words.kinds(),
        "units": forms.units(request, EDIT), "back": reverse("cold-equipment"),
        "typed": request.method == "POST", "today": clock.today(),
    }  # fmt: skip
    return render(request, "supply/piece_form.html", context, status=422 if problems else 200)
