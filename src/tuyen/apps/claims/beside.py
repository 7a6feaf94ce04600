"""A person's other visits laid beside a claim: what only several visits together show (tier 6).

`tuyen claims check` sees files side by side; here the record lies beside the claim, and the same rules
run: one visit before another has ended, a drug while the last supply of it lasts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import places
from tuyen.apps.claims.clock import local
from tuyen.apps.clinical import queries as clinical
from tuyen.engines.claims.checker import Finding
from tuyen.engines.claims.reader import Visit
from tuyen.engines.claims.told import Catalogue, Drug
from tuyen.engines.claims.visits import Done, Stay, Supply, among, stay_of
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.claims import book

LONGEST_SUPPLY = timedelta(days=90)
"""No supply lasts longer, so what was given before that concerns no visit."""


class Other(NamedTuple):
    """Another visit of the person of a claim, with what was handed out for it."""

    visit: clinical.BesideVisit
    drugs: tuple[Drug, ...]


class Laid(NamedTuple):
    """A claim as it is judged, when its visit began (local), and what lies beside it."""

    visit: Visit
    person: UUID
    unit: UUID
    began: datetime
    catalogue: Catalogue
    others: Sequence[Other]


def others(
    by: Actor, facts: Sequence[clinical.VisitFacts], records: Mapping[UUID, UUID]
) -> dict[UUID, list[clinical.BesideVisit]]:
    """Person -> the visits that lie beside these, of those that the reader may read: one query.

    ``records``: the record that stands for each, of every record of these people. A visit among ``facts``
    is none of them.
    """
    if not facts:
        return {}
    first = min(each.row.began_at for each in facts).astimezone(VIETNAM).date()
    last = max(each.row.ended_at for each in facts).astimezone(VIETNAM).date()
    rows = clinical.visits_beside(
        by=by, persons=set(records), first=first - LONGEST_SUPPLY, last=last
    )
    own = {each.row.id for each in facts}
    found: dict[UUID, list[clinical.BesideVisit]] = {}
    for row in rows:
        if row.id not in own:
            found.setdefault(records.get(row.person, row.person), []).append(row)
    return found


def findings(claims: Sequence[Laid]) -> list[list[Finding]]:
    """What the visits together show, of each claim; ``expected`` names the other visit."""
    map_ = places.atlas()
    stays: list[Stay] = []
    named: dict[str, tuple[datetime, UUID]] = {}
    for claim in claims:
        stay = stay_of(claim.visit) or Stay("", (), "", "", ())
        # Here one record stands for one person, whatever numbers the file gives.
        stays.append(stay._replace(persons=(claim.person.hex,) if stay.persons else ()))
        named[stay.key] = claim.began, claim.unit
    for claim in claims:
        for other in claim.others:
            stay = _stay(other, claim, map_)
            if stay.key not in named:
                named[stay.key] = local(other.visit.began_at), other.visit.unit
                stays.append(stay)
    found: list[list[Finding]] = [[] for _ in claims]
    for place, finding in among(stays, book.early_supply(), book.once_a_day()):
        if place < len(claims) and finding.expected in named:
            said = _said(*named[finding.expected], map_)
            found[place].append(finding._replace(expected=said))
    return found


def _stay(other: Other, claim: Laid, map_: Any) -> Stay:
    """Another visit as the claim itself would tell it: drugs and services by the codes of the claim's
    catalogue."""
    began, ended = (
        f"{local(at):%Y%m%d%H%M}" for at in (other.visit.began_at, other.visit.ended_at)
    )
    supplies = tuple(
        Supply(n, code, began[:8], drug.days)
        for n, drug in enumerate(other.drugs, start=1)
        if drug.days and (code := claim.catalogue.drugs.get(drug.item, {}).get("code", ""))
    )
    day = local(other.visit.began_at).date()
    return Stay(
        other.visit.id.hex, (claim.person.hex,), began, ended, supplies,
        places.insurer_code(other.visit.unit, day, map_), _done(other, claim, began[:8]),
        other.visit.content.referred is not None,
    )  # fmt: skip


def _done(other: Other, claim: Laid, day: str) -> tuple[Done, ...]:
    """What was done in another visit, by the codes and groups of the claim's catalogue."""
    told = enumerate(other.visit.content.served, start=1)
    known = ((n, one, claim.catalogue.services.get(one.code, {})) for n, one in told)
    return tuple(
        Done(n, line["code"], line.get("group", ""), f"{local(one.at):%Y%m%d}" if one.at else day)
        for n, one, line in known
        if line.get("code")
    )


def _said(began: datetime, unit: UUID, map_: Any) -> str:
    """A visit as people name it: 05/10/2026 09:31, Trạm y tế Hữu Lũng."""
    return f"{began:%d/%m/%Y %H:%M}, {places.name(unit, began.date(), map_)}"
