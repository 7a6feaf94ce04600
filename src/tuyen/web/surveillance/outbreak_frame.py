"""What every page of an outbreak's room shows: its name, its parts, and what its reader may do."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.surveillance import queries
from tuyen.rules.surveillance import outbreaks as law
from tuyen.web.access import ActorRequest
from tuyen.web.surveillance import filters, outbreak_words, words

READ, RUN, DECLARE = (
    "surveillance.outbreak.read", "surveillance.outbreak.run", "surveillance.outbreak.declare",
)  # fmt: skip
CONTACTS, FOLLOW = "surveillance.contact.read", "surveillance.contact.follow"
CASES, DRAW = "surveillance.case.read", "workforce.roster.plan"


def find(request: ActorRequest, id: UUID) -> queries.OutbreakDetail:
    """The outbreak, if the reader may see it; else as if there were none."""
    found = queries.outbreak(by=request.actor, id=id)
    if found is None:
        raise Http404
    return found


def framed(
    request: ActorRequest, found: queries.OutbreakDetail, part: str, problem: str = "",
    typed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The context that every part begins with. ``problem`` and ``typed``: a form that was refused."""
    row, by = found.row, request.actor
    return {
        "found": found,
        "row": row,
        "disease": row.disease_name(words.language()),
        "group": words.word(words.GROUP, row.group),
        "level": outbreak_words.level(row.level, row.opened_on if not found.declarations
                                      else found.declarations[-1].declared_on),
        "trail": [(_("Outbreaks"), reverse("outbreaks")), (row.title, None)],
        "parts": _parts(request, row),
        "part": part,
        "may_run": unit_for(request, row, RUN) is not None,
        "may_declare": unit_for(request, row, DECLARE) is not None,
        "may_follow": unit_for(request, row, FOLLOW) is not None,
        "may_cases": policies.may(by, CASES),
        "today": clock.today(),
        "as_of": clock.now(),
        "problem": problem,
        "typed": typed or {},
        "rows_href": filters.rows(outbreak=row.id, counted=True) if policies.may(by, CASES) else "",
    }  # fmt: skip


def _parts(request: ActorRequest, row: queries.OutbreakRow) -> list[tuple[str, Any, str]]:
    names = [
        ("outbreak", _("Summary")),
        ("outbreak-cases", _("Line list")),
        ("outbreak-chains", _("Chains")),
        ("outbreak-contacts", _("Contacts")),
        ("outbreak-map", _("Map")),
        ("outbreak-laboratory", _("Laboratory")),
        ("outbreak-tasks", _("Tasks")),
        ("outbreak-reports", _("Reports")),
        ("outbreak-times", _("7-1-7")),
        ("outbreak-plan", _("Definition")),
    ]
    if law.isolated(row.disease, request.actor.on):
        names.insert(4, ("outbreak-isolation", _("Isolation")))
    if not policies.may(request.actor, CONTACTS):
        names = [each for each in names if each[0] != "outbreak-contacts"]
    if policies.may(request.actor, DRAW):
        names.append(("draw", _("People from the surge roster")))
    return [(name, label, reverse(name, args=[row.id])) for name, label in names]


def unit_for(request: ActorRequest, row: queries.OutbreakRow, right: str) -> UUID | None:
    """The unit for which the reader may act on the outbreak: that of the outbreak, a commune, the
    lead."""
    scope = policies.scope(request.actor, right)
    units = [row.unit, *row.communes, *([row.lead] if row.lead else [])]
    return next((unit for unit in units if scope.covers(unit)), None)


def note_readings(request: ActorRequest, subject: str, ids: Sequence[UUID]) -> None:
    """Named records were shown: say so in the log that the person concerned can see."""
    if ids:
        accounts.record_readings(by=request.actor, subject=subject, ids=ids, at=clock.now())


def owners(request: ActorRequest, row: queries.OutbreakRow) -> list[tuple[UUID, str]]:
    """Who may be chosen as an owner: oneself, and whoever the outbreak was given to."""
    found: dict[UUID, str] = {}
    if request.actor.user is not None:
        found[request.actor.user] = request.actor.name
    if row.assignee is not None:
        found.setdefault(row.assignee, row.assignee_name)
    return list(found.items())


def called(row: queries.CaseRow) -> str:
    """How a case is named on a screen."""
    if row.masked:
        return _("Name withheld")
    return row.name or _("Name not given")


def spoken(figures: Mapping[str, Any], on: date) -> list[tuple[str, str, Any]]:
    """The figures of a report as (code, word, value as it is read), in their order."""
    said = []
    for code, label in outbreak_words.FIGURE.items():
        value = figures.get(code)
        if isinstance(value, str) and len(value) == 10 and value[4] == "-":
            value = f"{value[8:]}/{value[5:7]}/{value[:4]}"
        if code == "level":
            value = outbreak_words.level(value or "", on)
        said.append((code, str(label), value if value not in ("", None) else "–"))
    return said
