"""What people do about programmes: enrol, let out, call, plan a visit at home, assign."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.clinical.declared import APART, PLAIN
from tuyen.apps.clinical.keeping import Row, day_of
from tuyen.apps.clinical.models import Call, HomeVisit
from tuyen.apps.clinical.operations import (
    AssignEnrolment,
    EndEnrolment,
    Enrol,
    LogCall,
    PlanHomeVisit,
)
from tuyen.apps.clinical.refusals import (
    DayNotAhead,
    DiedAlready,
    EndsBeforeEnrolment,
    EnrolledAlready,
    EnrolmentEnded,
    InTheFuture,
    NotForThisPerson,
    UnknownCallResult,
    UnknownEnrolment,
    UnknownGroup,
    UnknownOutcome,
    UnknownPerson,
    UnknownProgramme,
    UnknownUnit,
)
from tuyen.apps.clinical.services.rolls import Rolls, new_row
from tuyen.apps.journal import bulk
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import calls
from tuyen.rules.clinical.programme import ALWAYS, FOLLOWED, Programme, fits_person, programmes

_CALL = ("id", "enrolment_id", "unit_id", "on", "result", "next_try", "note", "author_id",
         "received_at")  # fmt: skip
_HOME = ("id", "enrolment_id", "unit_id", "on", "worker_id", "note", "author_id", "received_at")
_HOME_DAYS = 366


@applies(Enrol)
def enrol(batch: Batch[Enrol]) -> None:
    """Take people into programmes by hand; nobody twice."""
    people = {entry.payload.person for entry in batch.entries}
    rolls = Rolls(people, batch.entries[0].happened_on, among=(PLAIN, APART))
    map_ = registry.atlas()
    for entry in batch.entries:
        try:
            row = _enrolled(entry, rolls, map_)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rolls.add(row)
    rolls.post()


def _enrolled(entry: Entry[Enrol], rolls: Rolls, map_: Any) -> Row:
    said, on = entry.payload, entry.happened_on
    one = programmes().get(said.programme)
    if one is None or one.kind == FOLLOWED:
        known = [key for key, each in programmes().items() if each.kind != FOLLOWED]
        raise UnknownProgramme(value=said.programme, known=", ".join(known))
    if map_.unit(entry.unit) is None:
        raise UnknownUnit(unit=entry.unit)
    _not_later(on, entry)
    vital = rolls.vital(said.person)
    if vital is None:
        raise UnknownPerson(person=said.person)
    if vital.died_on is not None:
        raise DiedAlready(died=vital.died_on)
    _check_fits(one, vital, on)
    if said.group and said.group not in one.who(on).groups:
        raise UnknownGroup(
            value=said.group, programme=one.key, known=", ".join(one.who(on).groups) or "-"
        )
    for row in rolls.of(said.person, one.key):
        if row["until"] is None or row["until"] > on:
            raise EnrolledAlready(programme=one.key, since=row["since"])
    row = new_row(entry.id, entry, vital.id, one.key, on, vital, entry.unit, "hand")
    return row | {"group": said.group, "worker_id": said.worker or entry.author}


def _check_fits(one: Programme, vital: registry.Vital, on: date) -> None:
    who = one.who(on)
    born = vital.born_on
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if not fits_person(who, age, vital.sex):
        raise NotForThisPerson(
            programme=one.key, low=who.ages.since, high=who.ages.to, sex=who.sex or "male, female",
            age=age,
        )  # fmt: skip


@applies(EndEnrolment)
def end_enrolments(batch: Batch[EndEnrolment]) -> None:
    """Let people out. What was entered in error was never so."""
    rolls, map_ = _rolls(batch), registry.atlas()
    for entry in batch.entries:
        said, on = entry.payload, entry.happened_on
        try:
            row = _open(entry, rolls, map_)
            one = programmes()[row["programme"]]
            known = (*one.outcomes, *ALWAYS)
            if said.why not in known:
                raise UnknownOutcome(value=said.why, programme=one.key, known=", ".join(known))
            _not_later(on, entry)
            if on < row["since"]:
                raise EndsBeforeEnrolment(on=on, since=row["since"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        until = row["since"] if said.why == "error" else on
        rolls.change(row["id"], until=until, why=said.why, by_registry=False)
    rolls.post()


@applies(LogCall)
def log_calls(batch: Batch[LogCall]) -> None:
    """Write calls down; the list of who is overdue waits until the next try."""
    rolls, map_ = _rolls(batch), registry.atlas()
    rows = []
    for entry in batch.entries:
        said, on = entry.payload, entry.happened_on
        try:
            row = _open(entry, rolls, map_)
            result = calls.results().get(said.result)
            if result is None:
                raise UnknownCallResult(value=said.result, known=", ".join(calls.results()))
            _not_later(on, entry)
            if said.next_try is not None:
                _ahead("next_try", said.next_try, on, calls.FAR_DAYS)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        again = on + timedelta(days=result.again) if result.again else None
        next_try = said.next_try or again
        rows.append(
            (entry.id, row["id"], entry.unit, on, said.result, next_try, said.note.strip(),
             entry.author, entry.received_at)
        )  # fmt: skip
        if row["called_on"] is None or on >= row["called_on"]:
            rolls.change(row["id"], call=said.result, called_on=on, next_try=next_try)
    bulk.insert(Call, _CALL, rows)
    rolls.post()


@applies(PlanHomeVisit)
def plan_home_visits(batch: Batch[PlanHomeVisit]) -> None:
    """Plan visits at home; the last plan stands."""
    rolls, map_ = _rolls(batch), registry.atlas()
    rows = []
    for entry in batch.entries:
        said, on = entry.payload, entry.happened_on
        try:
            row = _open(entry, rolls, map_)
            _ahead("on", said.on, on, _HOME_DAYS)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        worker = said.worker or row["worker_id"]
        rows.append(
            (entry.id, row["id"], entry.unit, said.on, worker, said.note.strip(), entry.author,
             entry.received_at)
        )  # fmt: skip
        rolls.change(row["id"], home_on=said.on, planned_on=on, worker_id=worker)
    bulk.insert(HomeVisit, _HOME, rows)
    rolls.post()


@applies(AssignEnrolment)
def assign_enrolments(batch: Batch[AssignEnrolment]) -> None:
    """Say who calls and visits, and who follows."""
    rolls, map_ = _rolls(batch), registry.atlas()
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _open(entry, rolls, map_)
            if said.follows is not None and map_.unit(said.follows) is None:
                raise UnknownUnit(unit=said.follows)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        unit = said.follows or row["unit_id"]
        rolls.change(row["id"], worker_id=said.worker, unit_id=unit)
    rolls.post()


def _rolls(batch: Batch[Any]) -> Rolls:
    ids = {entry.payload.enrolment for entry in batch.entries}
    return Rolls.of_enrolments(ids, batch.entries[0].happened_on)


def _open(entry: Entry[Any], rolls: Rolls, map_: Any) -> Row:
    """The enrolment that an entry is about: followed by its unit, or of somebody who lives in what
    the unit serves. One of others is answered like one that does not exist."""
    row = rolls.rows.get(entry.payload.enrolment)
    if row is None or not _may(entry, row, map_):
        raise UnknownEnrolment(enrolment=entry.payload.enrolment)
    if row["until"] is not None:
        raise EnrolmentEnded(until=row["until"], why=row["why"])
    return row


def _may(entry: Entry[Any], row: Row, map_: Any) -> bool:
    if entry.unit == row["unit_id"]:
        return True
    if map_.unit(entry.unit) is None:
        return False
    reached: frozenset[UUID] = map_.reach(entry.unit, "own", entry.happened_on)
    return row["unit_id"] in reached or row["place_id"] in reached


def _not_later(on: date, entry: Entry[Any]) -> None:
    today = day_of(entry.received_at)
    if on > today:
        raise InTheFuture(field="on", on=on, today=today)


def _ahead(field: str, day: date, today: date, days: int) -> None:
    if not today <= day <= today + timedelta(days=days):
        raise DayNotAhead(field=field, on=day, today=today, days=days)
