"""Who can be drawn for an outbreak; who is drawn, and released again."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.workforce import paying, places
from tuyen.apps.workforce.desk import Desk
from tuyen.apps.workforce.models import Draw, Leave, Shift, Surge, VillageSize
from tuyen.apps.workforce.operations import (
    DrawMember,
    OfferSurge,
    ReleaseMember,
    SetSurge,
    SetVillage,
)
from tuyen.apps.workforce.refusals import DaysTurned, NotYourFile, UnknownWord
from tuyen.apps.workforce.refusals.duty import (
    AwayThen,
    DrawnAlready,
    DrawSettled,
    LeaveTooLong,
    NotOfUnit,
    NotReady,
    NoVillage,
    SkillMissing,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.apps.workforce.services.duty import check_open
from tuyen.apps.workforce.services.leave import clear_shifts
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules


@applies(SetSurge)
def set_surges(batch: Batch[SetSurge]) -> None:
    """Whoever plans writes down who agreed."""
    _keep(batch, own=False)


@applies(OfferSurge)
def offer_surges(batch: Batch[OfferSurge]) -> None:
    """People say it of themselves."""
    _keep(batch, own=True)


def _keep(batch: Batch[Any], *, own: bool) -> None:
    wanted = {e.payload.member for e in batch.entries}
    desk, rows = Desk(members=wanted), Rows(Surge)
    rows.take(Q(pk__among=wanted))
    for entry in batch.entries:
        said = entry.payload
        try:
            member = desk.member(said.member, entry.unit)
            if own and (entry.author is None or member["user_id"] != entry.author):
                raise NotYourFile()
            known = rules.surge_skills(entry.happened_on)
            wrong = next((skill for skill in said.skills if skill not in known), None)
            if wrong is not None:
                raise UnknownWord(value=wrong, what="skill", known=", ".join(known))
            if said.ready and not said.skills:
                raise SkillMissing()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rows.put({
            "id": said.member, "member_id": said.member, "unit_id": entry.unit,
            "skills": " ".join(dict.fromkeys(said.skills)), "contact": said.contact.strip(),
            "ready": said.ready, "said_on": entry.happened_on, "said_by_id": entry.author,
            "changed_at": entry.received_at,
        })  # fmt: skip
    rows.post()


@applies(DrawMember)
def draw_members(batch: Batch[DrawMember]) -> None:
    """Somebody goes to an outbreak; the shifts of those days are theirs no more."""
    wanted = {e.payload.member for e in batch.entries}
    desk, draws, surges, leaves, shifts = (
        Desk(members=wanted), Rows(Draw), Rows(Surge), Rows(Leave), Rows(Shift),
    )  # fmt: skip
    surges.take(Q(pk__among=wanted))
    draws.take(Q(member_id__among=wanted))
    leaves.take(Q(member_id__among=wanted, state="agreed"))
    lo = min(e.payload.since for e in batch.entries)
    shifts.take(Q(member_id__among=wanted, day__gte=lo, state="live"))
    closed = paying.closed_of({e.unit for e in batch.entries})
    for entry in batch.entries:
        said = entry.payload
        try:
            member = desk.member(said.member)
            _check(entry, member, surges.get(said.member), desk)
            check_open(closed, entry.unit, said.since)
            _clash(entry, member, draws, leaves)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        draws.put({
            "id": entry.id, "member_id": said.member, "unit_id": entry.unit,
            "subject_kind": said.subject_kind, "subject_id": said.subject, "work": said.work,
            "group": said.group, "emergency": said.emergency, "since": said.since,
            "until": said.until, "left": said.left.strip(), "state": "drawn", "note": "",
            "drawn_on": entry.happened_on, "drawn_by_id": entry.author,
            "changed_at": entry.received_at,
        })  # fmt: skip
        clear_shifts(shifts, said.member, said.since, said.until, entry, "drawn")
    draws.post()
    shifts.post()


def _check(entry: Entry[DrawMember], member: Row, surge: Row | None, desk: Desk) -> None:
    said = entry.payload
    if said.until <= said.since:
        raise DaysTurned(since=said.since, until=said.until)
    most = rules.leave(said.since).most
    if (said.until - said.since).days > most:
        raise LeaveTooLong(days=(said.until - said.since).days, most=most)
    if surge is None or not surge["ready"]:
        raise NotReady(name=member["name"])
    pay = rules.pay(said.since)
    if pay is not None and f"{said.group}-{said.work}" not in pay.daily:
        raise UnknownWord(
            value=f"{said.group}-{said.work}", what="work", known=", ".join(pay.daily)
        )
    here = [
        row for row in desk.posts(member["id"])
        if row["since"] <= said.since and (row["until"] is None or said.since < row["until"])
        and entry.unit in (row["unit_id"], places.now_at(row["unit_id"], said.since))
    ]  # fmt: skip
    if not here:
        raise NotOfUnit(
            name=member["name"], unit=places.name(entry.unit, said.since), on=said.since
        )


def _clash(entry: Entry[DrawMember], member: Row, draws: Rows, leaves: Rows) -> None:
    said, rule = entry.payload, rules.leave(entry.payload.since)
    for row in draws.all():
        if (
            row["member_id"] == said.member
            and row["since"] < said.until
            and said.since < row["until"]
        ):
            raise DrawnAlready(name=member["name"], since=row["since"], until=row["until"])
    for row in leaves.all():
        met = row["since"] < said.until and said.since < row["until"]
        if row["member_id"] == said.member and met and row["kind"] not in rule.wishes | rule.nights:
            raise AwayThen(name=member["name"], on=max(row["since"], said.since), why=row["kind"])


@applies(ReleaseMember)
def release_members(batch: Batch[ReleaseMember]) -> None:
    """They are free again; shifts that others took meanwhile stay with them."""
    draws = Rows(Draw)
    draws.take(Q(pk__among={e.payload.draw for e in batch.entries}))
    closed = paying.closed_of({row["unit_id"] for row in draws.all()})
    for entry in batch.entries:
        said = entry.payload
        row = draws.get(said.draw)
        try:
            if row is None or row["state"] != "drawn" or row["unit_id"] != entry.unit:
                raise DrawSettled(draw=said.draw)
            if not row["since"] <= said.until <= row["until"]:
                raise DaysTurned(since=row["since"], until=said.until)
            check_open(closed, row["unit_id"], said.until)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        draws.put(row | {
            "state": "released", "until": said.until, "note": said.note.strip(),
            "changed_at": entry.received_at,
        })  # fmt: skip
    draws.post()


@applies(SetVillage)
def set_villages(batch: Batch[SetVillage]) -> None:
    """The households of a village from a day on; what was said of the same day before is replaced."""
    rows = Rows(VillageSize)
    rows.take(Q(unit_id__among={e.unit for e in batch.entries}))
    for entry in batch.entries:
        said = entry.payload
        if not _is_village(entry.unit, said):
            batch.refuse(entry, NoVillage(unit=places.name(entry.unit, said.since), on=said.since))
            continue
        rows.put({
            "id": derived_id(entry.unit, "village", said.since.isoformat()), "unit_id": entry.unit,
            "households": said.households, "urban": said.urban, "since": said.since,
            "source": said.source.strip()[:200], "changed_at": entry.received_at,
        })  # fmt: skip
    rows.post()


def _is_village(unit: UUID, said: SetVillage) -> bool:
    level = places.atlas().level(unit)
    return places.works(unit, said.since) and level is not None and level > 3
