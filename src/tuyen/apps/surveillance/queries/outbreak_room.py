"""What stands in the room of one outbreak: its curve, chains, isolation, laboratory and figures."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from django.db.models import Count, Q

from tuyen.apps.access import walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import (
    Case,
    Isolation,
    Outbreak,
    OutbreakCase,
    Transmission,
)
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.apps.surveillance.outbreak_figures import Figures, figures_of
from tuyen.apps.surveillance.queries.cases import CaseRow, line_list
from tuyen.apps.surveillance.queries.outbreaks import OutbreakRow, seen
from tuyen.apps.surveillance.selection import CaseFilters, visible
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance import outbreaks as law

MOST_DRAWN = 500
"""Cases that a chain, or a table of samples, shows at once."""


class Onset(NamedTuple):
    """How many cases of a class fell ill on a day and were reported on another."""

    onset: date
    reported: date
    classification: str
    cases: int


class Infection(NamedTuple):
    case: UUID
    infector: UUID
    evidence: str
    note: str


class Chains(NamedTuple):
    """The cases that the reader may see, who infected whom, and what the reports themselves name."""

    cases: list[CaseRow]  # in order of onset
    infections: list[Infection]
    named: list[
        tuple[UUID, UUID]
    ]  # (case, a case that its report names), where nothing more is known
    total: int  # cases on the line list, drawn or not


class Clock(NamedTuple):
    """One step of an isolation: when it was due, and when it was done."""

    step: str
    due_at: datetime | None
    done_at: datetime | None
    hours: int

    def late(self, at: datetime) -> bool:
        return self.due_at is not None and (self.done_at or at) > self.due_at


class IsolationRow(NamedTuple):
    case: CaseRow
    setting: str
    found_at: datetime | None
    clocks: list[Clock]


class Sample(NamedTuple):
    """What is known of the sample of a case."""

    case: CaseRow
    test: str
    sampled_on: date | None
    result: str
    result_on: date | None

    @property
    def days(self) -> int | None:
        """From the sample to its result."""
        if self.sampled_on is None or self.result_on is None:
            return None
        return (self.result_on - self.sampled_on).days


def outbreak_figures(*, by: Actor, id: UUID) -> Figures | None:
    """The figures of an outbreak as a situation report would hold them; None when it is not the
    reader's. Six queries."""
    if not Outbreak.objects.filter(seen(by), pk=id).exists():
        return None
    with walls.whole("figures of an outbreak that the reader sees"):
        return figures_of([id])[id]


def onsets(*, by: Actor, id: UUID) -> list[Onset]:
    """The line list by day of onset, day of report and class, ruled-out cases too: one query after
    the one that asks whether the outbreak is the reader's."""
    if not Outbreak.objects.filter(seen(by), pk=id).exists():
        return []
    with walls.whole("the curve of an outbreak that the reader sees"):
        rows = list(
            OutbreakCase.objects.filter(outbreak_id=id, case__voided_at=None)
            .values_list("case__onset_on", "case__reported_at", "case__classification")
            .annotate(Count("id"))
            .order_by()
        )
    found: Counter[tuple[date, date, str]] = Counter()
    for onset, at, classification, cases in rows:
        found[onset, at.astimezone(VIETNAM).date(), classification] += cases
    return [Onset(*key, cases) for key, cases in sorted(found.items())]


def cases_on_map(*, by: Actor, id: UUID, map_on: date) -> dict[UUID, int]:
    """Counted cases of an outbreak by commune of the map of a day, the whole of it: two queries.

    Each case is led from the map of its onset; where a commune was split, by the shares of its people.
    """
    if not Outbreak.objects.filter(seen(by), pk=id).exists():
        return {}
    counted = Q(case__voided_at=None) & ~Q(case__classification="discarded")
    with walls.whole("counts by commune of an outbreak that the reader sees"):
        rows = list(
            OutbreakCase.objects.filter(counted, outbreak_id=id)
            .values_list("case__commune_id", "case__onset_on")
            .annotate(Count("id"))
            .order_by()
        )
    units = sorted({row[0] for row in rows})
    days = sorted({row[1] for row in rows})
    counts = np.zeros((len(units), len(days)), np.int64)
    for commune, onset, cases in rows:
        counts[units.index(commune), days.index(onset)] += cases
    communes, led, _low, _high = places.rebase(places.atlas(), units, counts, days, map_on)
    return dict(zip(communes, led.sum(axis=1).tolist(), strict=True))


