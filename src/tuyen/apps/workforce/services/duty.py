"""Rosters come into force and shifts change hands."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.workforce import paying, places, rostering
from tuyen.apps.workforce.models import Roster, Shift
from tuyen.apps.workforce.operations import AddShift, ChangeShift, EnforceRoster, PutRoster
from tuyen.apps.workforce.refusals import UnknownMember, UnknownWord
from tuyen.apps.workforce.refusals.duty import (
    AwayThen,
    MonthClosed,
    NotOfUnit,
    OutOfMonth,
    RestBroken,
    TwiceOnDay,
    UnknownRoster,
    UnknownShift,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules


def check_open(closed: set[rostering.Pair], unit: UUID, day: date) -> None:
    """Raise where the allowances of a day's month are closed."""
    first = day.replace(day=1)
    if (unit, first) in closed:
        raise MonthClosed(month=f"{first:%m/%Y}", unit=places.name(unit, first))


def check_shift(month: rostering.Month, member: UUID, day: date, kind: str) -> rostering.Person:
    """Raise what is wrong with somebody's shift on a day; whose it is."""
    person = next((one for one in month.people if one.id == member), None)
    if person is None:
        raise UnknownMember(member=member)
    shift = rules.shifts(month.first).get(kind)
    if shift is None:
        raise UnknownWord(value=kind, what="shift", known=", ".join(rules.shifts(month.first)))
    if not person.works(day):
        raise NotOfUnit(name=person.name, unit=places.name(month.unit, day), on=day)
    for one in month.away:
        shut = shift.night if one.nights else not one.wish
        if one.member == member and one.since <= day < one.until and shut:
            raise AwayThen(name=person.name, on=day, why=one.kind)
    return person


