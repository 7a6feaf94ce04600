"""Supervision visits and what becomes of their findings. A batch takes a constant number of queries."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.supply import bulk
from tuyen.apps.supply.models import Finding, Photograph, Supervision, SupervisionItem
from tuyen.apps.supply.operations import (
    AnswerFinding,
    AttachPhotograph,
    RecordSupervision,
    SettleFinding,
    VoidSupervision,
)
from tuyen.apps.supply.refusals import (
    CheckItemTwice,
    CountNotAsked,
    DueBeforeVisit,
    EarlierUnknown,
    FindingWithoutFault,
    FromTheFuture,
    NewDayMissing,
    NextVisitTooLate,
    NotAPhotograph,
    PhotographsEnough,
    RedWithoutFinding,
    SupervisedAlready,
    UnknownCheckItem,
    UnknownFinding,
    UnknownSupervision,
)
from tuyen.engines.supply import supervision as engine
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import supply as rules

VISIT = (
    "id", "unit_id", "on", "team", "met", "points", "of", "red", "sections", "next_on", "note",
    "signature", "voided_on", "void_reason", "author_id", "changed_at",
)  # fmt: skip
_ITEM = ("id", "supervision_id", "item", "points", "note", "counted", "booked")
FINDING = (
    "id", "supervision_id", "unit_id", "item", "what", "owner", "red", "found_on", "due", "state",
    "answered_on", "answer", "settled_on", "verdict", "changed_at",
)  # fmt: skip
_PHOTOGRAPH = ("id", "supervision_id", "unit_id", "item", "caption", "jpeg", "taken_on")
OPEN = ("open", "answered")


class Findings:
    """Findings as rows, changed in memory and written once."""

    def __init__(self, ids: Iterable[UUID] = (), visits: Iterable[UUID] = ()) -> None:
        self._rows: dict[UUID, dict[str, Any]] = {}
        if wanted := set(ids):
            self._take(Finding.objects.filter(pk__among=wanted))
        if of := set(visits):
            self._take(Finding.objects.filter(supervision_id__among=of))
        self._there = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def _take(self, found: Any) -> None:
        for row in fetch(found.values_list(*FINDING)):
            self._rows[row[0]] = dict(zip(FINDING, row, strict=True))

    def open(self, id: UUID, unit: UUID) -> dict[str, Any] | None:
        """A finding of the unit that still waits."""
        row = self._rows.get(id)
        return row if row and row["unit_id"] == unit and row["state"] in OPEN else None

    def of(self, visit: UUID) -> list[dict[str, Any]]:
        return [row for row in self._rows.values() if row["supervision_id"] == visit]

    def change(self, row: dict[str, Any]) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        rows = [self._rows[id] for id in self._changed]
        bulk.replace(Finding, [id for id in self._changed if id in self._there], FINDING, rows)


@applies(RecordSupervision)
def record_supervisions(batch: Batch[RecordSupervision]) -> None:
    """Score each visit, keep its items, open its findings, and settle those of earlier visits."""
    findings = Findings(one.finding for e in batch.entries for one in e.payload.earlier)
    taken = set(
        Supervision.objects.filter(
            unit_id__among={e.unit for e in batch.entries}, voided_on=None,
            on__in={e.happened_on for e in batch.entries},
        ).values_list("unit_id", "on")
    )  # fmt: skip
    visits: list[tuple[Any, ...]] = []
    items: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        try:
            if (entry.unit, entry.happened_on) in taken:
                raise SupervisedAlready(on=entry.happened_on)
            outcome, next_on = _checked(entry)
            earlier = _earlier(entry, findings)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        taken.add((entry.unit, entry.happened_on))
        visits.append(_visit(entry, outcome, next_on))
        items += _items(entry)
        for row in [*earlier, *_found(entry)]:
            findings.change(row)
    bulk.insert(Supervision, VISIT, visits)
    bulk.insert(SupervisionItem, _ITEM, items)
    findings.post()


def _checked(entry: Entry[RecordSupervision]) -> tuple[engine.Outcome, date]:
    """The score and the next day of a visit; refused where the form contradicts itself."""
    said, known = entry.payload, rules.check_items()
    if entry.happened_on > entry.received_at.astimezone(VIETNAM).date():
        raise FromTheFuture(value=entry.happened_on)
    given: dict[str, int | None] = {}
    for line in said.items:
        if line.item not in known:
            raise UnknownCheckItem(value=line.item)
        if line.item in given:
            raise CheckItemTwice(item=line.item)
        if not known[line.item].tracer and (line.counted is not None or line.booked is not None):
            raise CountNotAsked(item=line.item)
        given[line.item] = None if line.points == "na" else int(line.points)
    red = {key for key, item in known.items() if item.red}
    sections = [(s.key, [item.key for item in s.items]) for s in rules.checklist()]
    outcome = engine.scored(sections, given, red)
    _check_findings(entry, given, outcome)
    rule = rules.next_visit(entry.happened_on)
    latest = engine.next_due(
        entry.happened_on, outcome.percent, rule.months, rule.low, rule.low_months
    )
    if said.next_on is not None and not entry.happened_on < said.next_on <= latest:
        percent = "–" if outcome.percent is None else round(outcome.percent)
        raise NextVisitTooLate(
            given=said.next_on, percent=percent, on=entry.happened_on, latest=latest
        )
    return outcome, said.next_on or latest


def _check_findings(
    entry: Entry[RecordSupervision], given: dict[str, int | None], outcome: engine.Outcome
) -> None:
    told = {one.item for one in entry.payload.findings}
    if lacking := [item for item in outcome.red if item not in told]:
        raise RedWithoutFinding(item=lacking[0])
    for one in entry.payload.findings:
        if given.get(one.item) not in (0, 1):
            raise FindingWithoutFault(item=one.item)
        if one.due < entry.happened_on:
            raise DueBeforeVisit(item=one.item, due=one.due, on=entry.happened_on)


def _earlier(entry: Entry[RecordSupervision], findings: Findings) -> list[dict[str, Any]]:
    """What this visit says of findings before it."""
    rows = []
    for one in entry.payload.earlier:
        row = findings.open(one.finding, entry.unit)
        if row is None or row["found_on"] > entry.happened_on:
            raise EarlierUnknown(finding=one.finding, on=entry.happened_on)
        rows.append(_settled(row, entry, one.mended, one.note, None))
    return rows


def _settled(
    row: dict[str, Any], entry: Entry[Any], mended: bool, note: str, due: date | None
) -> dict[str, Any]:
    """A finding after somebody looked: mended, or open again with what was said."""
    return row | {
        "state": "mended" if mended else "open", "verdict": note.strip(),
        "settled_on": entry.happened_on if mended else None, "due": due or row["due"],
        "changed_at": entry.received_at,
    }  # fmt: skip


def _visit(
    entry: Entry[RecordSupervision], outcome: engine.Outcome, next_on: date
) -> tuple[Any, ...]:
    said = entry.payload
    sections = {row.key: [row.points, row.of] for row in outcome.sections}
    return (
        entry.id, entry.unit, entry.happened_on, list(said.team), said.met.strip(), outcome.points,
        outcome.of, len(outcome.red), sections, next_on, said.note.strip(), said.signature, None, "",
        entry.author, entry.received_at,
    )  # fmt: skip


def _items(entry: Entry[RecordSupervision]) -> list[tuple[Any, ...]]:
    return [
        (derived_id(entry.id, "item", line.item), entry.id, line.item,
         None if line.points == "na" else int(line.points), line.note.strip(), line.counted,
         line.booked)
        for line in entry.payload.items
    ]  # fmt: skip


def _found(entry: Entry[RecordSupervision]) -> list[dict[str, Any]]:
    known = rules.check_items()
    rows = []
    for number, one in enumerate(entry.payload.findings):
        values = (
            derived_id(entry.id, "finding", str(number)), entry.id, entry.unit, one.item,
            one.what.strip(), one.owner.strip(), known[one.item].red, entry.happened_on, one.due,
            "open", None, "", None, "", entry.received_at,
        )  # fmt: skip
        rows.append(dict(zip(FINDING, values, strict=True)))
    return rows


def _standing(ids: set[UUID]) -> dict[UUID, dict[str, Any]]:
    """Visits that still count, as rows. One query."""
    found = Supervision.objects.filter(pk__among=ids, voided_on=None).values_list(*VISIT)
    return {row[0]: dict(zip(VISIT, row, strict=True)) for row in fetch(found)}


@applies(VoidSupervision)
def void_supervisions(batch: Batch[VoidSupervision]) -> None:
    """A visit counts no more; its findings that were not mended fall with it."""
    held = _standing({e.payload.supervision for e in batch.entries})
    findings = Findings(visits=held)
    gone: dict[UUID, dict[str, Any]] = {}
    for entry in batch.entries:
        said = entry.payload
        row = held.get(said.supervision)
        if row is None or row["unit_id"] != entry.unit or row["id"] in gone:
            batch.refuse(entry, UnknownSupervision(supervision=said.supervision))
            continue
        gone[row["id"]] = row | {
            "voided_on": entry.happened_on, "void_reason": said.reason.strip(),
            "changed_at": entry.received_at,
        }  # fmt: skip
        for finding in findings.of(row["id"]):
            if finding["state"] in OPEN:
                findings.change(finding | {"state": "void", "changed_at": entry.received_at})
    bulk.replace(Supervision, gone, VISIT, gone.values())
    findings.post()


@applies(AttachPhotograph)
def attach_photographs(batch: Batch[AttachPhotograph]) -> None:
    """Keep photographs with their visit, so many and no more."""
    held = _standing({e.payload.supervision for e in batch.entries})
    there = Photograph.objects.filter(supervision_id__among=set(held))
    count = Counter(there.values_list("supervision_id", flat=True))
    rows: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        said = entry.payload
        visit = held.get(said.supervision)
        most = rules.photographs(entry.happened_on).most
        try:
            if visit is None or visit["unit_id"] != entry.unit:
                raise UnknownSupervision(supervision=said.supervision)
            if said.item is not None and said.item not in rules.check_items():
                raise UnknownCheckItem(value=said.item)
            if not (said.jpeg.startswith(b"\xff\xd8\xff") and said.jpeg.endswith(b"\xff\xd9")):
                raise NotAPhotograph()
            if count[visit["id"]] >= most:
                raise PhotographsEnough(most=most)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        count[visit["id"]] += 1
        rows.append((entry.id, visit["id"], entry.unit, said.item or "", said.caption.strip(),
                     said.jpeg, entry.happened_on))  # fmt: skip
    bulk.insert(Photograph, _PHOTOGRAPH, rows)


@applies(AnswerFinding)
def answer_findings(batch: Batch[AnswerFinding]) -> None:
    """What the station did stands beside the finding, and waits to be looked at."""
    findings = Findings(e.payload.finding for e in batch.entries)
    for entry in batch.entries:
        row = findings.open(entry.payload.finding, entry.unit)
        if row is None:
            batch.refuse(entry, UnknownFinding(finding=entry.payload.finding))
            continue
        findings.change(row | {
            "state": "answered", "answered_on": entry.happened_on,
            "answer": entry.payload.note.strip(), "changed_at": entry.received_at,
        })  # fmt: skip
    findings.post()


@applies(SettleFinding)
def settle_findings(batch: Batch[SettleFinding]) -> None:
    """Whoever supervises says whether it is mended; if not, until when."""
    findings = Findings(e.payload.finding for e in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        row = findings.open(said.finding, entry.unit)
        if row is None:
            batch.refuse(entry, UnknownFinding(finding=said.finding))
        elif not said.mended and (said.due is None or said.due <= entry.happened_on):
            batch.refuse(entry, NewDayMissing(on=entry.happened_on))
        else:
            findings.change(_settled(row, entry, said.mended, said.note, said.due))
    findings.post()
