"""Adverse events: reported, followed, told on, investigated, classified."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import AdverseEvent, AefiStep, Dose
from tuyen.apps.immunization.operations import (
    ClassifyAefi,
    ConveneCouncil,
    FollowUpAefi,
    InvestigateAefi,
    NotifyAefi,
    ReportAefi,
    VoidAefi,
)
from tuyen.apps.immunization.refusals import (
    AefiIsVoid,
    DoseOfAnother,
    InTheFuture,
    NoDoseNamed,
    NoticedBeforeOnset,
    NotInvestigated,
    NotSerious,
    NotYet,
    OnsetBeforeDose,
    UnknownAefi,
    UnknownPerson,
    UnknownWord,
)
from tuyen.apps.immunization.services.holds import Holds, Lot, lot_of
from tuyen.apps.immunization.services.keeping import Kept, Row, columns_of, joined, parted
from tuyen.apps.immunization.services.session_book import Sessions
from tuyen.apps.immunization.services.sessions import stopped
from tuyen.apps.journal import bulk
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.calendar.working_days import add_working_days
from tuyen.rules.immunization import reactions as law

_STEP = columns_of(AefiStep)
_AEFI = columns_of(AdverseEvent)
_decode = msgspec.json.decode
_encode = msgspec.json.Encoder(order="sorted").encode
AFTER_SERIOUS = N_("A serious adverse event")


@applies(ReportAefi)
def report_aefis(batch: Batch[ReportAefi]) -> None:
    """Keep reports. A serious one stops its session and suspends its lots in the same commit."""
    doses = _Doses(id for entry in batch.entries for id in entry.payload.doses)
    people = {entry.payload.person for entry in batch.entries}
    by = Actor.program(batch.entries[0].happened_on)
    known = registry.on_record(by=by, ids=people)
    map_ = registry.atlas()
    made: list[tuple[Entry[ReportAefi], Row]] = []
    for entry in batch.entries:
        try:
            if entry.payload.person not in known:
                raise UnknownPerson(person=entry.payload.person)
            made.append((entry, _reported(entry, doses, map_)))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    if made:
        bulk.insert(AdverseEvent, _AEFI, [tuple(map(row.__getitem__, _AEFI)) for _, row in made])
    _at_once([(entry, row) for entry, row in made if row["serious"]])


@applies(FollowUpAefi)
def follow_up_aefis(batch: Batch[FollowUpAefi]) -> None:
    """What became of events; one that turns serious now does what a serious report does."""
    book = _Book(batch)
    turned: list[tuple[Entry[Any], Row]] = []
    for entry in batch.entries:
        said = entry.payload
        try:
            row = book.find(entry)
            _check_words(entry, said.kinds, said.severity)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        severity = dict.fromkeys((*parted(row["severity"]), *said.severity))
        kinds = dict.fromkeys((*parted(row["kinds"]), *said.kinds))
        died = {"died": ("death",)}.get(said.outcome or "", ())
        severity |= dict.fromkeys(died)
        now = row | {"severity": joined(severity), "kinds": joined(kinds)}
        if said.outcome is not None:
            now["outcome"] = said.outcome
        if not row["serious"] and law.serious(severity, entry.happened_on):
            now |= _clocks(entry, entry.recorded_at) | {"serious": True}
            turned.append((entry, now))
        book.write(entry, now, "follow-up", "", said.note)
    book.post()
    _at_once(turned)


@applies(NotifyAefi)
def notify_aefis(batch: Batch[NotifyAefi]) -> None:
    """Who was told when; the first time counts for the clock."""

    def step(book: "_Book", entry: Entry[NotifyAefi]) -> "_Step":
        said, row = entry.payload, book.serious(entry)
        column = "department_at" if said.told == "department" else "cdc_at"
        told = {column: row[column] or entry.recorded_at}
        return _Step(row | told, "notify", said.who, f"{said.told} {said.how}")

    _Book(batch).step_by_step(step)


@applies(InvestigateAefi)
def investigate_aefis(batch: Batch[InvestigateAefi]) -> None:
    """An investigation has begun by the first of these."""

    def step(book: "_Book", entry: Entry[InvestigateAefi]) -> "_Step":
        said, row = entry.payload, book.serious(entry)
        begun = {"investigated_at": row["investigated_at"] or entry.recorded_at}
        return _Step(row | begun, "investigate", said.lead, said.findings)

    _Book(batch).step_by_step(step)


@applies(ConveneCouncil)
def convene_councils(batch: Batch[ConveneCouncil]) -> None:
    """The council met; the first meeting counts for the clock."""

    def step(book: "_Book", entry: Entry[ConveneCouncil]) -> "_Step":
        said, row = entry.payload, book.serious(entry)
        if said.on > (today := entry.received_at.astimezone(VIETNAM).date()):
            raise InTheFuture(on=said.on, today=today)
        met = {"council_on": min(filter(None, (row["council_on"], said.on)))}
        return _Step(row | met, "council", said.members, said.note, said.on)

    _Book(batch).step_by_step(step)


@applies(ClassifyAefi)
def classify_aefis(batch: Batch[ClassifyAefi]) -> None:
    """The class of causality; a later one corrects an earlier, and both stay on record."""

    def step(book: "_Book", entry: Entry[ClassifyAefi]) -> "_Step":
        said, row = entry.payload, book.find(entry)
        _check_word(entry, "causality", said.causality)
        if row["serious"] and row["investigated_at"] is None:
            raise NotInvestigated()
        concluded = {
            "causality": said.causality, "conclusion": said.conclusion.strip(),
            "concluded_at": entry.recorded_at,
        }  # fmt: skip
        return _Step(row | concluded, "classify", "", f"{said.causality} {said.conclusion}")

    _Book(batch).step_by_step(step)


@applies(VoidAefi)
def void_aefis(batch: Batch[VoidAefi]) -> None:
    """Reports made in error: no more counted, and never gone."""

    def step(book: "_Book", entry: Entry[VoidAefi]) -> "_Step":
        row, reason = book.find(entry), entry.payload.reason.strip()
        gone = {"voided_at": entry.received_at, "void_reason": reason}
        return _Step(row | gone, "void", "", reason)

    _Book(batch).step_by_step(step)


class _Step(NamedTuple):
    """What an operation makes of an event, and the line of its history."""

    now: Row
    what: str
    who: str
    said: str
    on: date | None = None


class _Doses:
    """Doses that reports name: (person, day, vaccine, lot, session) by id, in one query."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        rows = Dose.objects.filter(pk__among=set(ids)).values_list(
            "id", "person_id", "given_on", "vaccine", "lot", "session_id"
        )
        self.rows = {row[0]: row[1:] for row in fetch(rows)}

    def of(self, entry: Entry[ReportAefi]) -> list[Any]:
        found = []
        for id in entry.payload.doses:
            row = self.rows.get(id)
            if row is None or row[0] != entry.payload.person:
                raise DoseOfAnother(dose=id)
            found.append(row)
        return found


