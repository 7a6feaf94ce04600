"""A drill as rows: its clock, its messages and its end, in the walled copy where it is played."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch, put
from tuyen.apps.surveillance.models import Drill, DrillMessage
from tuyen.apps.surveillance.operations.drills import (
    AnswerDrillMessage,
    BeginDrill,
    CallDrillPersona,
    EndDrill,
    SendDrillMessage,
    SetDrillClock,
)
from tuyen.apps.surveillance.refusals.drills import (
    ClockBackwards,
    ClockPast,
    DrillBegun,
    DrillByProgram,
    DrillEnded,
    MessageAnswered,
    MessageSent,
    NoAnswerAsked,
    NoDrill,
    UnknownCall,
    UnknownMessage,
)
from tuyen.kernel.clock import Pace
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import drills as rules

_DRILL = (
    "id", "scenario", "seed", "side", "begins", "ends", "real", "shows", "speed", "ended_at",
    "ended_because",
)  # fmt: skip
_MESSAGE = (
    "id", "key", "sort", "to", "sent_at", "due_at", "text", "answered_at", "answered_by_id",
    "answer",
)  # fmt: skip


@applies(BeginDrill)
def begin_drills(batch: Batch[BeginDrill]) -> None:
    """Begin the one drill of a walled copy; its clock stands still until somebody starts it."""
    held = _held()
    for entry in batch.entries:
        said = entry.payload
        try:
            if entry.author is not None:
                raise DrillByProgram()
            if held is not None:
                raise DrillBegun()
            rules.scenario(said.scenario)
            if said.ends <= said.begins:
                raise ClockPast(ends=said.ends, shows=said.begins)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held = dict(zip(_DRILL, (
            entry.id, said.scenario, said.seed, said.side, said.begins, said.ends, said.real,
            said.begins, 0.0, None, "",
        ), strict=True))  # fmt: skip
        _keep(held)


@applies(SetDrillClock)
def set_clocks(batch: Batch[SetDrillClock]) -> None:
    """Let the clock run at another speed, or jump forward. It never goes back and never past the end."""
    held = _held()
    for entry in batch.entries:
        said = entry.payload
        try:
            held = _playing(held)
            now = Pace(held["real"], held["shows"], held["speed"]).at(said.real)
            # A machine's clock may be set back a little; the drill's then waits for it.
            if said.shows < now - timedelta(seconds=1):
                raise ClockBackwards(now=now, shows=said.shows)
            if said.shows > held["ends"]:
                raise ClockPast(ends=held["ends"], shows=said.shows)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held |= {"real": said.real, "shows": said.shows, "speed": said.speed}
        _keep(held)


@applies(EndDrill)
def end_drills(batch: Batch[EndDrill]) -> None:
    """End it: the clock stops where it is, and nothing more is put before the players."""
    held = _held()
    for entry in batch.entries:
        try:
            held = _playing(held)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        shows = min(max(entry.received_at, held["shows"]), held["ends"])
        held |= {"speed": 0.0, "shows": shows, "ended_at": shows,
                 "ended_because": entry.payload.reason.strip()}  # fmt: skip
        _keep(held)


@applies(SendDrillMessage)
def send_messages(batch: Batch[SendDrillMessage]) -> None:
    """Put messages before players; each key once."""
    held, known = _held(), _messages(entry.payload.key for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            _playing(held)
            if entry.author is not None:
                raise DrillByProgram()
            if said.key in known:
                raise MessageSent(message=said.key)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        known[said.key] = dict(zip(_MESSAGE, (
            entry.id, said.key, said.sort, said.to, entry.received_at, said.due_at, said.text,
            None, None, "",
        ), strict=True))  # fmt: skip
    _post(known[entry.payload.key] for entry in batch.accepted())


@applies(AnswerDrillMessage)
def answer_messages(batch: Batch[AnswerDrillMessage]) -> None:
    """Keep the first answer to each message that asks for one."""
    held, known = _held(), _messages(entry.payload.message for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            _playing(held)
            message = known.get(said.message)
            if message is None:
                raise UnknownMessage(message=said.message)
            if message["due_at"] is None:
                raise NoAnswerAsked(message=said.message)
            if message["answered_at"] is not None:
                raise MessageAnswered(message=said.message, at=message["answered_at"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        message |= {"answered_at": entry.received_at, "answered_by_id": entry.author,
                    "answer": said.answer.strip()}  # fmt: skip
    _post(known[entry.payload.message] for entry in batch.accepted())


@applies(CallDrillPersona)
def call_personas(batch: Batch[CallDrillPersona]) -> None:
    """A question is the entry itself; who is asked answers it by a message in time."""
    held = _held()
    for entry in batch.entries:
        try:
            calls = rules.scenario(_playing(held)["scenario"]).calls
            if entry.payload.call not in {call.id for call in calls}:
                raise UnknownCall(call=entry.payload.call, known=", ".join(c.id for c in calls))
        except Refusal as refusal:
            batch.refuse(entry, refusal)


def _held() -> dict[str, Any] | None:
    row = Drill.objects.values(*_DRILL).first()
    return dict(row) if row is not None else None


def _playing(held: dict[str, Any] | None) -> dict[str, Any]:
    if held is None:
        raise NoDrill()
    if held["ended_at"] is not None:
        raise DrillEnded(at=held["ended_at"])
    return held


def _keep(row: dict[str, Any]) -> None:
    put(Drill, _DRILL, [tuple(row[name] for name in _DRILL)])


def _messages(keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows = fetch(DrillMessage.objects.filter(key__in=set(keys)).values_list(*_MESSAGE))
    return {row[1]: dict(zip(_MESSAGE, row, strict=True)) for row in rows}


def _post(rows: Iterable[dict[str, Any]]) -> None:
    unique: dict[UUID, dict[str, Any]] = {row["id"]: row for row in rows}
    put(DrillMessage, _MESSAGE, [tuple(row[n] for n in _MESSAGE) for row in unique.values()])
