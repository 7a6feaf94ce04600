"""Alarms as rows: raised by the program, answered by people, ended by either."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk
from tuyen.apps.surveillance.models import Alarm, EpidemicYear
from tuyen.apps.surveillance.operations import (
    CloseAlarm,
    MarkEpidemicYear,
    RaiseAlarm,
    TriageAlarm,
)
from tuyen.apps.surveillance.refusals import (
    AlarmIsClosed,
    BadAlarm,
    CorrectsAnother,
    NothingChanges,
    ProgramOnly,
    ReasonNeeded,
    UnknownAlarm,
    UnknownDisease,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.period import BadPeriod, Period
from tuyen.kernel.refusal import Refusal
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import answer_hours

_COLUMNS = (
    "id", "rule", "disease", "commune_id", "period", "since", "until", "level", "observed",
    "expected", "bound", "figures", "method", "revision", "last_id", "raised_on", "raised_at",
    "changed_at", "due_at", "state", "owner_id", "answered_at", "answered_by_id", "reason",
    "closed_on", "closed_because", "pvalue", "false_share", "qvalue", "below", "lesson_id",
)  # fmt: skip
_SEVERITY = {"alert": 1, "above-2sd": 2, "signal": 1, "epidemic": 3}
_ANSWER = {"verify": "verified", "dismiss": "dismissed", "open-outbreak": "outbreak"}
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(RaiseAlarm)
def raise_alarms(batch: Batch[RaiseAlarm]) -> None:
    """Keep one row per rule, disease, commune and period; a later count brings it up to date."""
    book = AlarmBook(entry.payload.supersedes or entry.id for entry in batch.entries)
    taken = _periods_taken(batch.entries)
    for entry in batch.entries:
        try:
            if entry.author is not None:
                raise ProgramOnly()
            row = _raised(entry, book, taken)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        taken[_key(row)] = row["id"]
        book.write(row)
    book.post()


@applies(TriageAlarm)
def triage_alarms(batch: Batch[TriageAlarm]) -> None:
    """Take on, verify, dismiss, or open an outbreak. Whoever answers first owns it until changed."""
    book = AlarmBook(entry.payload.alarm for entry in batch.entries)
    for entry in batch.entries:
        answer = entry.payload
        try:
            held = book.find(entry)
            if held["closed_on"] is not None:
                raise AlarmIsClosed(on=held["closed_on"])
            if answer.decision == "dismiss" and len(answer.reason.strip()) < 3:
                raise ReasonNeeded()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        row = held | {"changed_at": entry.received_at}
        row["owner_id"] = answer.owner or held["owner_id"] or entry.author
        if answer.decision in _ANSWER:
            row |= {
                "state": _ANSWER[answer.decision],
                "answered_at": held["answered_at"] or entry.received_at,
                "answered_by_id": entry.author,
                "reason": answer.reason.strip(),
            }
        book.write(row)
    book.post()


@applies(CloseAlarm)
def close_alarms(batch: Batch[CloseAlarm]) -> None:
    """End alarms; those of the program by END-B or a corrected count, those of people by hand."""
    book = AlarmBook(entry.payload.alarm for entry in batch.entries)
    for entry in batch.entries:
        closing = entry.payload
        try:
            held = book.find(entry)
            if held["closed_on"] is not None:
                raise AlarmIsClosed(on=held["closed_on"])
            if (entry.author is None) == (closing.because == "by-hand"):
                raise BadAlarm(what=f"closed because {closing.because}")
            if closing.because == "by-hand" and len(closing.reason.strip()) < 3:
                raise ReasonNeeded()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.write(held | {
            "changed_at": entry.received_at,
            "closed_on": entry.happened_on,
            "closed_because": closing.because,
            "reason": closing.reason.strip() or held["reason"],
            "figures": _encode(msgspec.json.decode(held["figures"]) | {
                f"end-{name}": value for name, value in closing.figures.items()
            }).decode(),
        })  # fmt: skip
    book.post()


@applies(MarkEpidemicYear)
def mark_years(batch: Batch[MarkEpidemicYear]) -> None:
    """Leave a year out of baselines, or (``epidemic`` false) take it in again."""
    ids = {entry.id: _year_id(entry) for entry in batch.entries}
    held = set(EpidemicYear.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
    rows: dict[UUID, tuple[Any, ...] | None] = {}
    for entry in batch.entries:
        id, mark = ids[entry.id], entry.payload
        try:
            rules.disease(mark.disease)
        except rules.UnknownDisease:
            on = entry.happened_on
            batch.refuse(entry, UnknownDisease(value=mark.disease, on=on, suggestions="–"))
            continue
        there = rows[id] is not None if id in rows else id in held
        if there == mark.epidemic:
            batch.refuse(entry, NothingChanges(case=f"{mark.disease} {mark.year}"))
            continue
        row = (id, mark.disease, entry.unit, mark.year, mark.reason)
        rows[id] = row if mark.epidemic else None
    bulk.replace(
        EpidemicYear,
        [id for id in rows if id in held],
        ("id", "disease", "area_id", "year", "reason"),
        [row for row in rows.values() if row is not None],
    )


def _year_id(entry: Entry[MarkEpidemicYear]) -> UUID:
    return derived_id(entry.unit, "epidemic-year", entry.payload.disease, entry.payload.year)


class AlarmBook:
    """The alarms that a batch is about, as they stand while it is worked through."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        rows = fetch(Alarm.objects.filter(pk__among=set(ids)).values_list(*_COLUMNS))
        self._rows: dict[UUID, dict[str, Any]] = {
            row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in rows
        }
        self._held = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def get(self, id: UUID) -> dict[str, Any] | None:
        return self._rows.get(id)

    def find(self, entry: Entry[Any]) -> dict[str, Any]:
        """The alarm an entry is about, if it lies in its unit; else as if there were none."""
        row = self._rows.get(entry.payload.alarm)
        if row is None or row["commune_id"] != entry.unit:
            raise UnknownAlarm(alarm=entry.payload.alarm)
        if entry.corrects != row["id"]:
            raise CorrectsAnother(expected=row["id"])
        return row

    def write(self, row: dict[str, Any]) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        rows = [tuple(map(self._rows[id].__getitem__, _COLUMNS)) for id in self._changed]
        bulk.replace(Alarm, [id for id in self._changed if id in self._held], _COLUMNS, rows)


