"""Event signals as rows: told, screened, verified, assessed; each step with its clock."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.models import EventSignal
from tuyen.apps.surveillance.operations import (
    AssessSignal,
    ReportSignal,
    ScreenSignal,
    VerifySignal,
)
from tuyen.apps.surveillance.refusals import (
    CorrectsAnother,
    MoreDeathsThanAffected,
    NotADuplicateOfThat,
    NothingChanges,
    NotVerifiedYet,
    ReasonNeeded,
    SeenInTheFuture,
    SignalIsSettled,
    UnknownDisease,
    UnknownSign,
    UnknownSignal,
    UnknownUnit,
)
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.signs import signs, step_hours

Row = dict[str, Any]
_COLUMNS = (
    "id", "unit_id", "commune_id", "village_id", "facility_id", "sign", "source", "seen_on",
    "affected", "deaths", "disease", "phone", "reporter", "link", "note", "author_id",
    "recorded_at", "received_at", "changed_at", "state", "due_at", "late", "screened_at",
    "screened_by_id", "verified_at", "verified_by_id", "how", "assessed_at", "assessed_by_id",
    "risk", "next_step", "duplicate_of_id", "reason",
)  # fmt: skip
_SET_ASIDE = ("discarded", "duplicate")
_SHORTEST = 3  # letters of a reason that somebody else will read


@applies(ReportSignal)
def report_signals(batch: Batch[ReportSignal]) -> None:
    """Keep what was told, where it was on the day it was seen; the clock of screening begins."""
    map_ = places.atlas()
    rows = []
    for entry in batch.entries:
        try:
            rows.append(_told(entry, map_))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    bulk.insert(EventSignal, _COLUMNS, [tuple(map(row.__getitem__, _COLUMNS)) for row in rows])


@applies(ScreenSignal)
def screen_signals(batch: Batch[ScreenSignal]) -> None:
    """Keep a signal for verification, or set it aside."""
    _apply(batch, _screened)


@applies(VerifySignal)
def verify_signals(batch: Batch[VerifySignal]) -> None:
    """Say what was found; a signal verified at once counts as screened at the same moment."""
    _apply(batch, _verified)


@applies(AssessSignal)
def assess_signals(batch: Batch[AssessSignal]) -> None:
    """Keep the risk of a verified signal and what follows; a later assessment replaces it."""
    _apply(batch, _assessed)


def check_told(said: ReportSignal, unit: UUID, on: date, map_: Any) -> places.Place:
    """Where a signal told by a unit on a day is; or the first refusal that it earns."""
    if map_.unit(unit) is None:
        raise UnknownUnit(unit=unit)
    if said.seen_on > on:
        raise SeenInTheFuture(seen=said.seen_on, on=on)
    listed = signs(on)
    if said.sign not in listed:
        raise UnknownSign(value=said.sign, on=on, known=", ".join(listed))
    if said.affected is not None and said.deaths > said.affected:
        raise MoreDeathsThanAffected(deaths=said.deaths, affected=said.affected)
    _check_disease(said.disease, on)
    place = places.locate(map_, said.commune, said.village, said.seen_on)
    places.check_facility(map_, said.facility, said.seen_on)
    return place


def _told(entry: Entry[ReportSignal], map_: Any) -> Row:
    said = entry.payload
    place = check_told(said, entry.unit, entry.happened_on, map_)
    empty = dict.fromkeys(_COLUMNS)
    return empty | {
        "id": entry.id,
        "unit_id": entry.unit,
        "commune_id": place.commune,
        "village_id": place.village,
        "facility_id": said.facility,
        "sign": said.sign,
        "source": said.source,
        "seen_on": said.seen_on,
        "affected": said.affected,
        "deaths": said.deaths,
        "disease": said.disease,
        "phone": said.phone.strip(),
        "reporter": said.reporter.strip(),
        "link": said.link.strip(),
        "note": said.note.strip(),
        "author_id": entry.author,
        "recorded_at": entry.recorded_at,
        "received_at": entry.received_at,
        "changed_at": entry.received_at,
        "state": "reported",
        "due_at": _due(entry, "screen"),
        "late": "",
        "how": "",
        "risk": "",
        "next_step": "",
        "reason": "",
    }


def _screened(entry: Entry[ScreenSignal], row: Row, held: "_Book") -> Row:
    said = entry.payload
    if said.outcome == "relevant" and row["state"] not in ("reported", *_SET_ASIDE):
        raise NothingChanges(case=row["id"])
    if said.outcome != "relevant" and row["state"] in _SET_ASIDE:
        raise SignalIsSettled(state=row["state"])
    return _looked_at(entry, row, held, said.outcome) | {
        "screened_at": entry.received_at,
        "screened_by_id": entry.author,
        "due_at": _due(entry, "verify") if said.outcome == "relevant" else None,
    }


def _verified(entry: Entry[VerifySignal], row: Row, held: "_Book") -> Row:
    said = entry.payload
    if row["state"] in _SET_ASIDE:
        raise SignalIsSettled(state=row["state"])
    affected = row["affected"] if said.affected is None else said.affected
    deaths = row["deaths"] if said.deaths is None else said.deaths
    if affected is not None and deaths > affected:
        raise MoreDeathsThanAffected(deaths=deaths, affected=affected)
    told = _looked_at(entry, row, held, said.outcome)
    first = row["screened_at"] is None
    assessed = said.outcome == "real" and row["state"] == "assessed"
    return told | {
        "state": "assessed" if assessed else told["state"],
        "screened_at": entry.received_at if first else row["screened_at"],
        "screened_by_id": entry.author if first else row["screened_by_id"],
        "verified_at": entry.received_at,
        "verified_by_id": entry.author,
        "how": said.how,
        "affected": affected,
        "deaths": deaths,
        "due_at": _due(entry, "assess") if said.outcome == "real" and not assessed else None,
    }


def _assessed(entry: Entry[AssessSignal], row: Row, held: "_Book") -> Row:
    said = entry.payload
    if row["state"] in _SET_ASIDE:
        raise SignalIsSettled(state=row["state"])
    if row["state"] not in ("real", "assessed"):
        raise NotVerifiedYet()
    return _timed(entry, row) | {
        "state": "assessed",
        "assessed_at": entry.received_at,
        "assessed_by_id": entry.author,
        "risk": said.risk,
        "next_step": said.next_step,
        "reason": said.reason.strip(),
        "due_at": None,
    }


def _looked_at(
    entry: Entry[ScreenSignal] | Entry[VerifySignal], row: Row, held: "_Book", outcome: str
) -> Row:
    """The row after somebody said that it is relevant or real, or set it aside."""
    said = entry.payload
    if outcome == "discarded" and len(said.reason.strip()) < _SHORTEST:
        raise ReasonNeeded()
    if (outcome == "duplicate") != (said.duplicate_of is not None):
        raise NotADuplicateOfThat(signal=said.duplicate_of or "–")
    if said.duplicate_of is not None:
        held.check_original(said.duplicate_of, row)
    _check_disease(said.disease, entry.happened_on)
    return _timed(entry, row) | {
        "state": outcome,
        "duplicate_of_id": said.duplicate_of,
        "disease": said.disease or row["disease"],
        "reason": said.reason.strip(),
    }


_STEP_OF = {"reported": "screen", "relevant": "verify", "real": "assess"}


def _timed(entry: Entry[Any], row: Row) -> Row:
    """The row at the moment of a step, which is late when the clock had run out."""
    late = row["late"].split()
    step = _STEP_OF.get(row["state"])
    if row["due_at"] is not None and entry.received_at > row["due_at"] and step not in late:
        late.append(str(step))
    return row | {"changed_at": entry.received_at, "late": " ".join(late)}


def _due(entry: Entry[Any], step: str) -> Any:
    return entry.received_at + timedelta(hours=step_hours(step, entry.happened_on))


def _check_disease(id: str, on: date) -> None:
    if not id:
        return
    try:
        rules.disease(id)
    except rules.UnknownDisease:
        raise UnknownDisease(value=id, on=on, suggestions="–") from None


def _apply(batch: Batch[Any], step: Any) -> None:
    """One step for every entry of a batch, each on the row that those before it left."""
    held = _Book(entry.payload for entry in batch.entries)
    for entry in batch.entries:
        try:
            held.write(step(entry, held.find(entry), held))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    held.post()


class _Book:
    """The signals that a batch is about, as they stand while it is worked through."""

    def __init__(self, payloads: Iterable[Any]) -> None:
        ids = set()
        for payload in payloads:
            ids |= {payload.signal, getattr(payload, "duplicate_of", None)} - {None}
        rows = fetch(EventSignal.objects.filter(pk__among=ids).values_list(*_COLUMNS))
        self._rows: dict[UUID, Row] = {
            row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in rows
        }
        self._changed: dict[UUID, None] = {}

    def find(self, entry: Entry[Any]) -> Row:
        """The signal an entry is about, if it lies in its unit; else as if there were none."""
        row = self._rows.get(entry.payload.signal)
        if row is None or row["commune_id"] != entry.unit:
            raise UnknownSignal(signal=entry.payload.signal)
        if entry.corrects != row["id"]:
            raise CorrectsAnother(expected=row["id"])
        return row

    def check_original(self, id: UUID, row: Row) -> None:
        """What a signal repeats is another of the same commune, and no duplicate itself."""
        found = self._rows.get(id)
        same = found is not None and found["commune_id"] == row["commune_id"]
        if not same or id == row["id"] or self._rows[id]["state"] == "duplicate":
            raise NotADuplicateOfThat(signal=id)

    def write(self, row: Row) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        rows = [tuple(map(self._rows[id].__getitem__, _COLUMNS)) for id in self._changed]
        bulk.replace(EventSignal, list(self._changed), _COLUMNS, rows)
