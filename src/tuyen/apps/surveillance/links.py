"""Which recent cases are epidemiologically linked: one cluster, or one names the other."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Q

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance.models import LINKED, Case
from tuyen.apps.surveillance.operations import ReportCase


class Linked(NamedTuple):
    """A case that is linked to others; ``chain`` is the same for all cases of one chain."""

    id: UUID
    disease: str
    commune: UUID  # of the map asked for
    onset_on: date
    chain: UUID


def linked_cases(map_: Any, diseases: Sequence[str], since: date, on: date) -> list[Linked]:
    """The linked cases with onset in a span, on the map of ``on``: two queries.

    A chain may run through cases outside the span or the commune; only those inside are counted.
    """
    counted = Q(voided_at=None, disease__in=list(diseases)) & ~Q(classification="discarded")
    recent = counted & Q(onset_on__gte=since, onset_on__lte=on)
    wanted = ("id", "disease", "commune_id", "onset_on", "cluster", "linked", "content")
    rows = fetch(Case.objects.filter(LINKED, recent).values_list(*wanted))
    named = {row[0]: _named(row[6]) for row in rows if row[5]}
    ours = {row[0] for row in rows}
    others = {id for ids in named.values() for id in ids} - ours
    if others:
        rows += fetch(Case.objects.filter(counted, pk__among=others).values_list(*wanted))
    chains = _chains(rows, named)
    return [
        Linked(id, disease, map_.standing_for(commune, on), onset, chains[id])
        for id, disease, commune, onset, *_ in rows
        if since <= onset <= on
    ]


def largest_chain(cases: Iterable[Linked]) -> list[UUID]:
    """The ids of the longest chain among some cases, in order of onset; a chain has two or more."""
    chains: dict[UUID, list[Linked]] = defaultdict(list)
    for case in cases:
        chains[case.chain].append(case)
    longest = max(chains.values(), key=lambda chain: (len(chain), str(chain[0].id)), default=[])
    return [case.id for case in sorted(longest, key=lambda case: (case.onset_on, str(case.id)))]


def _named(content: str) -> tuple[UUID, ...]:
    return msgspec.json.decode(content, type=ReportCase).linked_to


def _chains(rows: Sequence[Any], named: dict[UUID, tuple[UUID, ...]]) -> dict[UUID, UUID]:
    """The smallest id of each case's chain: union-find over clusters and named cases."""
    parent: dict[Any, Any] = {}

    def root(item: Any) -> Any:
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    known = {row[0]: row[1] for row in rows}
    for id, disease, _, _, cluster, *_ in rows:
        root(id)
        if cluster:
            parent[root(id)] = root((disease, cluster))
        for other in named.get(id, ()):
            if known.get(other) == disease:
                parent[root(id)] = root(other)
    smallest: dict[Any, UUID] = {}
    for id in known:
        here = root(id)
        smallest[here] = min(smallest.get(here, id), id, key=str)
    return {id: smallest[root(id)] for id in known}