Key = tuple[str, str, UUID, str]


def _key(row: Mapping[str, Any]) -> Key:
    return row["rule"], row["disease"], row["commune_id"], row["period"]


def _periods_taken(entries: Iterable[Entry[RaiseAlarm]]) -> dict[Key, UUID]:
    """Which rule, disease, commune and period already has its alarm."""
    rows = Alarm.objects.filter(
        commune_id__among={entry.unit for entry in entries},
        period__among={entry.payload.period for entry in entries},
    ).values_list("id", "rule", "disease", "commune_id", "period")
    return {(rule, d, commune, period): id for id, rule, d, commune, period in fetch(rows)}


def _raised(entry: Entry[RaiseAlarm], book: AlarmBook, taken: dict[Key, UUID]) -> dict[str, Any]:
    """The row of a new alarm, or of an old one with its new numbers."""
    said = entry.payload
    key = (said.rule, said.disease, entry.unit, said.period)
    if taken.get(key) != said.supersedes:
        raise BadAlarm(what=f"{said.rule} of {said.period} supersedes {said.supersedes}")
    held = book.get(said.supersedes) if said.supersedes else None
    if held is not None and said.revision != held["revision"] + 1:
        raise BadAlarm(what=f"revision {said.revision} follows {held['revision']}")
    numbers = {
        "level": said.level,
        "observed": said.observed,
        "expected": said.expected,
        "bound": said.bound,
        "figures": _encode(said.figures).decode(),
        "method": said.method,
        "revision": said.revision,
        "last_id": entry.id,
        "changed_at": entry.received_at,
    }
    if held is not None:
        return held | numbers | _reopened(held, said)
    hours = answer_hours(said.rule, entry.happened_on)
    period = _period(said.period)
    return numbers | {
        "id": entry.id,
        "rule": said.rule,
        "disease": said.disease,
        "commune_id": entry.unit,
        "period": said.period,
        "since": period.start,
        "until": period.end,
        "raised_on": entry.happened_on,
        "raised_at": entry.received_at,
        "due_at": entry.received_at + timedelta(hours=hours),
        "state": "new",
        "owner_id": None,
        "answered_at": None,
        "answered_by_id": None,
        "reason": "",
        "closed_on": None,
        "closed_because": "",
        "pvalue": None,
        "false_share": None,
        "qvalue": None,
        "below": "",
        "lesson_id": None,
    }


def _reopened(held: dict[str, Any], said: RaiseAlarm) -> dict[str, Any]:
    """A closed alarm opens again; a dismissed one only when it becomes more serious."""
    graver = _SEVERITY.get(said.level, 0) > _SEVERITY.get(held["level"], 0)
    if held["closed_on"] is not None or (held["state"] == "dismissed" and graver):
        return {"state": "new", "closed_on": None, "closed_because": "", "answered_at": None}
    return {}


def _period(label: str) -> Period:
    try:
        return Period.parse(label)
    except BadPeriod:
        raise BadAlarm(what=f"its period is {label}") from None