class _Book(Kept):
    """Events of a batch and the steps it takes. An operation on one is of the unit that reported
    it, whoever sends it: the journal has asked whether they may there."""

    def __init__(self, batch: Batch[Any]) -> None:
        super().__init__(AdverseEvent, _AEFI, {entry.payload.aefi for entry in batch.entries})
        self.batch = batch
        self.steps: list[tuple[Any, ...]] = []

    def step_by_step(self, step: Callable[["_Book", Entry[Any]], _Step]) -> None:
        """One step for each operation of the batch; what a step refuses changes nothing."""
        for entry in self.batch.entries:
            try:
                made = step(self, entry)
            except Refusal as refusal:
                self.batch.refuse(entry, refusal)
            else:
                self.write(entry, *made)
        self.post()

    def find(self, entry: Entry[Any]) -> Row:
        row = self.get(entry.payload.aefi)
        if row is None or entry.unit != row["unit_id"]:
            raise UnknownAefi(aefi=entry.payload.aefi)
        if row["voided_at"] is not None:
            raise AefiIsVoid(reason=row["void_reason"])
        return row

    def serious(self, entry: Entry[Any]) -> Row:
        row = self.find(entry)
        if not row["serious"]:
            raise NotSerious()
        return row

    def write(  # type: ignore[override]
        self, entry: Entry[Any], row: Row, what: str, who: str, said: str, on: Any = None
    ) -> None:
        super().write(row | {"changed_at": entry.received_at})
        self.steps.append(
            (entry.id, row["id"], entry.unit, what, who.strip(), said.strip(),
             on or entry.happened_on, entry.recorded_at, entry.author)
        )  # fmt: skip

    def post(self) -> None:
        super().post()
        if self.steps:
            bulk.insert(AefiStep, ("id", "aefi_id", "unit_id", "what", "who", "said", "on", "at",
                                   "author_id"), self.steps)  # fmt: skip


