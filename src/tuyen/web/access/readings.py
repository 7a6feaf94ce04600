"""Who read a resident's records, in plain words: shown or printed for the resident at the station."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.access.queries import SHOW_READINGS, Seen
from tuyen.apps.access.services import record_readings
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries as surveillance
from tuyen.kernel.refusal import N_
from tuyen.rules.access import role_table
from tuyen.web.access import ActorRequest, screen
from tuyen.web.access.emergencies import emergency_line

TABLET = "@tablet"
# What was read -> how a resident is told.
DONE = {
    "registry.person": N_("opened your record"),
    "registry.person.search": N_("saw your name in a list or a search"),
    "registry.person.sensitive": N_("looked at your numbers and your ethnic group"),
    "registry.household": N_("opened the record of your household"),
    "clinical.person": N_("opened the summary of your visits"),
    "clinical.visit": N_("read a visit of yours"),
    "clinical.visit.sensitive": N_("read what stands apart in your record, for your care"),
    "clinical.care": N_(
        "opened your record of pregnancy, birth or growth, or saw you in such a list"
    ),
    "clinical.allergy": N_("opened what you do not bear"),
    "clinical.programme": N_("saw you in the list of a programme of care"),
    "clinical.thalassaemia": N_("read your results for thalassaemia"),
    "immunization.child": N_("opened your immunisation record, or saw you in such a list"),
    "exchange.fhir": N_("read your record by another program of care"),
    "surveillance.signal": N_("read a report of an event in which you are named"),
    "surveillance.case": N_("read a case report about you"),
    "journal.operation": N_("read what was entered about you"),
    "access.readings": N_("showed this list"),
    "access.emergency": N_("opened your record in an emergency"),
}
PURPOSES = {
    "duty": N_("ordinary duty"),
    "care": N_("your care"),
    "statistics": N_("statistics"),
    "emergency": N_("an emergency"),
}
CHANNELS = {
    "web": N_("at a computer or telephone, on the console"),
    "api": N_("by another program"),
    "device": N_("on a tablet"),
    "cli": N_("at the server"),
}


class Told(NamedTuple):
    """A line of the list: readings of one day by one person for one purpose are one line."""

    on: date
    first: Any
    last: Any
    times: int
    who: str
    post: str
    unit: str
    done: str
    where: str
    purpose: str


@screen(right=SHOW_READINGS)
@never_cache
@require_GET
def person_readings(request: ActorRequest, id: UUID) -> HttpResponse:
    """Every reading of a resident's records, newest first, to be shown to the resident."""
    found = surveillance.readings_of(by=request.actor, person=id)
    if found is None:
        raise Http404
    lines, row = told(found.seen, request.LANGUAGE_CODE), found.row
    record_readings(by=request.actor, subject="access.readings", ids=[id], at=clock.now())
    return render(request, "access/readings.html", {
        "row": row,
        "lines": lines,
        "emergencies": [emergency_line(each, clock.now()) for each in found.emergencies],
        "as_of": clock.now(),
        "trail": [(_("Persons"), reverse("persons")), (row.name, reverse("person", args=[id])),
                  (_("Who read this record"), None)],
    })  # fmt: skip


def told(seen: Iterable[Seen], language: str) -> list[Told]:
    """Readings as lines for a resident: the same reader, day, deed and purpose are one line."""
    rows = sorted(seen, key=lambda row: (_day(row), _key(row)), reverse=True)
    lines = []
    for (on, _same), group in groupby(rows, key=lambda row: (_day(row), _key(row))):
        some = list(group)
        lines.append(_line(on, some, language))
    return sorted(lines, key=lambda line: line.last, reverse=True)


def _day(row: Seen) -> date:
    return row.at.astimezone(clock.now().tzinfo).date()


def _key(row: Seen) -> tuple[str, ...]:
    return (str(row.user), row.role, str(row.unit), row.subject, row.channel, row.purpose)


def _line(on: date, some: list[Seen], language: str) -> Told:
    row, atlas = some[0], registry.atlas()
    times = [each.at for each in some]
    key = {"zh-hans": "zh"}.get(language, language)
    role = role_table().roles.get(row.role)
    tablet = row.subject.endswith(TABLET)
    done = N_("holds the records of your place on a tablet, for work outside the station")
    where = N_("on a tablet") if tablet else CHANNELS.get(row.channel, "")
    return Told(
        on, min(times), max(times), len(some), row.name or _("the program itself"),
        role.name.get(key, row.role) if role else "",
        atlas.full_name(row.unit, on) if row.unit else "",
        _(done) if tablet else _(DONE.get(row.subject, N_("read something about you"))),
        _(where) if where else "",
        _purpose("duty" if tablet else row.purpose),
    )  # fmt: skip


def _purpose(said: str) -> str:
    """The purpose in words; a reason that was typed stands as it was typed."""
    return _(PURPOSES[said]) if said in PURPOSES else said
