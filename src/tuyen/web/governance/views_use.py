"""Equipment in use: how much each machine runs, which could move, what each programme has."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.governance import queries
from tuyen.rules import governance as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.governance import words
from tuyen.web.governance.tabs import tabs

_SHOWN = 100


@screen(right=queries.READINESS)
@require_GET
def use(request: ActorRequest) -> HttpResponse:
    """Machines of which use was written down, the least used first; pieces by programme."""
    on = clock.today()
    told = queries.equipment_use(by=request.actor, on=on)
    term = rules.term("use", on)
    context = {
        "told": told, "as_of": on, "tabs": tabs(request), "term": term,
        "share": told.recorded / told.pieces if told.pieces else None,
        "rows": [(row, words.kind(row.kind), f"{row.last[5:]}/{row.last[:4]}",
                  reverse("readiness-site", args=[row.unit])) for row in told.rows[:_SHOWN]],
        "moves": [(one, words.kind(one.piece.kind)) for one in told.moves],
        "idle": sum(row.idle for row in told.rows),
        "programmes": [
            (row, words.programme(row.programme),
             ", ".join(f"{words.kind(kind)} {fit + overdue + broken}"
                       for kind, fit, overdue, broken in row.kinds))
            for row in queries.by_programme(by=request.actor, on=on)
        ],
    }  # fmt: skip
    return render(request, "governance/use.html", context)