def _at_once(serious: list[tuple[Entry[Any], Row]]) -> None:
    """Stop the sessions and suspend the lots of serious events, where the rules of the day say so."""
    if not serious:
        return
    sessions = Sessions(row["session_id"] for _, row in serious)
    told = {id(row): [(v, n) for v, n in _decode(row["lots"] or "[]")] for _, row in serious}
    holds = Holds(lot for lots in told.values() for lot in lots)
    for entry, row in serious:
        steps = law.steps(entry.happened_on)
        session = sessions.get(row["session_id"])
        if "stop-session" in steps and session is not None and session["state"] == "open":
            sessions.write(stopped(session, entry, AFTER_SERIOUS))
        for lot in told[id(row)] if "suspend-lot" in steps else ():
            if lot[1] and holds.against(lot) is None:
                hold = derived_id(row["id"], "hold", *lot)
                holds.suspend(entry, hold, lot, AFTER_SERIOUS, row["id"], "")
    sessions.post()
    holds.post()


def _reported(entry: Entry[ReportAefi], doses: _Doses, map_: Any) -> Row:
    said = entry.payload
    given = doses.of(entry)
    lots: dict[Lot, None] = {(row[2], row[3]): None for row in given}
    lots |= {lot_of(one.vaccine, one.lot): None for one in said.lots}
    if not lots:
        raise NoDoseNamed()
    severity = tuple(
        dict.fromkeys((*said.severity, *(("death",) if said.outcome == "died" else ())))
    )
    _check_words(entry, said.kinds, severity)
    _check_moments(entry, [row[1] for row in given])
    serious = law.serious(severity, entry.happened_on)
    sessions = [said.session, *(row[4] for row in given)]
    return {
        "id": entry.id, "person_id": said.person, "unit_id": entry.unit,
        "commune_id": map_.commune_of(entry.unit, entry.happened_on),
        "session_id": next((id for id in sessions if id), None),
        "doses": joined(str(id) for id in said.doses), "lots": _encode(list(lots)).decode(),
        "kinds": joined(dict.fromkeys(said.kinds)), "severity": joined(severity),
        "serious": serious, "grade": said.grade or "", "outcome": said.outcome,
        "treatment": said.treatment.strip(), "story": said.story.strip(),
        "reporter": said.reporter.strip(), "onset_at": said.onset_at,
        "noticed_at": said.noticed_at, "reported_at": entry.received_at,
        "department_at": None, "cdc_at": None, "investigated_at": None, "council_on": None,
        "causality": "", "conclusion": "", "concluded_at": None, "voided_at": None,
        "void_reason": "", "author_id": entry.author, "changed_at": entry.received_at,
        "serious_since": None, "report_due_at": None, "investigate_due_at": None,
        "council_due_on": None,
    } | (_clocks(entry, said.noticed_at) if serious else {})  # fmt: skip


def _clocks(entry: Entry[Any], since: datetime) -> Row:
    """When a serious event is to be told on and looked into: the clocks of the day's law."""
    clocks = law.clocks(entry.happened_on)

    def after(code: str, start: datetime) -> datetime | None:
        return start + timedelta(hours=clocks[code].amount) if code in clocks else None

    council = clocks.get("council")
    day = entry.received_at.astimezone(VIETNAM).date()
    return {
        "serious_since": since,
        "report_due_at": after("report", since),
        "investigate_due_at": after("investigation", entry.received_at),
        "council_due_on": add_working_days(day, council.amount) if council else None,
    }


def _check_moments(entry: Entry[ReportAefi], given: list[Any]) -> None:
    said = entry.payload
    onset = said.onset_at.astimezone(VIETNAM).date()
    early = next((day for day in sorted(given) if onset < day), None)
    if early is not None:
        raise OnsetBeforeDose(onset=onset, given=early)
    if said.noticed_at < said.onset_at:
        raise NoticedBeforeOnset(noticed=said.noticed_at, onset=said.onset_at)
    if said.noticed_at > entry.received_at:
        raise NotYet(at=said.noticed_at)


def _check_words(entry: Entry[Any], kinds: Iterable[str], severity: Iterable[str]) -> None:
    for code in kinds:
        _check_word(entry, "kinds", code)
    for code in severity:
        _check_word(entry, "severity", code)


def _check_word(entry: Entry[Any], words: str, code: str) -> None:
    known = law.words(words, entry.happened_on)
    if code not in known:
        raise UnknownWord(value=code, suggestions=", ".join(known))
