"""Outbreaks as rows: opened from alarms and signals, changed, filled with cases."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.models import (
    Alarm,
    Case,
    EventSignal,
    OutbreakCase,
    OutbreakPlace,
    OutbreakSource,
    OutbreakTask,
    Transmission,
)
from tuyen.apps.surveillance.operations.outbreaks import (
    AmendOutbreak,
    AttachCases,
    DetachCases,
    OpenOutbreak,
)
from tuyen.apps.surveillance.refusals.cases import (
    NotACommune,
    UnknownCase,
    UnknownDisease,
    UnknownPlace,
)
from tuyen.apps.surveillance.refusals.events import UnknownSignal
from tuyen.apps.surveillance.refusals.outbreaks import (
    AlarmElsewhere,
    BeginsLater,
    CaseNotOnList,
    CaseOfAnother,
    NoDiseaseOrSyndrome,
    NotInTheOutbreak,
    OutbreakUnchanged,
)
from tuyen.apps.surveillance.services.outbreak_book import (
    PLACE,
    OutbreakBook,
    check_revision,
    lies_over,
    standing,
    today,
)
from tuyen.apps.surveillance.services.outbreak_tasks import TASK, first_tasks
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import surveillance as rules

_COMMUNE = 3  # the level of communes
CASE = ("id", "outbreak_id", "case_id", "by", "attached_at")
_SOURCE = ("id", "outbreak_id", "kind", "source_id", "since_at")
_encode = msgspec.json.Encoder(order="sorted").encode


class Known:
    """Cases that a batch names: which are there, and of what disease. One read."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        wanted = set(ids)
        found = Case.objects.filter(pk__among=wanted, voided_at=None).values_list("id", "disease")
        self._disease: dict[UUID, str] = dict(fetch(found)) if wanted else {}

    def check(self, cases: Sequence[UUID], disease: str) -> None:
        """Refuse cases that are not there, or of another disease than the outbreak's."""
        missing = next((case for case in cases if case not in self._disease), None)
        if missing is not None:
            raise UnknownCase(case=missing)
        others = [case for case in cases if not _of(self._disease[case], disease)]
        if others:
            raise CaseOfAnother(count=len(others))


@applies(OpenOutbreak)
def open_outbreaks(batch: Batch[OpenOutbreak]) -> None:
    """Keep the outbreak, its communes, sources, first cases and first tasks; answer its alarms."""
    map_ = places.atlas()
    book = OutbreakBook(())
    alarms = _Alarms(id for entry in batch.entries for id in entry.payload.from_alarms)
    signals = _signals(id for entry in batch.entries for id in entry.payload.from_signals)
    known = Known(id for entry in batch.entries for id in entry.payload.cases)
    where, sources, cases, tasks = [], [], [], []
    for entry in batch.entries:
        said = entry.payload
        try:
            _check_facts(map_, entry, said.disease, said.syndrome, said.since, said.communes)
            if not lies_over(map_, entry.unit, said.communes, entry.happened_on):
                raise NotInTheOutbreak()
            if said.lead is not None and map_.unit(said.lead) is None:
                raise UnknownPlace(value=said.lead)
            known.check(said.cases, said.disease)
            for signal in said.from_signals:
                if signal not in signals:
                    raise UnknownSignal(signal=signal)
            alarms.answer(entry, standing(map_, said.communes, entry.happened_on))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.write(_opened(entry))
        where += [
            (derived_id(entry.id, "in", c), entry.id, c) for c in dict.fromkeys(said.communes)
        ]
        sources += [
            (
                derived_id(entry.id, "from", id),
                entry.id,
                kind,
                id,
                alarms.raised_at(id) or signals.get(id),
            )
            for kind, ids in (("alarm", said.from_alarms), ("signal", said.from_signals))
            for id in dict.fromkeys(ids)
        ]
        cases += attached(entry.id, said.cases, "link", entry.received_at)
        tasks += first_tasks(entry)
    book.post()
    alarms.post()
    bulk.insert(OutbreakPlace, PLACE, where)
    bulk.insert(OutbreakSource, _SOURCE, sources)
    bulk.insert(OutbreakCase, CASE, cases)
    bulk.insert(OutbreakTask, TASK, tasks)


@applies(AmendOutbreak)
def amend_outbreaks(batch: Batch[AmendOutbreak]) -> None:
    """Write the changes over what was known; communes that stay keep their rows."""
    map_ = places.atlas()
    book = OutbreakBook(entry.payload.outbreak for entry in batch.entries)
    for entry in batch.entries:
        try:
            held = book.find(entry)
            check_revision(held, entry.payload.revision)
            row, communes = _amended(map_, entry, held, book.communes(held))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        if communes is not None:
            now = book.places.get(row["id"], {})
            book.place(
                row["id"], {c: now.get(c) or derived_id(row["id"], "in", c) for c in communes}
            )
        book.write(row)
    book.post()


