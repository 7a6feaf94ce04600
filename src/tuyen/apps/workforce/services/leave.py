"""Days away: asked, written down, answered, withdrawn."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.workforce import paying
from tuyen.apps.workforce.desk import Desk
from tuyen.apps.workforce.leaving import leave_left, working
from tuyen.apps.workforce.models import Leave, Shift
from tuyen.apps.workforce.operations import AnswerLeave, AskLeave, NoteLeave, WithdrawLeave
from tuyen.apps.workforce.refusals import DaysTurned, NotYourFile, ReasonMissing, UnknownWord
from tuyen.apps.workforce.refusals.duty import (
    LeaveMeets,
    LeaveSettled,
    LeaveTooLong,
    LeaveUsedUp,
    OwnLeave,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.apps.workforce.services.duty import check_open
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules

LIVE = ("waiting", "agreed", "noted")


class Absences:
    """The leave of a batch's people, their shifts on those days, and the months that are closed."""

    def __init__(self, members: Collection[UUID], spans: Collection[tuple[date, date]]) -> None:
        self.desk, self.leaves, self.shifts = Desk(members=members), Rows(Leave), Rows(Shift)
        self.leaves.take(Q(member_id__among=set(members), state__in=LIVE))
        if spans:
            lo, hi = min(a for a, _ in spans), max(b for _, b in spans)
            self.shifts.take(
                Q(member_id__among=set(members), day__gte=lo, day__lt=hi, state="live")
            )
        units = {row["unit_id"] for row in self.desk.members.all()}
        units |= {row["unit_id"] for row in self.shifts.all()}
        self.closed = paying.closed_of(units)

    def check(self, entry: Entry[Any], member: Row) -> int:
        """Raise what is wrong with days away; the working days in them."""
        said, rule = entry.payload, rules.leave(entry.payload.since)
        kinds = rules.leave_kinds(said.since)
        if said.kind not in kinds:
            raise UnknownWord(value=said.kind, what="leave", known=", ".join(kinds))
        if said.until <= said.since:
            raise DaysTurned(since=said.since, until=said.until)
        span = (said.until - said.since).days
        if span > rule.most and said.kind not in rule.nights:
            raise LeaveTooLong(days=span, most=rule.most)
        for day in {said.since, said.until - timedelta(days=1)}:
            check_open(self.closed, member["unit_id"], day)
        light = rule.nights | rule.wishes
        for row in self.leaves.all():
            met = row["since"] < said.until and said.since < row["until"]
            alike = row["kind"] == said.kind or not {row["kind"], said.kind} & light
            if row["member_id"] == member["id"] and row["state"] in LIVE and met and alike:
                raise LeaveMeets(name=member["name"], since=row["since"], until=row["until"])
        days = working(said.since, said.until)
        if said.kind in rule.counted:
            self._left(member, said.since, said.until, rule)
        return days

    def _left(self, member: Row, since: date, until: date, rule: rules.Leave) -> None:
        """Raise where a year has not so many days left; each year pays for its own."""
        posts = [row["since"] for row in self.desk.posts(member["id"])]
        own = [
            (r["since"], r["until"]) for r in self.leaves.all()
            if r["member_id"] == member["id"] and r["kind"] in rule.counted and r["state"] in LIVE
        ]  # fmt: skip
        for year in range(since.year, (until - timedelta(days=1)).year + 1):
            start, end = max(since, date(year, 1, 1)), min(until, date(year + 1, 1, 1))
            left = leave_left(rule, min(posts, default=since), year, own)
            asked = working(start, end)
            if asked > left:
                raise LeaveUsedUp(name=member["name"], left=left, year=year, days=asked)

    def put(self, entry: Entry[Any], member: Row, days: int, state: str, **more: Any) -> Row:
        said = entry.payload
        row = {
            "id": entry.id, "member_id": member["id"], "unit_id": entry.unit, "kind": said.kind,
            "since": said.since, "until": said.until, "days": days, "reason": said.reason.strip(),
            "asked_on": entry.happened_on, "state": state, "answer": "", "answered_on": None,
            "answered_by_id": None, "changed_at": entry.received_at,
        } | more  # fmt: skip
        return self.leaves.put(row)

    def clear(self, row: Row, entry: Entry[Any]) -> None:
        """Shifts of days on which somebody is away are theirs no more; the roster shows the gap."""
        rule = rules.leave(row["since"])
        if row["kind"] in rule.wishes:
            return
        clear_shifts(
            self.shifts, row["member_id"], row["since"], row["until"], entry, "leave",
            nights=row["kind"] in rule.nights,
        )  # fmt: skip


