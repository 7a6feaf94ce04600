"""Schedules: which holds, how sure its figures are, whom another would change, and the decision."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as accounts
from tuyen.apps.immunization import schedule_tasks
from tuyen.apps.immunization.operations import ActivatePack, RollBackPack
from tuyen.apps.immunization.queries import packs as queries
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization.impact import KINDS
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules.immunization import lists, rollouts, schedules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import pack_words as words
from tuyen.web.surveillance.views_resources import day_of
from tuyen.web.surveillance.words import said

READ, ACTIVATE = queries.READ, queries.ACTIVATE
_ROWS = 100


class Line(NamedTuple):
    """A schedule in the list of all."""

    code: str
    name: str
    since: date
    act: str
    state: str  # in-force, earlier, to-come or waits
    word: str
    tone: str
    unconfirmed: int
    figures: int


@screen(right=READ)
@require_GET
def packs(request: ActorRequest) -> HttpResponse:
    """Every schedule, the course of those in force, and the decisions."""
    return _list(request)


@screen(right=READ)
@require_GET
def pack(request: ActorRequest, code: str) -> HttpResponse:
    """One schedule, figure by figure, and against the one in force."""
    return _show(request, code)


@screen(right=ACTIVATE)
@require_POST
def activate(request: ActorRequest, code: str) -> HttpResponse:
    """Put a schedule in force; whom it changes has been shown before."""
    given = request.POST
    on, reason = day_of(given.get("on", "")), given.get("reason", "").strip()[:500]
    if on is None:
        return _show(request, code, [_("Write the first day, such as 01/12/2026.")])
    if len(reason) < 3:
        return _show(request, code, [_("Write why this schedule is put in force.")], on)
    seen = [given.get(name, "") for name in ("people", "changed")]
    if not all(text.isascii() and text.isdigit() and len(text) < 9 for text in seen):
        return _show(request, code, [_("See first whom the schedule changes.")], on)
    payload = ActivatePack(
        pack=code, effective_on=on, reason=reason, people=int(seen[0]), changed=int(seen[1])
    )
    problem = _committed(request, payload)
    if problem:
        return _show(request, code, [problem], on)
    name = words.pack(code)
    messages.success(request, _("In force from {day}: {name}.").format(day=_day(on), name=name))
    return redirect(f"{reverse('packs')}?now=1")


@screen(right=ACTIVATE)
@require_POST
def roll_back(request: ActorRequest, activation: UUID) -> HttpResponse:
    """Take an activation back."""
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 3:
        return _list(request, [_("Write why it is rolled back.")])
    payload = RollBackPack(activation=activation, reason=reason)
    problem = _committed(request, payload, corrects=activation)
    if problem:
        return _list(request, [problem])
    messages.success(request, _("Rolled back. What was in force before is in force again."))
    return redirect(f"{reverse('packs')}?now=1")


@screen(right=ACTIVATE)
@require_POST
def catch_up(request: ActorRequest) -> HttpResponse:
    """Bring some more children under the schedule in force; the page asks again until none is left."""
    by, on = request.actor, clock.today()
    done = schedule_tasks.catch_up(by=by, on=on, at=clock.now())
    behind = queries.behind(by=by, on=on)
    if request.headers.get("HX-Request") != "true":
        return redirect("packs")
    context = {"behind": behind, "going": bool(done and behind), "done": not behind, "may": True}
    return render(request, "immunization/_pack_waiting.html", context)


def _committed(request: ActorRequest, payload: Payload, corrects: UUID | None = None) -> str | None:
    """Commit; the sentence of a refusal, or None."""
    now = clock.now()
    unit = next(
        (p.unit for p in request.actor.posts if policies.may(request.actor, ACTIVATE, p.unit)), NODE
    )
    operation = Operation.of(
        payload, unit=unit, happened_on=clock.today(), recorded_at=now, corrects=corrects
    )
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    return None if receipt.refusal is None else said(receipt.refusal)


def _list(request: ActorRequest, problems: Sequence[str] = ()) -> HttpResponse:
    by, today = request.actor, clock.today()
    steps = queries.steps(by=by)
    decisions = queries.activations(by=by)
    names = accounts.names(
        {one for each in decisions for one in (each.author, each.rolled_back_by)}
    )
    course = [
        {
            "on": step.on, "name": words.pack(step.pack), "decided": step.activation is not None,
            "code": step.pack, "now": step == queries.step_of(today, steps),
        }
        for step in steps
    ]  # fmt: skip
    values = {
        "problems": problems, "lines": _lines(steps, today), "course": course,
        "decisions": [
            {
                "row": one, "name": words.pack(one.pack), "author": names.get(one.author, ""),
                "undone_by": names.get(one.rolled_back_by, ""),
            }
            for one in decisions
        ],
        "may": policies.may(by, ACTIVATE), "behind": queries.behind(by=by, on=today),
        "as_of": clock.now(), "going": request.GET.get("now") == "1",
    }  # fmt: skip
    return render(request, "immunization/packs.html", values, status=422 if problems else 200)


def _lines(steps: Sequence[Any], today: date) -> list[Line]:
    now = queries.step_of(today, steps).pack
    later = {step.pack for step in steps if step.on > today}
    found = []
    for one in schedules.regimes():
        state = (
            "in-force" if one.code == now
            else "to-come" if one.code in later
            else "earlier" if one.automatic or one.code in {step.pack for step in steps}
            else "waits"
        )  # fmt: skip
        found.append(
            Line(
                one.code, one.names.of(words.language()), one.since, lists.source(one.act), state,
                str(words.STATE[state]), words.TONE[state], len(schedules.unconfirmed(one.code)),
                len(schedules.figures(one.code)),
            )
        )  # fmt: skip
    return found


def _show(
    request: ActorRequest, code: str, problems: Sequence[str] = (), on: date | None = None
) -> HttpResponse:
    by, today = request.actor, clock.today()
    try:
        regime = schedules.regime(code)
    except KeyError:
        raise Http404 from None
    may = policies.may(by, ACTIVATE)
    asked = on or day_of(request.GET.get("on", ""))
    now = queries.step_of(asked or today, queries.steps(by=by)).pack
    found = queries.differences(by=by, old=now, new=code)
    impact = None
    if may and asked and code != now:
        impact = queries.impact(by=by, pack=code, on=asked)
    values = {
        "code": code, "name": regime.names.of(words.language()), "regime": regime,
        "act": lists.source(regime.act), "problems": problems, "may": may,
        "in_force": words.pack(now), "current": code == now,
        "rows": _figures(code), "rollouts": _rollouts(today),
        "differences": [words.cell(one) for one in found], "on": asked or today,
        "on_text": _day(asked or today),
        "asked": asked, "impact": impact and _told(impact, asked or today), "as_of": clock.now(),
        "unconfirmed": len(schedules.unconfirmed(code)), "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "immunization/pack.html", values, status=422 if problems else 200)


def _figures(code: str) -> list[dict[str, Any]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for one in schedules.figures(code):
        rows.setdefault(one.row, []).append(
            {
                "field": words.FIELD[one.field], "value": words.value(one.value),
                "source": lists.source(one.source), "since": one.since, "verified": one.verified,
                "confidence": words.CONFIDENCE[one.confidence],
                "tone": words.CONFIDENCE_TONE[one.confidence],
            }
        )  # fmt: skip
    return [{"name": words.row(name), "figures": figures} for name, figures in rows.items()]


def _rollouts(today: date) -> list[dict[str, Any]]:
    return [
        {
            "group": words.group(one.group), "name": one.name, "since": one.since,
            "begun": one.since <= today, "former": one.province.endswith(".old"),
        }
        for one in rollouts.rollouts()
    ]  # fmt: skip


def _told(impact: queries.Impact, on: date) -> dict[str, Any]:
    atlas = registry.atlas()
    by_commune: dict[str, list[Any]] = {}
    for one in impact.counts:
        by_commune.setdefault(one.commune, []).append(one)
    kinds = [kind for kind in KINDS if any(one.kind == kind for one in impact.counts)]
    rows = []
    for id, counts in by_commune.items():
        groups = dict.fromkeys(words.group(one.group) for one in counts)
        rows.append(
            {
                "name": (atlas.name(UUID(id), on) or id) if id else _("Place not known"),
                "people": sum(one.people for one in counts),
                "counts": [sum(one.people for one in counts if one.kind == kind) for kind in kinds],
                "groups": ", ".join(groups),
            }
        )
    rows.sort(key=lambda row: (-row["people"], row["name"]))
    return {
        "row": impact, "communes": rows[:_ROWS], "more": max(0, len(rows) - _ROWS),
        "kinds": [words.KIND[kind] for kind in kinds], "old": words.pack(impact.old),
        "moves": [
            {
                "group": words.group(one.group), "kind": words.KIND[one.kind],
                "before": words.STATUS.get(one.before, one.before),
                "after": words.STATUS.get(one.after, one.after), "people": one.people,
                "days": one.days,
            }
            for one in impact.moves
        ],
    }  # fmt: skip


def _day(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def href(code: str) -> str:
    """The address of a schedule."""
    return reverse("pack", args=[code])
