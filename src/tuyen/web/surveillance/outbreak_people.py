"""Contacts of an outbreak: residents chosen from the registry, and others as they are typed."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings, record_search
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import operations as ops
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.queries import OutbreakRow
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Payload
from tuyen.web.access import ActorRequest
from tuyen.web.surveillance.outbreak_acts import (
    Unreadable,
    code_of,
    day_of,
    id_of,
    ids_of,
    said,
)

READ = "registry.person.read"
_MOST = 20  # residents that one search shows
_CHOSEN = 60  # residents that one form may add
_SEXES = {1: "male", 2: "female"}


class Choice(NamedTuple):
    """A resident who can be added."""

    row: registry.PersonRow
    chosen: bool
    known: bool  # is a contact already


class Offer(NamedTuple):
    """Whom the form offers: those chosen so far, the household of the case, and who was searched."""

    searched: str
    chosen: list[Choice]
    household: list[Choice]
    found: list[Choice]


def may_search(request: ActorRequest) -> bool:
    """Whether the reader's post may look residents up at all."""
    return policies.may(request.actor, READ)


def offer(request: ActorRequest, outbreak: UUID) -> Offer:
    """The residents that the address asks for. What is shown of them is logged."""
    by, given = request.actor, request.GET if request.method == "GET" else request.POST
    wanted = ids_of(given.getlist("person"))[:_CHOSEN]
    text = given.get("who", "").strip()[:100]
    chosen = list(registry.people(by=by, ids=wanted).values()) if wanted else []
    seen = {row.id for row in chosen}
    household = [row for row in _household(by, id_of(given, "case")) if row.id not in seen]
    seen |= {row.id for row in household}
    found = [
        row
        for row in (registry.search_people(by=by, text=text, limit=_MOST) if text else [])
        if row.id not in seen and row.died_on is None
    ]
    shown = [*chosen, *household, *found]
    if shown:
        ids = [id for row in shown for id in (row.id, row.household) if id is not None]
        record_search(by=by, subject="registry.person", ids=ids, at=clock.now())
    known = queries.persons_watched(by=by, outbreak=outbreak, persons=[row.id for row in shown])

    def choices(rows: Sequence[registry.PersonRow], checked: bool = False) -> list[Choice]:
        return [Choice(row, checked and row.id not in known, row.id in known) for row in rows]

    return Offer(text, choices(chosen, checked=True), choices(household), choices(found))


def _household(by: Actor, case: UUID | None) -> list[registry.PersonRow]:
    """Who lives with the case that was met, if both are residents whom the reader may read."""
    met = queries.case(by=by, id=case) if case is not None else None
    if met is None or met.row.person is None:
        return []
    ill = registry.people(by=by, ids=[met.row.person]).get(met.row.person)
    home = registry.household(by=by, id=ill.household) if ill and ill.household else None
    if ill is None or home is None:
        return []
    rows = [member.person for member in home.members if member.until is None]
    return [row for row in rows if row.id != ill.id and row.died_on is None]


def residents(request: ActorRequest) -> list[registry.PersonRow]:
    """Those whom the form names; one that the reader may not read is nobody. Logged as read."""
    wanted = ids_of(request.POST.getlist("person"))[:_CHOSEN]
    if not wanted:
        return []
    rows = registry.people(by=request.actor, ids=wanted)
    record_readings(by=request.actor, subject="registry.person", ids=list(rows), at=clock.now())
    return [rows[id] for id in wanted if id in rows]


def build(
    data: QueryDict, row: OutbreakRow, on: date, chosen: Sequence[registry.PersonRow] = ()
) -> Payload:
    """The chosen residents, and lines with a person each: name; age; phone. The rest is said once
    for all."""
    shared: dict[str, Any] = {
        "exposed_on": day_of(data, "exposed_on", _("Exposed on")),
        "relation": code_of(data, "relation", _("Kind of contact"), ops.Relation),
        "case": id_of(data, "case"),
        "note": said(data, "note", 500),
    }
    commune = id_of(data, "place")
    drafts = [_resident(one, on, commune, shared) for one in chosen]
    for line in data.get("people", "").splitlines()[:200]:
        name, *rest = [part.strip() for part in line.replace("\t", ";").split(";")]
        if name:
            drafts.append(_typed(line, name, rest, commune, shared))
    if not drafts:
        raise Unreadable(_("Choose a resident, or write one person a line: name; age; phone."))
    return ops.AddContacts(outbreak=row.id, disease=row.disease, contacts=tuple(drafts[:200]))


def _resident(
    one: registry.PersonRow, on: date, commune: UUID | None, shared: dict[str, Any]
) -> ops.ContactDraft:
    """Where a resident is watched: as said, else at home, in the village if that is known."""
    at_home = one.place is not None and commune is None
    in_village = at_home and registry.atlas().type(one.place, on) == "village"
    village = one.place if in_village else None
    age = on.year - one.born_on.year - ((on.month, on.day) < (one.born_on.month, one.born_on.day))
    return ops.ContactDraft(
        id=uuid7(), name=one.name, person=one.id, sex=_SEXES.get(one.sex, "unknown"),  # type: ignore[arg-type]
        age=min(max(age, 0), 130), village=village,
        commune=commune or (None if village else one.place), **shared,
    )  # fmt: skip


def _typed(
    line: str, name: str, rest: list[str], commune: UUID | None, shared: dict[str, Any]
) -> ops.ContactDraft:
    age = rest[0] if rest else ""
    if age and not (age.isdecimal() and int(age) <= 130):
        raise Unreadable(
            _("Line “{line}”: “{age}” is not an age; write name; age; phone.").format(
                line=line, age=age
            )
        )
    return ops.ContactDraft(
        id=uuid7(), name=name[:200], age=int(age) if age else None,
        phone=rest[1][:30] if len(rest) > 1 else "", commune=commune, **shared,
    )  # fmt: skip