@applies(AttachCases)
def attach_cases(batch: Batch[AttachCases]) -> None:
    """Put cases on line lists; one that is there already stays as it was put."""
    book = OutbreakBook(entry.payload.outbreak for entry in batch.entries)
    known = Known(id for entry in batch.entries for id in entry.payload.cases)
    lists = LineLists(entry.payload.outbreak for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry)
            known.check(said.cases, held["disease"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        lists.add(held["id"], said.cases, said.by, entry.received_at)
        book.write(held | {"changed_at": entry.received_at})
    lists.post()
    book.post()


@applies(DetachCases)
def detach_cases(batch: Batch[DetachCases]) -> None:
    """Take cases off line lists, and whatever was said of who infected them or whom they did."""
    book = OutbreakBook(entry.payload.outbreak for entry in batch.entries)
    lists = LineLists(entry.payload.outbreak for entry in batch.entries)
    out: dict[UUID, set[UUID]] = {}
    for entry in batch.entries:
        try:
            held = book.find(entry)
            lists.check(held["id"], entry.payload.cases)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        lists.remove(held["id"], entry.payload.cases)
        out.setdefault(held["id"], set()).update(entry.payload.cases)
        book.write(held | {"changed_at": entry.received_at})
    if out:
        told = Transmission.objects.filter(outbreak_id__among=set(out))
        gone = [
            id
            for id, outbreak, *both in fetch(
                told.values_list("id", "outbreak_id", "case_id", "infector_id")
            )
            if out[outbreak].intersection(both)
        ]
        bulk.replace(Transmission, gone, ("id",), [])
    lists.post()
    book.post()


class LineLists:
    """Which cases are on the line lists of some outbreaks: one read, two writes."""

    def __init__(self, outbreaks: Iterable[UUID]) -> None:
        found = OutbreakCase.objects.filter(outbreak_id__among=set(outbreaks))
        rows = fetch(found.values_list("outbreak_id", "case_id", "id"))
        self._held: dict[tuple[UUID, UUID], UUID] = {(o, c): id for o, c, id in rows}
        self._new: dict[tuple[UUID, UUID], tuple[Any, ...]] = {}
        self._gone: dict[tuple[UUID, UUID], UUID] = {}

    def has(self, outbreak: UUID, case: UUID) -> bool:
        key = (outbreak, case)
        return key in self._new or (key in self._held and key not in self._gone)

    def check(self, outbreak: UUID, cases: Iterable[UUID]) -> None:
        for case in cases:
            if not self.has(outbreak, case):
                raise CaseNotOnList(case=case)

    def add(self, outbreak: UUID, cases: Iterable[UUID], by: str, at: datetime) -> None:
        for row in attached(outbreak, cases, by, at):
            if not self.has(outbreak, row[2]):
                self._new[outbreak, row[2]] = row

    def remove(self, outbreak: UUID, cases: Iterable[UUID]) -> None:
        for case in cases:
            key = (outbreak, case)
            if self._new.pop(key, None) is None and key in self._held:
                self._gone[key] = self._held[key]

    def post(self) -> None:
        bulk.replace(OutbreakCase, list(self._gone.values()), CASE, list(self._new.values()))


def attached(outbreak: UUID, cases: Iterable[UUID], by: str, at: datetime) -> list[tuple[Any, ...]]:
    """Rows of a line list; the id follows from the pair."""
    return [
        (derived_id(outbreak, "case", case), outbreak, case, by, at)
        for case in dict.fromkeys(cases)
    ]  # fmt: skip


def _signals(ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each event signal came in: one read."""
    wanted = set(ids)
    found = EventSignal.objects.filter(pk__among=wanted).values_list("id", "received_at")
    return dict(fetch(found)) if wanted else {}


class _Answer(NamedTuple):
    """What an alarm says once an outbreak was opened from it."""

    answered_at: datetime
    author: UUID | None
    owner: UUID | None
    changed_at: datetime
    reason: str


class _Alarms:
    """The alarms that outbreaks are opened from: answered by the opening."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        wanted = set(ids)
        names = ("id", "commune_id", "raised_at", "state", "answered_at", "owner_id")
        found = fetch(Alarm.objects.filter(pk__among=wanted).values_list(*names)) if wanted else []
        self._rows = {row[0]: dict(zip(names, row, strict=True)) for row in found}
        self._answers: dict[UUID, _Answer] = {}

    def answer(self, entry: Entry[OpenOutbreak], communes: set[UUID]) -> None:
        """The opening is the answer to its alarms, unless somebody answered before."""
        ids = entry.payload.from_alarms
        for id in ids:
            row = self._rows.get(id)
            if row is None or not communes & standing(
                places.atlas(), [row["commune_id"]], entry.happened_on
            ):
                raise AlarmElsewhere(alarm=id)
        for id in ids:
            held = self._answers.get(id)
            row = self._rows[id]
            self._answers[id] = _Answer(
                held.answered_at if held else row["answered_at"] or entry.received_at,
                entry.author,
                entry.payload.assignee or (held.owner if held else row["owner_id"]) or entry.author,
                entry.received_at,
                entry.payload.title.strip(),
            )

    def raised_at(self, id: UUID) -> datetime | None:
        row = self._rows.get(id)
        return row["raised_at"] if row else None

    def post(self) -> None:
        # The alarms of one opening have one answer, and hardly ever are there two openings.
        for answer in set(self._answers.values()):
            ids = {id for id, said in self._answers.items() if said == answer}
            Alarm.objects.filter(pk__among=ids).update(
                state="outbreak", answered_at=answer.answered_at, answered_by_id=answer.author,
                owner_id=answer.owner, changed_at=answer.changed_at, reason=answer.reason,
            )  # fmt: skip


def _opened(entry: Entry[OpenOutbreak]) -> dict[str, Any]:
    said = entry.payload
    return {
        "id": entry.id,
        "unit_id": entry.unit,
        "lead_id": said.lead,
        "assignee_id": said.assignee,
        "post_id": said.post,
        "disease": said.disease,
        "syndrome": said.syndrome.strip(),
        "group": _group(said.disease, entry),
        "title": said.title.strip(),
        "since": said.since,
        "definition": _encode(said.definition).decode(),
        "level": "",
        "opened_on": entry.happened_on,
        "opened_at": entry.received_at,
        "opened_by_id": entry.author,
        "revision": 0,
        "changed_at": entry.received_at,
        "closed_on": None,
        "closed_at": None,
        "closed_because": "",
        "conclusion": "",
    }


def _amended(
    map_: Any, entry: Entry[AmendOutbreak], held: Mapping[str, Any], communes: Sequence[UUID]
) -> tuple[dict[str, Any], list[UUID] | None]:
    """The row with the changes, and the communes when they changed."""
    given = msgspec.structs.asdict(entry.payload.changes)
    said = {name: value for name, value in given.items() if value is not msgspec.UNSET}
    moved = said.pop("communes", None)
    columns = {"lead": "lead_id", "assignee": "assignee_id", "post": "post_id"}
    row = dict(held) | {columns.get(name, name): value for name, value in said.items()}
    if "definition" in said:
        row["definition"] = _encode(said["definition"]).decode()
    for name in ("title", "syndrome"):
        row[name] = row[name].strip()
    now = sorted(set(moved)) if moved is not None else list(communes)
    _check_facts(map_, entry, row["disease"], row["syndrome"], row["since"], now)
    if row["lead_id"] is not None and map_.unit(row["lead_id"]) is None:
        raise UnknownPlace(value=row["lead_id"])
    if not lies_over(map_, row["unit_id"], now, entry.happened_on):
        raise NotInTheOutbreak()
    if row == held and now == list(communes):
        raise OutbreakUnchanged(title=held["title"])
    row["group"] = _group(row["disease"], entry)
    row |= {"revision": held["revision"] + 1, "changed_at": entry.received_at}
    return row, None if now == list(communes) else now


def _check_facts(
    map_: Any, entry: Entry[Any], disease: str, syndrome: str, since: Any, communes: Sequence[UUID]
) -> None:
    if not disease and len(syndrome.strip()) < 3:
        raise NoDiseaseOrSyndrome()
    if disease:
        try:
            rules.disease(disease)
        except rules.UnknownDisease:
            near = rules.find(disease, entry.happened_on, limit=3)
            shown = ", ".join(f"{d.name('vi')} ({d.id})" for d in near) or "–"
            raise UnknownDisease(value=disease, on=entry.happened_on, suggestions=shown) from None
    if since > today(entry):
        raise BeginsLater(since=since, today=today(entry))
    for commune in communes:
        if map_.unit(commune) is None:
            raise UnknownPlace(value=commune)
        if map_.level(commune) != _COMMUNE:
            raise NotACommune(value=map_.name(commune))


def _group(disease: str, entry: Entry[Any]) -> str:
    return (rules.group(disease, entry.happened_on) or "") if disease else ""


def _of(disease: str, wanted: str) -> bool:
    """Whether a case of one disease belongs to an outbreak of another: the same, or its forerunner."""
    if not wanted or disease == wanted:
        return True
    return any(older.id == disease for older in rules.predecessors(wanted))
