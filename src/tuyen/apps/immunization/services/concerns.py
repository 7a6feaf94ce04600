"""A gate holds back what may still be left undone; what was done is written down, with what speaks
against it beside it. A child who was injected has the dose, whatever the rules say of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from tuyen.apps.immunization.models import DoseConcern, LotHold
from tuyen.apps.immunization.operations import AnswerConcern, RecordDoses
from tuyen.apps.immunization.refusals import (
    AnsweredAlready,
    LotExpired,
    LotNeverReceived,
    LotSetApart,
    LotStopped,
    LotSuspended,
    LotSuspendedLater,
    NotCleared,
    NotHere,
    SessionNotOpen,
    UnknownConcern,
    VisitIsOver,
)
from tuyen.apps.immunization.sameness import Row
from tuyen.apps.immunization.services.book import day_of
from tuyen.apps.immunization.services.holds import Holds
from tuyen.apps.immunization.services.keeping import Kept, columns_of
from tuyen.apps.journal import bulk
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.immunization.screening import limits

SPEAKING: tuple[type[Refusal], ...] = (
    LotExpired, LotNeverReceived, LotSetApart, LotStopped, LotSuspended, NotCleared, NotHere,
    SessionNotOpen, VisitIsOver,
)  # fmt: skip
"""What forbids a dose that is still to be given, and only speaks against one that was. All else (no
such person, a day before the birth, a session of another day) is a mistake of the writing, and
waits to be repaired."""
_CONCERN = columns_of(DoseConcern)
_encode = msgspec.json.Encoder(order="sorted").encode


def moment(entry: Entry[RecordDoses]) -> datetime:
    """When the doses of a visit were given, as far as somebody said so."""
    told = [given.injected_at for given in entry.payload.given if given.injected_at]
    return max(told, default=entry.recorded_at)


def told_later(entry: Entry[RecordDoses]) -> bool:
    """Whether a visit is told of after it was over, so that no answer can hold it back: on a later
    day, or longer after its moment than the rule of the day counts as at once. A clock that lies so
    far ahead proves nothing, and is taken so too."""
    within = timedelta(minutes=limits(entry.happened_on).told_at_once)
    return (
        entry.happened_on < day_of(entry.received_at)
        or abs(entry.received_at - moment(entry)) > within
    )


def speaking(entry: Entry[RecordDoses], against: Sequence[Refusal]) -> list[Refusal]:
    """What only speaks against a visit; raises what holds it back."""
    later = told_later(entry)
    for refusal in against:
        if not later or not isinstance(refusal, SPEAKING):
            raise refusal
    return list(against)


class Concerns:
    """What speaks against the visits of a batch, written at once."""

    def __init__(self) -> None:
        self._told: list[tuple[Entry[RecordDoses], Row, Refusal]] = []

    def add(
        self, entry: Entry[RecordDoses], rows: Sequence[Row], against: Iterable[Refusal]
    ) -> None:
        """Beside the dose that each names, or the first of the visit. A lot that both rooms stopped
        is told of once."""
        said = list(against)
        stopped = {_lot(one) for one in said if isinstance(one, LotSuspended)}
        for one in said:
            if isinstance(one, LotStopped) and _lot(one) in stopped:
                continue
            row = next((row for row in rows if _names(one, row)), rows[0])
            self._told.append((entry, row, one))

    def lifted(self, told: Mapping[Entry[RecordDoses], Sequence[Row]]) -> None:
        """Doses that are told of when their lot may be used again, given while it might not: one
        query, if any of them is told later."""
        later = [
            (e, row) for e, rows in told.items() if told_later(e) for row in rows if row["lot"]
        ]
        if not later:
            return
        found = LotHold.objects.filter(lot__in=sorted({row["lot"] for _, row in later}))
        held = list(found.exclude(lifted_at=None).order_by("suspended_at", "id"))
        for entry, row in later:
            for hold in held:
                until = hold.lifted_at or hold.suspended_at
                same = (hold.vaccine, hold.lot) == (row["vaccine"], row["lot"])
                if same and hold.suspended_at <= moment(entry) < until:
                    said = LotSuspended(
                        lot=hold.lot, vaccine=hold.vaccine, since=hold.since, reason=hold.reason
                    )
                    self._told.append((entry, row, said))
                    break

    def post(self) -> None:
        """One query for suspensions, if any was met, and one statement."""
        if not self._told:
            return
        holds = Holds(_lot(one) for *_, one in self._told if isinstance(one, LotSuspended))
        made, numbers = [], dict.fromkeys((entry.id for entry, *_ in self._told), 0)
        for entry, row, refusal in self._told:
            numbers[entry.id] += 1
            one = _in_order(entry, refusal, holds)
            told = {
                "id": derived_id(entry.id, "concern", numbers[entry.id]), "entry_id": entry.id,
                "dose_id": row["id"], "person_id": row["person_id"], "unit_id": entry.unit,
                "vaccine": row["vaccine"], "lot": row["lot"], "given_on": row["given_on"],
                "code": one.code, "values": _encode(one.as_dict()["values"]).decode(),
                "found_at": entry.received_at, "answer": "", "answered_at": None,
                "answered_by_id": None,
            }  # fmt: skip
            made.append(tuple(map(told.__getitem__, _CONCERN)))
        bulk.insert(DoseConcern, _CONCERN, made)


def _in_order(entry: Entry[RecordDoses], refusal: Refusal, holds: Holds) -> Refusal:
    """A dose of the day of the suspension, before it by the clock of who told it, is told apart."""
    if not isinstance(refusal, LotSuspended):
        return refusal
    held = holds.against(_lot(refusal))
    if held is None or moment(entry) >= held["suspended_at"]:
        return refusal
    return LotSuspendedLater(
        **{name: refusal.values[name] for name in ("lot", "vaccine", "reason")}
    )


def _lot(refusal: Refusal) -> tuple[str, str]:
    return str(refusal.values["vaccine"]), str(refusal.values["lot"]).upper()


def _names(refusal: Refusal, row: Row) -> bool:
    """Whether a sentence is about this dose of the visit."""
    if "lot" in refusal.values:
        return _lot(refusal) == (row["vaccine"], row["lot"])
    return refusal.values.get("vaccine") == row["vaccine"]


@applies(AnswerConcern)
def answer_concerns(batch: Batch[AnswerConcern]) -> None:
    """What was done about it; the first answer stands."""
    held = Kept(DoseConcern, _CONCERN, (entry.payload.concern for entry in batch.entries))
    for entry in batch.entries:
        said = entry.payload
        row = held.get(said.concern)
        if row is None or row["unit_id"] != entry.unit:
            batch.refuse(entry, UnknownConcern(concern=said.concern))
        elif row["answered_at"] is not None:
            on = day_of(row["answered_at"])
            batch.refuse(entry, AnsweredAlready(on=on, answer=row["answer"]))
        else:
            held.write(row | {
                "answer": said.done.strip(), "answered_at": entry.received_at,
                "answered_by_id": entry.author,
            })  # fmt: skip
    held.post()