def clear_shifts(
    shifts: Rows, member: UUID, since: date, until: date, entry: Entry[Any], why: str, *,
    nights: bool = False,
) -> None:  # fmt: skip
    """Drop somebody's live shifts of a span."""
    for one in list(shifts.all()):
        if one["member_id"] == member and since <= one["day"] < until and one["state"] == "live":
            kind = rules.shifts(one["day"]).get(one["kind"])
            if not nights or (kind is not None and kind.night):
                shifts.put(one | {"state": "dropped", "why": why, "changed_at": entry.received_at})


def _absences(batch: Batch[Any]) -> Absences:
    told = [e.payload for e in batch.entries]
    return Absences({one.member for one in told}, [(one.since, one.until) for one in told])


@applies(AskLeave)
def ask_leaves(batch: Batch[AskLeave]) -> None:
    """The author asks for days away; a wish waits for nobody."""
    found = _absences(batch)
    for entry in batch.entries:
        said = entry.payload
        try:
            member = found.desk.member(said.member, entry.unit)
            if entry.author is None or member["user_id"] != entry.author:
                raise NotYourFile()
            days = found.check(entry, member)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        wish = said.kind in rules.leave(said.since).wishes
        found.put(entry, member, days, "noted" if wish else "waiting")
    found.leaves.post()


@applies(NoteLeave)
def note_leaves(batch: Batch[NoteLeave]) -> None:
    """Written down by whoever plans, and counts at once; not of themselves."""
    found = _absences(batch)
    for entry in batch.entries:
        said = entry.payload
        try:
            member = found.desk.member(said.member, entry.unit)
            if entry.author is not None and member["user_id"] == entry.author:
                raise OwnLeave()
            days = found.check(entry, member)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        wish = said.kind in rules.leave(said.since).wishes
        found.clear(found.put(
            entry, member, days, "noted" if wish else "agreed", answered_on=entry.happened_on,
            answered_by_id=entry.author,
        ), entry)  # fmt: skip
    found.leaves.post()
    found.shifts.post()


@applies(AnswerLeave)
def answer_leaves(batch: Batch[AnswerLeave]) -> None:
    """Agreed, and its shifts are free for others; or declined, with the reason."""
    found = _named(batch)
    for entry in batch.entries:
        said = entry.payload
        row = found.leaves.get(said.leave)
        try:
            if row is None or row["state"] != "waiting" or row["unit_id"] != entry.unit:
                raise LeaveSettled(leave=said.leave)
            member = found.desk.member(row["member_id"])
            if entry.author is not None and member["user_id"] == entry.author:
                raise OwnLeave()
            if not said.accepted and len(said.note.strip()) < 3:
                raise ReasonMissing()
            for day in {row["since"], row["until"] - timedelta(days=1)}:
                check_open(found.closed, row["unit_id"], day)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        row = found.leaves.put(row | {
            "state": "agreed" if said.accepted else "declined", "answer": said.note.strip(),
            "answered_on": entry.happened_on, "answered_by_id": entry.author,
            "changed_at": entry.received_at,
        })  # fmt: skip
        if said.accepted:
            found.clear(row, entry)
    found.leaves.post()
    found.shifts.post()


def _named(batch: Batch[Any]) -> Absences:
    rows = list(Leave.objects.filter(pk__among={e.payload.leave for e in batch.entries}))
    return Absences({r.member_id for r in rows}, [(r.since, r.until) for r in rows])


@applies(WithdrawLeave)
def withdraw_leaves(batch: Batch[WithdrawLeave]) -> None:
    """The author takes back what they asked for; shifts that others took meanwhile stay with them."""
    found = _named(batch)
    for entry in batch.entries:
        said = entry.payload
        row = found.leaves.get(said.leave)
        try:
            if row is None or row["state"] not in LIVE or row["unit_id"] != entry.unit:
                raise LeaveSettled(leave=said.leave)
            member = found.desk.member(row["member_id"])
            if entry.author is None or member["user_id"] != entry.author:
                raise NotYourFile()
            for day in {row["since"], row["until"] - timedelta(days=1)}:
                check_open(found.closed, row["unit_id"], day)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        found.leaves.put(row | {
            "state": "withdrawn", "answer": said.reason.strip(), "answered_on": entry.happened_on,
            "answered_by_id": entry.author, "changed_at": entry.received_at,
        })  # fmt: skip
    found.leaves.post()
