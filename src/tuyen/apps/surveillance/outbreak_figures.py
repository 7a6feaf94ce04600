"""The figures of outbreaks as the tables hold them now: what a situation report keeps.

Counted from everybody's rows: a report is of the whole outbreak, whoever issues it.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Count, Q

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance.models import (
    Case,
    Contact,
    OutbreakCase,
    OutbreakTask,
    Transmission,
)

CLASSES = ("confirmed", "probable", "suspected", "discarded")
Figures = dict[str, Any]


def blank() -> Figures:
    """The figures of an outbreak without a case."""
    return {
        "cases": 0, "deaths": 0, "recovered": 0, "first_onset": "", "last_onset": "", "sampled": 0,
        "positive": 0, "pending": 0, "communes": 0, "contacts": 0, "watched": 0, "ill": 0,
        "became": 0, "linked": 0, "actions": 0, "actions_done": 0, **dict.fromkeys(CLASSES, 0),
    }  # fmt: skip


def figures_of(outbreaks: Iterable[UUID]) -> dict[UUID, Figures]:
    """The figures of each outbreak: five queries for any number of them.

    ``cases`` are confirmed, probable and suspected; those that were ruled out stand apart.
    """
    wanted = set(outbreaks)
    found = {id: blank() for id in wanted}
    lists: dict[UUID, list[UUID]] = {}
    for outbreak, case in fetch(
        OutbreakCase.objects.filter(outbreak_id__among=wanted).values_list("outbreak_id", "case_id")
    ):
        lists.setdefault(case, []).append(outbreak)
    communes: dict[UUID, set[UUID]] = {id: set() for id in wanted}
    columns = ("id", "classification", "died", "outcome", "onset_on", "commune_id", "content")
    rows = Case.objects.filter(pk__among=set(lists), voided_at=None) if lists else ()
    for row in fetch(rows.values_list(*columns)) if lists else ():  # type: ignore[union-attr]
        for outbreak in lists[row[0]]:
            _count(found[outbreak], communes[outbreak], row)
    for outbreak in wanted:
        found[outbreak]["communes"] = len(communes[outbreak])
    _count_contacts(found, wanted)
    _count_work(found, wanted)
    return found


def _count(into: Figures, communes: set[UUID], row: Any) -> None:
    _, classification, died, outcome, onset, commune, content = row
    into[classification] += 1
    if classification == "discarded":
        return
    into["cases"] += 1
    into["deaths"] += bool(died)
    into["recovered"] += outcome in ("recovered", "discharged")
    communes.add(commune)
    day = onset.isoformat()
    into["first_onset"] = min(filter(None, (into["first_onset"], day)))
    into["last_onset"] = max(into["last_onset"], day)
    sample = sample_of(content)
    into["sampled"] += sample is not None
    into["positive"] += sample == "positive"
    into["pending"] += sample in ("", "pending")


def sample_of(content: str) -> str | None:
    """The result of a case's sample, "" while there is none; None without a sample."""

    said = msgspec.json.decode(content)
    result: str = said.get("result") or ""
    return result if result or said.get("sampled_on") or said.get("test") else None


def _count_contacts(found: dict[UUID, Figures], wanted: set[UUID]) -> None:
    rows = Contact.objects.filter(outbreak_id__among=wanted).values_list("outbreak_id", "state")
    for outbreak, state, n in fetch(rows.annotate(Count("id")).order_by()):
        into = found[outbreak]
        into["contacts"] += n
        into["ill"] += n if state == "ill" else 0
        into["became"] += n if state == "case" else 0
        into["watched"] += n if state != "case" else 0


def _count_work(found: dict[UUID, Figures], wanted: set[UUID]) -> None:
    links = Transmission.objects.filter(outbreak_id__among=wanted).values_list("outbreak_id")
    for outbreak, n in fetch(links.annotate(Count("id")).order_by()):
        found[outbreak]["linked"] = n
    tasks = OutbreakTask.objects.filter(outbreak_id__among=wanted, origin="action")
    counted = tasks.values_list("outbreak_id").annotate(
        n=Count("id"), finished=Count("id", filter=~Q(done_at=None))
    )
    for outbreak, n, done in fetch(counted.order_by()):
        found[outbreak] |= {"actions": n, "actions_done": done}
