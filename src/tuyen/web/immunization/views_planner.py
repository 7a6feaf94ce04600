"""The microplan: a year's sessions, village by village, with vials, boxes and people."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.immunization.queries import microplan
from tuyen.engines.immunization.planning import by_sessions
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import session_words as words
from tuyen.web.immunization.views_sessions import PLAN, READ, chosen_unit, own_units


@screen(right=READ)
@require_GET
def planner(request: ActorRequest) -> HttpResponse:
    """The microplan of a unit, to be read and to be printed."""
    units, on = own_units(request, READ), clock.today()
    if not units:
        return render(request, "immunization/planner.html", {"units": []})
    unit = chosen_unit(request, units)
    plan = microplan.plan(by=request.actor, unit=unit, on=on)
    rows = plan.villages if plan else ()
    context: dict[str, Any] = {
        "units": [(str(id), name) for id, name in units], "unit": str(unit),
        "unit_name": dict(units)[unit], "plan": plan, "as_of": clock.now(),
        "may_plan": policies.may(request.actor, PLAN, unit),
        "rows": [
            {"one": one, "kind": words.kind(one.kind), "months": ", ".join(map(str, one.months)),
             "people": max((s.vaccinators for s in one.stops), default=0),
             "children": sum(s.children for s in one.stops) / len(one.stops) if one.stops else 0}
            for one in rows
        ],
        "births": sum(one.births for one in rows), "late": sum(one.defaulters for one in rows),
        "stops": sum(len(one.stops) for one in rows),
        "loads": list(plan.loads.items()) if plan else [],
        "vials": [
            (words.vaccine(code), n, plan.sizes[code]) for code, n in plan.vials.items()
        ] if plan else [],
        "savings": _savings(sum(one.births for one in rows), on), "reach": plan.reach if plan else None,
        "shelf": [
            {"row": one, "name": words.vaccine(one.vaccine)} for one in plan.shelf
        ] if plan and plan.shelf else [],
        "title": _("Microplan"),
    }  # fmt: skip
    return render(request, "immunization/planner.html", context)


def _savings(births: int, on: date) -> list[dict[str, Any]]:
    """What large vials cost at 12, 6 and 4 sessions a year in one place with all the births."""
    found = []
    for code in ("BCG", "MR", "bOPV"):
        size = microplan.vial_size(code, on)
        rows = by_sessions(size, float(births), (12, 6, 4)) if births else []
        found.append({"name": words.vaccine(code), "size": size, "rows": rows})
    return found