@applies(PutRoster)
def put_rosters(batch: Batch[PutRoster]) -> None:
    """A whole month at once; the one before it is replaced."""
    pairs = {(e.unit, e.payload.month.replace(day=1)) for e in batch.entries}
    months, closed = rostering.months(pairs), paying.closed(pairs)
    rosters, shifts = Rows(Roster), Rows(Shift)
    rosters.take(Q(unit_id__among={u for u, _ in pairs}, month__in={m for _, m in pairs}))
    for entry in batch.entries:
        said = entry.payload
        pair = (entry.unit, said.month.replace(day=1))
        try:
            check_open(closed, *pair)
            _check_roster(months[pair], entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        _replace(rosters, pair, entry, all_=said.in_force)
        rosters.put({
            "id": entry.id, "unit_id": entry.unit, "month": pair[1],
            "state": "in-force" if said.in_force else "proposed", "made": said.made,
            "despite": said.despite.strip(), "short": said.short, "put_on": entry.happened_on,
            "put_by_id": entry.author, "enforced_on": entry.happened_on if said.in_force else None,
            "changed_at": entry.received_at,
        })  # fmt: skip
        for one in said.shifts:
            id = derived_id(entry.id, one.member.hex, one.day.isoformat())
            shifts.put(_shift(id, entry, entry.id, one.member, one.day, one.kind))
    rosters.post()
    shifts.post()


def _replace(rosters: Rows, pair: rostering.Pair, entry: Entry[Any], *, all_: bool) -> None:
    states = ("proposed", "in-force") if all_ else ("proposed",)
    for row in list(rosters.all()):
        if (
            (row["unit_id"], row["month"]) == pair
            and row["state"] in states
            and row["id"] != entry.id
        ):
            rosters.put(row | {"state": "replaced", "changed_at": entry.received_at})


def _shift(
    id: UUID, entry: Entry[Any], roster: UUID, member: UUID, day: date, kind: str, **more: Any
) -> Row:
    return {
        "id": id, "roster_id": roster, "unit_id": entry.unit, "member_id": member, "day": day,
        "kind": kind, "state": "live", "from_id": None, "why": "", "changed_at": entry.received_at,
    } | more  # fmt: skip


def _check_roster(month: rostering.Month, entry: Entry[PutRoster]) -> None:
    said, seen = entry.payload, set()
    for one in said.shifts:
        if one.day.replace(day=1) != month.first:
            raise OutOfMonth(on=one.day, month=f"{month.first:%m/%Y}")
        person = check_shift(month, one.member, one.day, one.kind)
        if (one.member, one.day) in seen:
            raise TwiceOnDay(name=person.name, on=one.day)
        seen.add((one.member, one.day))
    if said.despite.strip():
        return
    stated = rostering.state(month)
    found = rostering.faults(
        stated, [rostering.Had(one.member, one.day, one.kind) for one in said.shifts]
    )
    if found:
        fault, person, day = found[0]
        raise RestBroken(name=person.name, on=day, rule=fault.rule, n=len(found))


@applies(EnforceRoster)
def enforce_rosters(batch: Batch[EnforceRoster]) -> None:
    """What was proposed comes into force, if everybody on it can still be there."""
    named = {e.payload.roster for e in batch.entries}
    rosters, shifts = Rows(Roster), Rows(Shift)
    rosters.take(
        Q(pk__among=named) | Q(unit_id__among={e.unit for e in batch.entries}, state="in-force")
    )
    shifts.take(Q(roster_id__among=named, state="live"))
    pairs = {(row["unit_id"], row["month"]) for row in rosters.all() if row["id"] in named}
    months, closed = rostering.months(pairs), paying.closed(pairs)
    for entry in batch.entries:
        row = rosters.get(entry.payload.roster)
        try:
            if row is None or row["state"] != "proposed" or row["unit_id"] != entry.unit:
                raise UnknownRoster(roster=entry.payload.roster)
            pair = (row["unit_id"], row["month"])
            check_open(closed, *pair)
            for one in shifts.all():
                if one["roster_id"] == row["id"]:
                    check_shift(months[pair], one["member_id"], one["day"], one["kind"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for other in list(rosters.all()):
            if (other["unit_id"], other["month"]) == pair and other["state"] == "in-force":
                rosters.put(other | {"state": "replaced", "changed_at": entry.received_at})
        rosters.put(row | {
            "state": "in-force", "enforced_on": entry.happened_on, "changed_at": entry.received_at,
        })  # fmt: skip
    rosters.post()


class Hands:
    """The shifts of rosters in force that a batch changes, and the months around them."""

    def __init__(self, shifts: Iterable[UUID], pairs: Iterable[rostering.Pair] = ()) -> None:
        self.shifts, self.rosters = Rows(Shift), Rows(Roster)
        named = self.shifts.take(Q(pk__among=set(shifts)))
        pairs = set(pairs)
        wanted = Q(pk__among={row["roster_id"] for row in named})
        if pairs:
            wanted |= Q(
                unit_id__among={u for u, _ in pairs},
                month__in={m for _, m in pairs},
                state="in-force",
            )
        self.rosters.take(wanted)
        self.shifts.take(Q(roster_id__among={r["id"] for r in self.rosters.all()}, state="live"))
        self.pairs = pairs | {(r["unit_id"], r["month"]) for r in self.rosters.all()}
        self.months, self.closed = rostering.months(self.pairs), paying.closed(self.pairs)

    def shift(self, id: UUID, unit: UUID) -> tuple[Row, rostering.Month]:
        """A live shift of a roster in force, and its month."""
        row = self.shifts.get(id)
        roster = self.rosters.get(row["roster_id"]) if row else None
        if row is None or roster is None or row["state"] != "live":
            raise UnknownShift(shift=id)
        if roster["state"] != "in-force" or row["unit_id"] != unit:
            raise UnknownShift(shift=id)
        check_open(self.closed, unit, row["day"])
        return row, self.months[roster["unit_id"], roster["month"]]

    def roster(self, unit: UUID, first: date) -> Row:
        """The roster in force of a unit and month."""
        for row in self.rosters.all():
            if (row["unit_id"], row["month"], row["state"]) == (unit, first, "in-force"):
                return row
        raise UnknownRoster(roster=f"{first:%m/%Y}")

    def free(self, month: rostering.Month, roster: UUID, member: UUID, day: date, kind: str,
             but: Iterable[UUID] = ()) -> None:  # fmt: skip
        """Raise where somebody cannot take a shift on a day."""
        person = check_shift(month, member, day, kind)
        left = set(but)
        for row in self.shifts.all():
            if (row["roster_id"], row["member_id"], row["day"], row["state"]) == (
                roster, member, day, "live",
            ) and row["id"] not in left:  # fmt: skip
                if rules.shifts(day)[row["kind"]].implied:  # an ordinary day gives way to a duty
                    continue
                raise TwiceOnDay(name=person.name, on=day)

    def hand(self, row: Row, member: UUID | None, id: UUID, entry: Entry[Any], why: str) -> None:
        """Give a shift to somebody else, or to nobody."""
        changed = {"changed_at": entry.received_at, "why": why}
        self.shifts.put(row | changed | {"state": "moved" if member else "dropped"})
        if member is not None:
            self._give_way(row["roster_id"], member, row["day"], entry)
            self.shifts.put(row | changed | {
                "id": id, "member_id": member, "state": "live", "from_id": row["id"], "why": "",
            })  # fmt: skip

    def add(self, id: UUID, entry: Entry[Any], roster: UUID, one: Any) -> None:
        self._give_way(roster, one.member, one.day, entry)
        self.shifts.put(_shift(id, entry, roster, one.member, one.day, one.kind))

    def _give_way(self, roster: UUID, member: UUID, day: date, entry: Entry[Any]) -> None:
        for other in list(self.shifts.all()):
            if (other["roster_id"], other["member_id"], other["day"], other["state"]) == (
                roster, member, day, "live",
            ):  # fmt: skip
                self.shifts.put(other | {
                    "state": "dropped", "why": "duty", "changed_at": entry.received_at,
                })  # fmt: skip


@applies(ChangeShift)
def change_shifts(batch: Batch[ChangeShift]) -> None:
    """A shift goes to somebody else, or to nobody."""
    hands = Hands(e.payload.shift for e in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            row, month = hands.shift(said.shift, entry.unit)
            if said.member is not None:
                if said.member == row["member_id"]:
                    raise TwiceOnDay(
                        name=check_shift(month, said.member, row["day"], row["kind"]).name,
                        on=row["day"],
                    )
                hands.free(month, row["roster_id"], said.member, row["day"], row["kind"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        hands.hand(row, said.member, entry.id, entry, said.reason.strip())
    hands.shifts.post()


@applies(AddShift)
def add_shifts(batch: Batch[AddShift]) -> None:
    """One more on a roster in force."""
    pairs = {(e.unit, e.payload.on_duty.day.replace(day=1)) for e in batch.entries}
    hands = Hands((), pairs)
    for entry in batch.entries:
        one = entry.payload.on_duty
        try:
            first = one.day.replace(day=1)
            check_open(hands.closed, entry.unit, one.day)
            roster = hands.roster(entry.unit, first)
            hands.free(hands.months[entry.unit, first], roster["id"], one.member, one.day, one.kind)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        hands.add(entry.id, entry, roster["id"], one)
    hands.shifts.post()
