"""All equipment of a place: which check is due, what is out of order, what a station should have."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.supply import queries
from tuyen.rules import supply as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, views_medicines, words
from tuyen.web.supply.listing import Listing, answer, unit_filter
from tuyen.web.tables import Column

COLD, EDIT = queries.COLD, queries.EQUIPMENT
_LATE = ("never", "overdue")


@screen(right=COLD)
@require_GET
def register(request: ActorRequest) -> HttpResponse:
    """Every piece of the reader's places with its check, repairs behind its name."""
    on, only = clock.today(), request.GET.get("only", "")
    units = forms.units(request, COLD)
    unit = words.as_uuid(request.GET.get("unit", ""))
    found = queries.equipment(by=request.actor, on=on, unit=unit)
    kept = [row for row in found if _kept(row, only)]
    rows = [
        {
            "name": row.name, "kind": words.kind(row.kind), "place": row.unit_name,
            "model": row.model or "–", "serial": row.serial or "–",
            "state": words.word(words.CONDITION, row.state), "checked": row.calibrated_on,
            "due": row.calibrate_by, "check": words.word(words.CHECK, row.check_state(on)),
            "months": rules.check_months(row.kind), "_href": reverse("cold-piece", args=[row.id]),
        }
        for row in kept
    ]  # fmt: skip
    picked = {
        "name": "only", "label": _("Show"), "given": only, "any": _("All equipment"),
        "options": [("due", _("check due or overdue")), ("faulty", _("out of order"))],
    }  # fmt: skip
    listing = Listing(
        part="equipment-register", title=_("Equipment"), about=_("Medicines"),
        lead=_("What measures and treats, when it is checked again, and what is out of order."),
        columns=_columns(), rows=rows, notes=_notes(found), file="equipment",
        actions=_actions(request, unit),
        filters=[*([unit_filter(units, str(unit or ""))] if len(units) > 1 else []), picked],
        empty=(_("No equipment is on record"), _("Write down what the place has: its checks hang on it.")),
    )  # fmt: skip
    return answer(request, listing, views_medicines.tabs(request, unit))


def _kept(row: queries.EquipmentRow, only: str) -> bool:
    if only == "due":
        return row.check_state(clock.today()) in (*_LATE, "soon")
    return only != "faulty" or row.state == "faulty"


def _actions(request: ActorRequest, unit: object) -> list[tuple[str, str, str]]:
    found = [(_("What a station should have"), reverse("equipment-floor"), "verify")]
    if policies.may(request.actor, EDIT):
        found.insert(0, (_("New equipment"), reverse("cold-new"), "plus"))
    return found


def _columns() -> list[Column]:
    return [
        Column(key="name", label=_("Name"), head=True, href="_href"),
        Column(key="kind", label=_("Kind")),
        Column(key="place", label=_("Held at")),
        Column(key="model", label=_("Model")),
        Column(key="serial", label=_("Serial number")),
        Column(key="state", label=_("Condition")),
        Column(key="months", label=_("Checked every, months"), kind="number"),
        Column(key="checked", label=_("Checked"), kind="day"),
        Column(key="due", label=_("Next check"), kind="day"),
        Column(key="check", label=_("Check")),
    ]


def _notes(rows: list[queries.EquipmentRow]) -> list[tuple[str, str]]:
    on, notes = clock.today(), []
    if late := sum(row.check_state(on) in _LATE for row in rows):
        notes.append(("warn", ngettext(
            "{n} piece has no valid check: what it measures is not relied on.",
            "{n} pieces have no valid check: what they measure is not relied on.", late,
        ).format(n=late)))  # fmt: skip
    if broken := sum(row.state == "faulty" for row in rows):
        notes.append(("bad", ngettext(
            "{n} piece is out of order.", "{n} pieces are out of order.", broken
        ).format(n=broken)))  # fmt: skip
    return notes


@screen(right=COLD)
@require_GET
def floor(request: ActorRequest) -> HttpResponse:
    """What a station should have by the proposal of the rules, beside what it has."""
    on = clock.today()
    unit, shown = views_medicines.choices(request, COLD)
    found = queries.floor(by=request.actor, unit=unit, on=on) if unit else []
    columns = [
        Column(key="kind", label=_("Kind"), head=True),
        Column(key="least", label=_("Least"), kind="number"),
        Column(key="working", label=_("Working"), kind="number"),
        Column(key="faulty", label=_("Out of order"), kind="number"),
        Column(key="missing", label=_("Missing"), kind="number"),
    ]
    rows = [
        {"kind": words.kind(row.kind), "least": row.least, "working": row.working,
         "faulty": row.faulty, "missing": row.missing}
        for row in sorted(found, key=lambda row: row.missing == 0)
    ]  # fmt: skip
    listing = Listing(
        part="equipment-register", title=_("What a station should have"), about=_("Medicines"),
        lead=_("A proposal in place of the minimum list of TT 28/2020/TT-BYT, whose text was not at hand; the numbers may be changed."),
        columns=columns, rows=rows, filters=shown, file="equipment-floor",
        empty=(_("No place of yours holds equipment"), ""),
    )  # fmt: skip
    return answer(request, listing, views_medicines.tabs(request, unit))
