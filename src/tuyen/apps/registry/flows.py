"""Births, arrivals, departures and deaths of a cohort in some places: why those who live there now are not
those who were born there."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import walls
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry.models import Residence


class Flows(NamedTuple):
    """People born in a span of days who lived in some places, by how they came and went.

    ``born`` lived there from birth (or from within ``newborn`` days of it), ``arrived`` came later;
    ``left`` lives elsewhere now, ``died`` did so there; ``here`` lives there on the day asked:
    born + arrived - left - died. Who came and left again is in both; who left and came back is here.
    """

    born: frozenset[UUID]
    arrived: frozenset[UUID]
    left: frozenset[UUID]
    died: frozenset[UUID]
    here: frozenset[UUID]


@walls.whole("who was born, came, left and died, counted by whoever may count there")
def flows(
    *, first: date, last: date, on: date, places: Collection[UUID] | None, newborn: int
) -> dict[int, Flows]:
    """The flows of those born from ``first`` to ``last`` as of a day, by year of birth, through
    ``places`` (None: the whole node). Records that were voided or merged are left out. One query."""
    rows = Residence.objects.filter(
        Q(since=None) | Q(since__lte=on), born_on__range=(first, last), person__voided_on=None,
        person__merged_into=None,
    ).order_by("person_id", "since", "id")  # fmt: skip
    columns = ("person_id", "place_id", "born_on", "since", "until", "person__died_on")
    stays: dict[UUID, list[tuple[Any, ...]]] = {}
    for person, *stay in fetch(rows.values_list(*columns)):
        if places is None or stay[0] in places:
            stays.setdefault(person, []).append(tuple(stay))
    years: dict[int, tuple[set[UUID], ...]] = {
        year: tuple(set[UUID]() for _ in Flows._fields) for year in range(first.year, last.year + 1)
    }
    for person, own in stays.items():
        _, birth, since, _, death = own[0]
        born, arrived, left, died, here = years[birth.year]
        early = since is None or since <= birth + timedelta(days=newborn)
        (born if early else arrived).add(person)
        until = own[-1][3]
        if death is not None and death <= on:
            # A stay ends with a death; one that ended before it was left alive.
            (died if until is None or until >= death else left).add(person)
        else:
            (here if until is None or until > on else left).add(person)
    return {year: Flows(*map(frozenset, found)) for year, found in years.items()}
