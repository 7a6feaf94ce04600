"""Family planning: who uses which method, whose supply ends, and the next step."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import (
    RecordContraception,
    VoidContraception,
)
from tuyen.apps.clinical.queries import families
from tuyen.rules.clinical import family_planning as methods
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import care_sending as sending
from tuyen.web.clinical.care_pages import (
    Asked,
    Cell,
    Form,
    Page,
    Stats,
    Table,
    joined,
    options,
    show,
)
from tuyen.web.templatetags.figures import day as shown_day
from tuyen.web.typed import whole


def method_words() -> dict[str, str]:
    """Methods in the reader's language."""
    return sending.words({key: one.name for key, one in methods.methods().items()})


def what_words() -> dict[str, str]:
    """Steps of contraception."""
    return {
        "start": _("start"),
        "supply": _("handed out again"),
        "follow-up": _("looked after"),
        "stop": _("stop"),
    }


@screen(right=queries.READ)
@never_cache
@require_GET
def users(request: ActorRequest) -> HttpResponse:
    """Who uses which method, those whose supply ended first."""
    on, text = clock.today(), request.GET.get("q", "")
    rows, names = families.users(by=request.actor, on=on), method_words()
    sending.seen(request, [row.person for row in rows])
    lines = []
    for row in rows:
        until = row.use.until
        due = "–" if until is None else Cell(shown_day(until))
        if row.late_days > 0:
            due = Cell(
                ngettext("{n} day late", "{n} days late", row.late_days).format(n=row.late_days),
                tone="warn",
            )
        lines.append((Cell(row.name, reverse("family-planning-person", args=[row.person])), names[row.use.method],
                      shown_day(row.use.since), due, row.village))  # fmt: skip
    href = reverse("family-planning-person", args=[UUID(int=0)]).replace(str(UUID(int=0)), "0" * 8)
    parts: list[object] = []
    if policies.may(request.actor, families.FIGURES):
        told = families.method_figures(by=request.actor, on=on)
        parts.append(Stats(values=(
            (_("Users of a modern method"), str(told.modern), ""),
            (_("Women of 15 to 49 who use one"), sending.share(told.modern_women, told.women), ""),
            *((names[key], str(count), "") for key, count in sorted(told.by_method.items(), key=lambda one: -one[1])[:4]),
        )))  # fmt: skip
    parts.append(Table(
        title=_("Users"), columns=(_("Name"), _("Method"), _("Since"), _("Supply lasts until"), _("Village")), rows=lines,
        empty=(_("Nobody uses a method here"), _("Search a person above and record the start.")),
    ))  # fmt: skip
    genes = [(_("Thalassaemia"), reverse("thalassaemia"), "verify")]
    apart = policies.may(request.actor.stating("care"), queries.SENSITIVE)
    return show(request, Page(
        title=_("Family planning"), lead=_("Methods in use, and whose supply ends."), parts=parts,
        actions=genes if apart else [],
        find=(_("Name or number of a person"), text), found=sending.found(request, text, href),
    ))  # fmt: skip


@screen(right=queries.READ)
@never_cache
@require_http_methods(["GET", "POST"])
def person(request: ActorRequest, id: UUID) -> HttpResponse:
    """A person's methods, and the next step."""
    row, on = sending.person_or_404(request, id), clock.today()
    may = sending.may_record(request)
    problems: list[str] = []
    steps = families.contraception(by=request.actor, person=row.id)
    if request.method == "POST" and may:
        problems = _step(request, row.id, on, steps)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("family-planning-person", id)
    names, whats, effects = (
        method_words(),
        what_words(),
        sending.words(methods.words("side_effects")),
    )
    table = Table(
        title=_("What was told"),
        columns=(_("Day"), _("What"), _("Method"), _("Number"), _("Side effects"), _("State")),
        rows=[(Cell(shown_day(s.on)), whats[s.what], names[s.method], "–" if s.quantity is None else str(s.quantity),
               joined(effects.get(key, key) for key in s.side_effects.split(",") if key),
               Cell(_("taken back"), under=s.void_reason) if s.state == "void" else "–") for s in steps],
        empty=(_("Nothing is on record"), _("Record the start of a method below.")),
    )  # fmt: skip
    parts: list[object] = [table]
    if may:
        parts += _step_forms(row.sex, on, steps)
    return show(request, Page(
        title=row.name, lead=sending.lead_of(row), parts=parts, problems=problems,
        trail=[(_("Family planning"), reverse("family-planning")), (row.name, None)],
    ))  # fmt: skip


def _step_forms(sex: int, on: date, steps: list[families.StepRow]) -> list[Form]:
    fitting = {key: name for key, name in method_words().items()
               if methods.methods()[key].sex in (0, sex) or sex not in (1, 2)}  # fmt: skip
    last = next((s for s in steps if s.state == "live"), None)
    forms = [Form(title=_("What was done today"), act="step", send=_("Keep it"), fields=[
        Asked(name="on", label=_("Day"), kind="day", value=f"{on:%d/%m/%Y}"),
        Asked(name="what", label=_("What"), kind="select", options=options(what_words()),
              value="supply" if last and last.what != "stop" else "start"),
        Asked(name="method", label=_("Method"), kind="select", options=options(fitting), value=last.method if last else ""),
        Asked(name="quantity", label=_("Number handed out"), kind="number"),
        Asked(name="side_effect", label=_("Side effect"), kind="select",
              options=options(sending.words(methods.words("side_effects")), blank=True)),
        Asked(name="reason", label=_("Why stopped"), kind="select",
              options=options(sending.words(methods.words("stop_reasons")), blank=True)),
        Asked(name="note", label=_("Note")),
    ])]  # fmt: skip
    if last is not None:
        forms.append(Form(title=_("Take the last entry back"), act="void", send=_("Take it back"), closed=True,
                          fields=[Asked(name="reason", label=_("Why"), needed=True)]))  # fmt: skip
    return forms


def _step(request: ActorRequest, id: UUID, on: date, steps: list[families.StepRow]) -> list[str]:
    given = request.POST
    last = next((s for s in steps if s.state == "live"), None)
    if given.get("act") == "void" and last is not None:
        reason = given.get("reason", "").strip()[:500]
        if len(reason) < 3:
            return [_("Say why in at least three letters: others will read it.")]
        unit = sending.own_unit(request, last.unit)
        return sending.send(request, [VoidContraception(step=last.id, reason=reason)], unit)
    day = sending.day(given.get("on", ""), on)
    if day is None or given.get("what") not in what_words():
        return [_("Write the day as 07/03/2026.")]
    effect = given.get("side_effect", "")[:12]
    stopped = given["what"] == "stop"
    payload = RecordContraception(
        person=id, on=day, what=given["what"], method=given.get("method", "")[:12],  # type: ignore[arg-type]
        quantity=whole(given.get("quantity", "")) or None, side_effects=(effect,) if effect else (),
        reason=given.get("reason", "")[:12] if stopped else "", note=given.get("note", "")[:500],
    )  # fmt: skip
    return sending.send(request, [payload], sending.own_unit(request), on=day)
