"""A birth that is told, or taken back, after the visit in which it happened changes that visit's claim."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.services.claim_book import ClaimBook
from tuyen.apps.claims.services.following import set_back
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Entry, follows


class Birth(NamedTuple):
    """Who gave birth where, and when."""

    entry: Entry[Any]
    mother: UUID
    unit: UUID
    on: date


@follows("clinical.record_birth", "clinical.void_birth", room="claims")
def follow_births(entries: Sequence[Entry[Any]]) -> None:
    """Claims of visits in whose days a birth lies are to be checked anew, or marked where they were
    sent. A constant number of queries."""
    by = Actor.program(max(entry.happened_on for entry in entries))
    births = list(_births(by, entries))
    if not births:
        return
    roots = registry.canonical({one.mother for one in births})
    records = registry.born_as(set(roots.values()))
    whose = {record: root for root, same in records.items() for record in same}
    claims = Claim.objects.filter(
        person_id__among=set(whose) | set(roots), day__gte=min(one.on for one in births)
    ).exclude(state="void")
    near = [
        (one, claim.pk)
        for claim in claims
        for one in births
        if claim.unit_id == one.unit
        and claim.day >= one.on
        and whose.get(claim.person_id, claim.person_id) == roots[one.mother]
    ]
    if not near:
        return
    visits = clinical.visits(by=by, ids={id for _, id in near})
    book = ClaimBook(id for _, id in near)
    for one, id in near:
        claim, visit = book.get(id), visits.get(id)
        if claim is not None and visit is not None and visit.day <= one.on:
            claim.version += 1
            set_back(book, claim, one.entry.received_at)
            book.keep(claim, one.entry.received_at)
    book.write()


def _births(by: Actor, entries: Sequence[Entry[Any]]) -> Iterator[Birth]:
    taken = {e.payload.delivery for e in entries if hasattr(e.payload, "delivery")}
    held = clinical.deliveries(by=by, ids=taken) if taken else {}
    for entry in entries:
        if hasattr(entry.payload, "mother"):
            yield Birth(entry, entry.payload.mother, entry.unit, entry.payload.on)
        elif entry.payload.delivery in held:
            yield Birth(entry, *held[entry.payload.delivery])
