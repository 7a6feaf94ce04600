"""A session as it goes on: who arrives, is examined, observed, and leaves."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import catalogue, examining
from tuyen.apps.immunization.models import Dose, ExpectedAt, Screening, Visit
from tuyen.apps.immunization.operations import Arrive, Leave, Observe, Screen, StopSession
from tuyen.apps.immunization.refusals import (
    AfterDeath,
    BeforeBirth,
    DosesGivenAlready,
    HereAlready,
    LeftTooEarly,
    NotAsked,
    NothingGiven,
    NotReadable,
    ReturnInThePast,
    UnknownAnswer,
    UnknownPerson,
)
from tuyen.apps.immunization.services.keeping import Row, columns_of, joined
from tuyen.apps.immunization.services.session_book import (
    Sessions,
    Visits,
    doses_at,
    last_dose,
)
from tuyen.apps.journal import bulk, store
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization import screening as engine
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.immunization.screening import limits

_SCREENING = columns_of(Screening)
_encode = msgspec.json.Encoder(order="sorted").encode
_SHORTEST_REASON = 3


@applies(Arrive)
def arrive(batch: Batch[Arrive]) -> None:
    """Give everybody who came a number; who is in the queue already is not put there again."""
    wanted = {entry.payload.session for entry in batch.entries}
    sessions = Sessions(wanted)
    visits = Visits(())
    visits.take(Visit.objects.filter(session_id__among=wanted))
    last: Counter[UUID] = Counter()
    here: dict[tuple[UUID, UUID], int] = {}
    for row in visits.rows():
        last[row["session_id"]] = max(last[row["session_id"]], row["number"])
        if row["state"] != "left":
            here[row["session_id"], row["person_id"]] = row["number"]
    people = {entry.payload.person for entry in batch.entries}
    vitals = registry.vitals(by=Actor.program(batch.entries[0].happened_on), ids=people)
    rows = ExpectedAt.objects.filter(session_id__among=wanted)
    hoped = {
        (s, p): v for s, p, v in fetch(rows.values_list("session_id", "person_id", "vaccines"))
    }
    for entry in batch.entries:
        said = entry.payload
        key = (said.session, said.person)
        try:
            sessions.open(entry, said.session)
            _check_person(vitals.get(said.person), entry)
            if key in here:
                raise HereAlready(number=here[key])
            asked = joined(dict.fromkeys(catalogue.vaccine(code).code for code in said.vaccines))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        last[said.session] += 1
        here[key] = last[said.session]
        visits.write({
            "id": entry.id, "session_id": said.session, "person_id": said.person,
            "unit_id": entry.unit, "number": here[key], "state": "waiting",
            "wanted": asked or hoped.get(key, ""), "cleared": "",
            "arrived_at": entry.recorded_at, "screened_at": None, "observed_from": None,
            "left_at": None, "early": "", "well": True, "return_on": None,
            "changed_at": entry.received_at,
        })  # fmt: skip
    visits.post()


@applies(Screen)
def screen(batch: Batch[Screen]) -> None:
    """Judge examinations by the rules of their day; the examiner may wait where they do not."""
    visits = Visits({entry.payload.visit for entry in batch.entries})
    by = Actor.program(batch.entries[0].happened_on)
    people = {row["person_id"] for row in visits.rows()}
    vitals = registry.vitals(by=by, ids=people) if people else {}
    made = []
    for entry in batch.entries:
        said = entry.payload
        try:
            visit = visits.here(entry, said.visit)
            visits.sessions.open(entry, visit["session_id"])
            if visit["state"] == "observed":
                raise DosesGivenAlready(number=visit["number"])
            person = vitals.get(visit["person_id"])
            if person is None:
                raise UnknownPerson(person=visit["person_id"])
            codes = list(dict.fromkeys(catalogue.vaccine(code).code for code in said.vaccines))
            found = _judged(entry, codes, (entry.happened_on - person.born_on).days, person.sex)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        made.append(_screening(entry, visit, codes, found))
        visits.write(visit | {
            "state": found.result, "cleared": joined(found.cleared),
            "wanted": visit["wanted"] or joined(codes), "screened_at": entry.recorded_at,
            "return_on": found.return_on, "changed_at": entry.received_at,
        })  # fmt: skip
    if made:
        bulk.insert(Screening, _SCREENING, made)
    visits.post()


@applies(Observe)
def observe(batch: Batch[Observe]) -> None:
    """The clock runs from the last dose that is on record for the visit."""
    visits = Visits({entry.payload.visit for entry in batch.entries})
    given = doses_at({row["session_id"] for row in visits.rows()})
    for entry in batch.entries:
        try:
            visit = visits.here(entry, entry.payload.visit)
            visits.sessions.held(entry, visit["session_id"])
            since = last_dose(given, visit)
            if since is None:
                raise NothingGiven(number=visit["number"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        visits.write(visit | {
            "state": "observed", "observed_from": since, "changed_at": entry.received_at,
        })  # fmt: skip
    visits.post()


@applies(Leave)
def leave(batch: Batch[Leave]) -> None:
    """Who got a dose stays for the time of the day's rule; the moment goes on the doses."""
    visits = Visits({entry.payload.visit for entry in batch.entries})
    given = doses_at({row["session_id"] for row in visits.rows()})
    gone: dict[UUID, datetime] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            visit = visits.here(entry, said.visit)
            visits.sessions.held(entry, visit["session_id"])
            since = visit["observed_from"] or last_dose(given, visit)
            early = said.early.strip()
            if since is not None and len(early) < _SHORTEST_REASON:
                until = since + timedelta(minutes=limits(entry.happened_on).observation)
                if entry.recorded_at < until:
                    raise LeftTooEarly(until=until)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        at = max(entry.recorded_at, since or entry.recorded_at)
        for id, *_, injected in given.get((visit["session_id"], visit["person_id"]), ()):
            if visit["arrived_at"] <= injected <= at:
                gone[id] = at
        visits.write(visit | {
            "state": "left", "observed_from": since, "left_at": at, "early": early,
            "well": said.well, "changed_at": entry.received_at,
        })  # fmt: skip
    _left(gone)
    visits.post()


