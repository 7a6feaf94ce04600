"""Wishes and pins of a plan: the engine answers under them, or says which rules are in conflict."""

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from msgspec import structs

from tuyen.apps.access import clock, policies
from tuyen.apps.network import queries
from tuyen.apps.network.operations import ChangePlan, Pin, Wishes
from tuyen.apps.registry import queries as registry
from tuyen.rules import network as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import wishing, words
from tuyen.web.network.sending import send
from tuyen.web.network.views_decide import page_of
from tuyen.web.network.views_plans import EDIT, READ, trail


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def wishes(request: ActorRequest, id: UUID) -> HttpResponse:
    """The wishes of a plan and its pins. What is typed is kept, then the engine is asked."""
    page = page_of(request, id)
    held = page.wishes or Wishes()
    may = page.row.state == "draft" and policies.may(request.actor, EDIT, page.row.unit)
    given: Any = wishing.typed_of(held)
    problems: list[str] = []
    told: dict[str, Any] = {}
    if request.method == "POST" and not may:
        problems = [_("Your post does not write here.")]
    elif request.method == "POST":
        asked = _wished(request, page, held, problems)
        if request.POST.get("form", "wishes") == "wishes" and problems:
            given = request.POST
        if not problems:
            problems = send(request, ChangePlan(plan=id, wishes=asked), page.row.unit)[1]
        if not problems and request.POST.get("form") in ("pin", "unpin"):
            messages.success(request, _("It is kept."))
            return redirect("network-wishes", id=id)
        if not problems:
            found = queries.answered(
                by=request.actor, on=page.plan.on, merges=page.plan.merges, wishes=asked
            )
            if found.answer is not None:
                change = ChangePlan(
                    plan=id, sites=_with_what_was_said(page, found), answer=found.answer
                )
                problems = send(request, change, page.row.unit)[1]
                if not problems:
                    messages.success(request, _("The engine has answered under these wishes."))
                    return redirect("network-plan", id=id)
            else:
                page, held = page_of(request, id), asked
                given, told = wishing.typed_of(asked), wishing.refused(found, page.plan)
    context = {
        "page": page, "row": page.row, "problems": problems, "may": may, "told": told,
        "as_of": clock.now(), "trail": trail(page, _("Wishes and pins")),
        "pins": [wishing.pin_said(pin, page.plan) for pin in held.pins], "musts": list(words.MUST.items()),
        "grounds": [(key, words.told(one.name)) for key, one in rules.answers("grounds").items()],
        "sites": sorted(((unit, registry.atlas().full_name(unit, page.plan.day)) for unit in page.plan.sites),
                        key=lambda one: one[1]),
        **wishing.form(given, page.plan.on, page.plan, held),
    }  # fmt: skip
    return render(request, "network/wishes.html", context, status=422 if problems or told else 200)


def _with_what_was_said(page: queries.PlanPage, found: queries.Answered) -> tuple[Any, ...]:
    """What somebody said a closed building serves, or a point does, is kept where the engine says so again."""
    said = page.plan.sites
    return tuple(
        structs.replace(one, destination=said[one.unit].destination, functions=said[one.unit].functions)
        if one.unit in said and one.kind in ("repurposed", "satellite") else one
        for one in found.sites
    )  # fmt: skip


def _wished(
    request: ActorRequest, page: queries.PlanPage, held: Wishes, problems: list[str]
) -> Wishes:
    """The wishes after what was posted: typed anew, one eased, a pin more or less."""
    given = request.POST
    pressed = wishing.ease_of(given.get("ease", ""))
    if pressed is not None:
        return queries.eased(held, *pressed) or held
    if given.get("form") == "unpin":
        return queries.eased(held, "pin", given.get("site", ""), 0) or held
    if given.get("form") == "pin":
        pin = pinned(given, problems)
        if pin is None:
            return held
        return structs.replace(held, pins=(*(p for p in held.pins if p.unit != pin.unit), pin))
    return wishing.wishes_of(given, problems, page.plan.on, held)


def pinned(given: Any, problems: list[str]) -> Pin | None:
    """A pin as it was typed."""
    reason = " ".join(given.get("reason", "").split())[:300]
    if len(reason) < 3:
        problems.append(_("Say why the site is pinned."))
        return None
    said = {"unit": given.get("site", ""), "must": given.get("must", ""),
            "ground": given.get("ground", ""), "reason": reason}  # fmt: skip
    try:
        return msgspec.convert(said, Pin)
    except msgspec.ValidationError:
        problems.append(_("Choose the site, what it must become, and on what ground."))
        return None
