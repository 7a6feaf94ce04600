"""Who infected whom, and the isolation of each case."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk
from tuyen.apps.surveillance.models import Isolation, Transmission
from tuyen.apps.surveillance.operations.outbreaks import LinkCases, RecordIsolation, UnlinkCases
from tuyen.apps.surveillance.refusals.outbreaks import (
    CaseNotOnList,
    ItsOwnInfector,
    StepBeforeFound,
    StepUnknown,
)
from tuyen.apps.surveillance.services.outbreak_book import OutbreakBook
from tuyen.apps.surveillance.services.outbreaks import LineLists
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import outbreaks as law

_LINK = ("id", "outbreak_id", "case_id", "infector_id", "evidence", "note", "linked_at")
_ISOLATION = ("id", "outbreak_id", "case_id", "setting", "found_at", "steps", "changed_at")
_ALWAYS = ("started", "hold", "ended")  # steps of every setting, with or without a clock
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(LinkCases)
def link_cases(batch: Batch[LinkCases]) -> None:
    """Keep the infector of each case, if both are on the line list and nobody infects themselves."""
    outbreaks = [entry.payload.outbreak for entry in batch.entries]
    book, lists, chains = OutbreakBook(outbreaks), LineLists(outbreaks), _Chains(outbreaks)
    for entry in batch.entries:
        try:
            held = book.find(entry)
            links = entry.payload.links
            lists.check(held["id"], [id for link in links for id in (link.case, link.infector)])
            chains.check(held["id"], {link.case: link.infector for link in links})
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for link in links:
            chains.write(link_row(
                held["id"], link.case, link.infector, link.evidence, link.note, entry.received_at
            ))  # fmt: skip
    chains.post()


@applies(UnlinkCases)
def unlink_cases(batch: Batch[UnlinkCases]) -> None:
    """Take back who infected these cases."""
    outbreaks = [entry.payload.outbreak for entry in batch.entries]
    book, chains = OutbreakBook(outbreaks), _Chains(outbreaks)
    for entry in batch.entries:
        try:
            held = book.find(entry)
            for case in entry.payload.cases:
                if not chains.has(held["id"], case):
                    raise CaseNotOnList(case=case)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for case in entry.payload.cases:
            chains.remove(held["id"], case)
    chains.post()


@applies(RecordIsolation)
def record_isolations(batch: Batch[RecordIsolation]) -> None:
    """Keep when each step was done; a step said anew replaces what was said before."""
    outbreaks = [entry.payload.outbreak for entry in batch.entries]
    book, lists = OutbreakBook(outbreaks), LineLists(outbreaks)
    found = Isolation.objects.filter(outbreak_id__among=set(outbreaks)).values_list(*_ISOLATION)
    rows = {row[0]: dict(zip(_ISOLATION, row, strict=True)) for row in fetch(found)}
    there, changed = set(rows), dict[UUID, None]()
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry, closed=None)
            lists.check(held["id"], [said.case])
            _check_steps(entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        id = derived_id(held["id"], "isolation", said.case)
        before = rows.get(id)
        same = before is not None and before["setting"] == said.setting
        steps = msgspec.json.decode(before["steps"]) if before is not None and same else {}
        steps |= {step: at.isoformat() for step, at in said.steps.items()}
        values = (id, held["id"], said.case, said.setting, said.found_at,
                  _encode(steps).decode(), entry.received_at)  # fmt: skip
        rows[id] = dict(zip(_ISOLATION, values, strict=True))
        changed[id] = None
    bulk.replace(
        Isolation,
        [id for id in changed if id in there],
        _ISOLATION,
        [tuple(rows[id].values()) for id in changed],
    )


class _Chains:
    """The infections of some outbreaks, as they stand while a batch is worked through."""

    def __init__(self, outbreaks: list[UUID]) -> None:
        found = Transmission.objects.filter(outbreak_id__among=set(outbreaks)).values_list(*_LINK)
        self._rows: dict[UUID, tuple[Any, ...]] = {row[0]: tuple(row) for row in fetch(found)}
        self._held = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def has(self, outbreak: UUID, case: UUID) -> bool:
        return link_id(outbreak, case) in self._rows

    def check(self, outbreak: UUID, said: Mapping[UUID, UUID]) -> None:
        """Refuse links by which a case would, at whatever distance, have infected itself."""
        infector = {row[2]: row[3] for row in self._rows.values() if row[1] == outbreak} | dict(
            said
        )
        for case in said:
            here, met = infector.get(case), {case}
            while here is not None:
                if here in met:
                    raise ItsOwnInfector(case=case)
                met.add(here)
                here = infector.get(here)

    def write(self, row: tuple[Any, ...]) -> None:
        self._rows[row[0]] = row
        self._changed[row[0]] = None

    def remove(self, outbreak: UUID, case: UUID) -> None:
        id = link_id(outbreak, case)
        self._rows.pop(id, None)
        self._changed[id] = None

    def post(self) -> None:
        bulk.replace(
            Transmission,
            [id for id in self._changed if id in self._held],
            _LINK,
            [self._rows[id] for id in self._changed if id in self._rows],
        )


def link_id(outbreak: UUID, case: UUID) -> UUID:
    """A case has one infector in an outbreak: the id follows from the two."""
    return derived_id(outbreak, "infected", case)


def link_row(
    outbreak: UUID, case: UUID, infector: UUID, evidence: str, note: str, at: Any
) -> tuple[Any, ...]:
    return (link_id(outbreak, case), outbreak, case, infector, evidence, note.strip(), at)


def _check_steps(entry: Entry[RecordIsolation]) -> None:
    said = entry.payload
    known = law.isolation_steps(entry.happened_on).get(said.setting, ())
    names = {step.step for step in known} | set(_ALWAYS)
    if said.found_at > entry.received_at:
        raise StepBeforeFound(step="found", at=said.found_at)
    for step, at in said.steps.items():
        if step not in names:
            raise StepUnknown(step=step)
        if not said.found_at <= at <= entry.received_at:
            raise StepBeforeFound(step=step, at=at)