@applies(StopSession)
def stop_sessions(batch: Batch[StopSession]) -> None:
    """A stopped session takes nobody more; those who are there are observed, and it is closed."""
    sessions = Sessions(entry.payload.session for entry in batch.entries)
    for entry in batch.entries:
        try:
            row = sessions.open(entry, entry.payload.session)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        sessions.write(stopped(row, entry, entry.payload.reason.strip()))
    sessions.post()


def stopped(row: Row, entry: Entry[Any], reason: str) -> Row:
    """A session that goes on no longer."""
    return row | {
        "state": "stopped", "stopped_at": entry.received_at, "reason": reason,
        "changed_at": entry.received_at,
    }  # fmt: skip


def _left(gone: dict[UUID, datetime]) -> None:
    """Write on doses when their people left."""
    if not gone:
        return
    columns = columns_of(Dose)
    at = columns.index("left_at")
    rows = [
        list(row) for row in fetch(Dose.objects.filter(pk__among=set(gone)).values_list(*columns))
    ]
    for row in rows:
        row[at] = gone[row[0]]
    Dose.objects.filter(pk__among=set(gone))._raw_delete(using=store.alias())
    bulk.insert(Dose, columns, rows)


def _check_person(person: Any, entry: Entry[Arrive]) -> None:
    if person is None or person.voided:
        raise UnknownPerson(person=entry.payload.person)
    if person.died_on is not None and person.died_on < entry.happened_on:
        raise AfterDeath(on=entry.happened_on, died=person.died_on)
    if entry.happened_on < person.born_on:
        raise BeforeBirth(on=entry.happened_on, born=person.born_on)


def _judged(entry: Entry[Screen], codes: list[str], age: int, sex: int) -> engine.Judgement:
    said, on = entry.payload, entry.happened_on
    if said.return_on is not None and said.return_on <= on:
        raise ReturnInThePast(day=said.return_on, on=on)
    known = examining.known_questions(on)
    strange = next((code for code in said.answers if code not in known), None)
    if strange is not None:
        raise UnknownAnswer(value=strange, on=on)
    answers = {
        code: engine.Answer(one.yes, one.on, frozenset(one.to))
        for code, one in said.answers.items()
    }
    measured = {
        code: float(value)
        for code, value in (("temperature", said.temperature), ("weight", said.weight_g))
        if value is not None
    }
    for code, (lowest, highest) in examining.readable(on).items():
        if code in measured and not lowest <= measured[code] <= highest:
            raise NotReadable(measure=code, value=measured[code], lowest=lowest, highest=highest)
    if missing := examining.lacking(on, codes, age, sex, answers, measured):
        raise NotAsked(missing=", ".join(missing))
    found = examining.judge(on, codes, answers, measured)
    if said.defer.strip() and found.result == "passed":
        return found._replace(
            result="deferred", cleared=(), deferred=(*found.deferred, *found.cleared),
            return_on=said.return_on or found.return_on,
        )  # fmt: skip
    return found._replace(return_on=said.return_on or found.return_on)


def _screening(
    entry: Entry[Screen], visit: Row, codes: list[str], found: engine.Judgement
) -> tuple[Any, ...]:
    said = entry.payload
    told = {
        "id": entry.id, "visit_id": visit["id"], "session_id": visit["session_id"],
        "person_id": visit["person_id"], "unit_id": entry.unit, "result": found.result,
        "vaccines": joined(codes), "cleared": joined(found.cleared),
        "temperature": said.temperature, "weight_g": said.weight_g,
        "answers": _encode(said.answers).decode(),
        "reasons": _encode([
            {"rule": r.rule, "outcome": r.outcome, "vaccines": r.vaccines,
             "return_on": _day(r.return_on)}
            for r in found.reasons
        ]).decode(),
        "deferred": said.defer.strip(), "return_on": found.return_on, "note": said.note.strip(),
        "screened_at": entry.recorded_at, "author_id": entry.author,
    }  # fmt: skip
    return tuple(map(told.__getitem__, _SCREENING))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