def chains(*, by: Actor, id: UUID) -> Chains:
    """Who infected whom among the cases that the reader may see, at most 500 of them: eight queries.

    Where no infector was said, a case hangs on those that its own report names.
    """
    page = line_list(by=by, filters=CaseFilters(outbreak=id), order="onset", size=MOST_DRAWN)
    ids = {row.id for row in page.rows}
    told = Transmission.objects.filter(outbreak_id=id).order_by("linked_at", "id")
    links = [
        Infection(*row) for row in told.values_list("case_id", "infector_id", "evidence", "note")
    ]
    # Who infected whom tells of whose case it is as well as a name does.
    told_of = {row.id for row in page.rows if not row.masked}
    links = [link for link in links if link.case in told_of and link.infector in ids]
    known = {link.case for link in links}
    linked = Case.objects.filter(visible(by), pk__in=told_of - known, linked=True)
    named = [
        (case, other)
        for case, content in linked.order_by("id").values_list("id", "content")
        for other in msgspec.json.decode(content, type=ReportCase).linked_to
        if other in ids
    ]
    return Chains(page.rows, links, named, page.total)


def isolations(*, by: Actor, id: UUID, disease: str) -> list[IsolationRow]:
    """The cases that the reader may see with the clocks of their isolation, the newest first: those
    that are isolated, and, where the law of the day isolates the disease, those that should be."""
    recorded = {
        row.case_id: row for row in Isolation.objects.filter(outbreak_id=id).order_by("found_at")
    }
    must = law.isolated(disease, by.on)
    if not recorded and not must:
        return []
    filters = CaseFilters(outbreak=id, counted=True)
    if not must:
        filters = CaseFilters(outbreak=id, ids=tuple(recorded))
    page = line_list(by=by, filters=filters, order="-onset", size=MOST_DRAWN)
    return [_isolated(row, recorded.get(row.id)) for row in page.rows]


def samples(*, by: Actor, id: UUID) -> list[Sample]:
    """The samples of the cases that the reader may see, those without a result first."""
    page = line_list(by=by, filters=CaseFilters(outbreak=id), order="onset", size=MOST_DRAWN)
    rows = {row.id: row for row in page.rows}
    contents = Case.objects.filter(visible(by), pk__in=rows).values_list("id", "content")
    found = []
    for case, text in contents:
        said = msgspec.json.decode(text, type=ReportCase)
        if said.sampled_on or said.test or said.result:
            found.append(
                Sample(
                    rows[case], said.test or "", said.sampled_on, said.result or "", said.result_on
                )
            )
    return sorted(found, key=_waiting)


def search_for_cases(*, by: Actor, row: OutbreakRow, limit: int = 200) -> list[CaseRow]:
    """Cases that meet the definition of an outbreak and are not on its line list, newest first, among
    those that the reader may see."""
    said = row.definition
    map_ = places.atlas()
    family = (row.disease, *(d.id for d in rules.predecessors(row.disease))) if row.disease else ()
    communes = {
        commune
        for area in row.communes
        for commune in (area, *places.birthplaces(map_, area))
    }  # fmt: skip
    communes |= {map_.standing_for(commune, by.on) for commune in row.communes}
    filters = CaseFilters(
        diseases=family, communes=tuple(sorted(communes)), classifications=said.classes,
        first=said.since or row.since - timedelta(days=law.closing(row.disease, by.on).days),
        last=said.until, cluster=said.cluster, counted=not said.classes,
    )  # fmt: skip
    there = set(OutbreakCase.objects.filter(outbreak_id=row.id).values_list("case_id", flat=True))
    page = line_list(by=by, filters=filters, size=500)
    fits = [case for case in page.rows if case.id not in there and _fits(case, said)]
    return fits[:limit]


def _fits(case: CaseRow, said: Any) -> bool:
    if said.villages and case.village not in said.villages:
        return False
    if said.age_from is not None and (case.age is None or case.age < said.age_from):
        return False
    return said.age_to is None or (case.age is not None and case.age <= said.age_to)


def _isolated(row: CaseRow, kept: Isolation | None) -> IsolationRow:
    if kept is None:
        return IsolationRow(row, "", None, [])
    done = {
        step: datetime.fromisoformat(at) for step, at in msgspec.json.decode(kept.steps).items()
    }
    on = kept.found_at.astimezone(VIETNAM).date()
    steps = law.isolation_steps(on).get(kept.setting, ())
    begun: Mapping[str, datetime] = {"found": kept.found_at, **done}
    clocks = [
        Clock(
            step.step,
            begun[step.after] + timedelta(hours=step.hours) if step.after in begun else None,
            done.get(step.step),
            step.hours,
        )
        for step in steps
    ]
    timed = {step.step for step in steps}
    clocks += [Clock(step, None, at, 0) for step, at in done.items() if step not in timed]
    return IsolationRow(row, kept.setting, kept.found_at, clocks)


def _waiting(sample: Sample) -> tuple[bool, date]:
    """Those without a result first, the oldest of them at the top."""
    waits = sample.result in ("", "pending")
    return not waits, sample.sampled_on or sample.case.diagnosed_on
