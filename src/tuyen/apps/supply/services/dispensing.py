"""Medicines leave the shelf: with the visit, which this room follows, or later at the counter."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tuyen.apps.supply.models import Shortfall
from tuyen.apps.supply.operations import Dispense, HandedLine, SettleShortfall, TakeBack
from tuyen.apps.supply.refusals import (
    LotOfAnother,
    MoreThanPrescribed,
    NoQuantity,
    NothingPrescribed,
    NothingToTakeBack,
    NotOnTheShelf,
    NotPrescribed,
    SubstituteUnexplained,
    UnknownItem,
    UnknownShortfall,
)
from tuyen.apps.supply.services.accounts import Holders, holder_ids, when
from tuyen.apps.supply.services.dispensary import (
    Dispensary,
    Handed,
    Ordered,
    Wanted,
    amount,
)
from tuyen.apps.supply.services.usable import check_usable
from tuyen.kernel.operation import Batch, Entry, applies, follows
from tuyen.kernel.refusal import Refusal
from tuyen.rules import supply as rules


@follows("clinical.record_visit", room="supply")
def take_for_visits(entries: Sequence[Entry[Any]]) -> None:
    """What visits hand out leaves the shelves of their unit; what they prescribe waits for the rest."""
    _work(entries, lambda entry: entry.id, lambda entry: entry.payload, _record)


@follows("clinical.amend_visit", room="supply")
def take_again(entries: Sequence[Entry[Any]]) -> None:
    """What a corrected visit handed out goes back where it lay and out again as it says now; nothing
    moves where its lines are the same."""
    _work(entries, lambda entry: entry.payload.visit, lambda entry: entry.payload.content, _amend)


@follows("clinical.void_visit", room="supply")
def give_back_of_void(entries: Sequence[Entry[Any]]) -> None:
    """A visit that never was took nothing: what it handed out itself goes back. What was handed out
    later at the counter went over another's hands: it is taken back where it came back
    (``supply.take_back``), and stays handed out where the patient kept it."""
    _work(entries, lambda entry: entry.payload.visit, lambda entry: None, _void)


Step = Callable[[Dispensary, Entry[Any], UUID, UUID, Any], None]


def _work(
    entries: Sequence[Entry[Any]], visit_of: Callable[[Entry[Any]], UUID],
    content_of: Callable[[Entry[Any]], Any], step: Step,
) -> None:  # fmt: skip
    """Read what all the entries touch, go through them in order, write it."""
    visits = [visit_of(entry) for entry in entries]
    contents = [content_of(entry) for entry in entries]
    new = step is _record
    if new and not any(_says(content) for content in contents):
        return  # most visits of some services prescribe nothing
    desk = Dispensary(() if new else visits)
    units = [
        desk.unit_of(visit) or entry.unit for visit, entry in zip(visits, entries, strict=True)
    ]
    lines = [line for content in contents for line in getattr(content, "dispensed", ())]
    desk.stock(Wanted(
        set(units), {line.item[:40] for line in lines},
        {line.lot for line in lines if line.lot is not None},
        {line.holder for line in lines if line.holder is not None},
    ))  # fmt: skip
    for entry, visit, unit, content in zip(entries, visits, units, contents, strict=True):
        step(desk, entry, visit, unit, content)
    desk.post()


def _says(content: Any) -> bool:
    return bool(getattr(content, "dispensed", ()) or getattr(content, "prescribed", ()))


def _record(desk: Dispensary, entry: Entry[Any], visit: UUID, unit: UUID, content: Any) -> None:
    at = _moment(entry, content)
    desk.prescribe(entry, visit, unit, _ordered(content.prescribed), at)
    for one in _handed(content.dispensed):
        desk.hand_out(entry, visit, unit, "visit", one, at)
    desk.reckon(entry, visit)


def _amend(desk: Dispensary, entry: Entry[Any], visit: UUID, unit: UUID, content: Any) -> None:
    at = _moment(entry, content)
    now = list(_handed(content.dispensed))
    was = sorted(
        (r["line"], r["item"], r["quantity"], r["lot_id"], r["holder_id"], r["days"])
        for r in desk.lines.of(visit)
        if r["source"] == "visit"
    )
    desk.prescribe(entry, visit, unit, _ordered(content.prescribed), at)
    if was != [(o.line, o.item, amount(o.quantity), o.lot, o.holder, o.days) for o in now]:
        desk.give_back(entry, visit, ("visit",), at)
        for one in now:
            desk.hand_out(entry, visit, unit, "visit", one, at)
    desk.reckon(entry, visit)


def _void(desk: Dispensary, entry: Entry[Any], visit: UUID, unit: UUID, content: Any) -> None:
    at = entry.received_at
    desk.give_back(entry, visit, ("visit",), at)
    desk.prescribe(entry, visit, unit, (), at)


def _moment(entry: Entry[Any], content: Any) -> datetime:
    """When it was handed out: at the end of the visit, never after it was told."""
    at: datetime | None = content.ended_at or content.began_at
    if at is None or at.tzinfo is None:
        return entry.received_at
    return min(at, entry.received_at)


def _handed(lines: Iterable[Any]) -> Iterable[Handed]:
    """The lines as they are kept; none of nothing."""
    for number, line in enumerate(lines):
        if amount(line.quantity) > 0:
            days = min(max(int(line.days or 0), 0), 32767)
            yield Handed(number, line.item[:40], line.quantity, line.lot, line.holder, days)


def _ordered(lines: Iterable[Any]) -> list[Ordered]:
    """What is prescribed, summed by item: two lines of one medicine are one thing to fetch."""
    found: dict[str, Ordered] = {}
    for line in lines:
        item, quantity = line.item[:40], amount(line.quantity)
        known = found.get(item)
        found[item] = (
            known._replace(quantity=min(known.quantity + quantity, Decimal(1_000_000)))
            if known
            else Ordered(item, quantity, amount(line.dose), int(line.times), int(line.days))
        )
    return list(found.values())


@applies(Dispense)
def dispense(batch: Batch[Dispense]) -> None:
    """What was prescribed and is handed out by another person; never more than was prescribed."""
    said = [(entry, line) for entry in batch.entries for line in entry.payload.lines]
    desk = Dispensary({entry.payload.visit for entry in batch.entries})
    holders = Holders(holder_ids(batch, "holder"))
    desk.stock(Wanted(
        {entry.unit for entry in batch.entries}, {line.item for _, line in said},
        {line.lot for _, line in said if line.lot is not None},
        {line.holder for _, line in said if line.holder is not None},
    ))  # fmt: skip
    for entry in batch.entries:
        payload = entry.payload
        try:
            at = when(entry)
            holders.check(entry, *(line.holder for line in payload.lines))
            _check_lines(desk, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for number, line in enumerate(payload.lines):
            desk.hand_out(entry, payload.visit, entry.unit, "desk", _at_desk(number, line), at)
        desk.reckon(entry, payload.visit)
    desk.post()


def _at_desk(number: int, line: HandedLine) -> Handed:
    return Handed(
        number, line.item, line.quantity, line.lot, line.holder, line.days,
        line.instead_of or line.item,
    )  # fmt: skip


def _plain(quantity: Decimal) -> str:
    """A quantity as people write it: 30, 7.5."""
    return f"{quantity.normalize():f}"


def _check_lines(desk: Dispensary, entry: Entry[Dispense]) -> None:
    payload = entry.payload
    prescribed = {row["item"]: row for row in desk.prescribed.of(payload.visit)}
    if not prescribed or any(row["unit_id"] != entry.unit for row in prescribed.values()):
        raise NothingPrescribed(visit=payload.visit)
    left = {item: row["quantity"] - row["given"] for item, row in prescribed.items()}
    for line in payload.lines:
        ordered = line.instead_of or line.item
        if rules.item(line.item) is None:
            raise UnknownItem(value=line.item, known=", ".join(rules.nearest(line.item)))
        if not amount(line.quantity):
            raise NoQuantity(quantity=line.quantity, item=line.item)
        if ordered not in left:
            raise NotPrescribed(item=line.item, known=", ".join(left))
        if ordered != line.item and len(payload.note.strip()) < 3:
            raise SubstituteUnexplained(item=line.item, instead_of=ordered)
        if amount(line.quantity) > left[ordered]:
            raise MoreThanPrescribed(
                quantity=_plain(line.quantity), item=line.item, left=_plain(left[ordered])
            )
        left[ordered] -= amount(line.quantity)
        if line.lot is not None:
            lot = desk.lots.known(line.lot)
            if lot["item"] != line.item:
                raise LotOfAnother(lot=lot["number"], item=line.item, holds=lot["item"])
            check_usable(lot, entry.happened_on)


@applies(TakeBack)
def take_back(batch: Batch[TakeBack]) -> None:
    """What the counter handed out for a visit goes back where it lay; a live prescription waits for
    it again."""
    visits = {entry.payload.visit for entry in batch.entries}
    desk = Dispensary(visits)
    held = [row for visit in visits for row in desk.lines.of(visit)]
    taken = [row for visit in visits for row in desk.taken.of(visit)]
    desk.stock(Wanted(
        {row["unit_id"] for row in held}, {row["item"] for row in held},
        {row["lot_id"] for row in taken}, {row["holder_id"] for row in taken},
    ))  # fmt: skip
    for entry in batch.entries:
        visit = entry.payload.visit
        lines = [row for row in desk.lines.of(visit) if row["source"] == "desk"]
        if not lines or any(row["unit_id"] != entry.unit for row in lines):
            batch.refuse(entry, NothingToTakeBack(visit=visit))
            continue
        desk.give_back(entry, visit, ("desk",), entry.received_at)
        desk.reckon(entry, visit)
    desk.post()


@applies(SettleShortfall)
def settle_shortfalls(batch: Batch[SettleShortfall]) -> None:
    """What was handed out before it was received leaves the shelf; or a count set it right."""
    ids: Collection[UUID] = {entry.payload.shortfall for entry in batch.entries}
    visits = set(Shortfall.objects.filter(pk__among=ids).values_list("visit_id", flat=True))
    desk = Dispensary(visits)
    shorts = [row for row in desk.shortfalls if row["id"] in ids]
    lots = {entry.payload.lot for entry in batch.entries} - {None}
    desk.stock(Wanted({row["unit_id"] for row in shorts}, {row["item"] for row in shorts},
                      lots, ()))  # type: ignore[arg-type]  # fmt: skip
    for entry in batch.entries:
        said = entry.payload
        try:
            row = desk.shortfalls.get(said.shortfall)
            if row is None or row["unit_id"] != entry.unit or row["state"] != "open":
                raise UnknownShortfall(shortfall=said.shortfall)
            if said.lot is not None and (lot := desk.lots.known(said.lot))["item"] != row["item"]:
                raise LotOfAnother(lot=lot["number"], item=row["item"], holds=lot["item"])
            line = desk.lines.get(row["dispensing_id"])
            if said.how == "receipt" and line is not None:
                there = desk.settle(entry, line, said.lot, row["pieces"], when(entry))
                if there < row["pieces"]:
                    raise NotOnTheShelf(wanted=row["pieces"], item=row["item"], there=there)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        desk.shortfalls.change(row | {
            "state": "settled", "how": said.how, "settled_on": entry.happened_on,
            "settled_by_id": entry.author, "note": said.note.strip(),
            "changed_at": entry.received_at,
        })  # fmt: skip
    desk.post()
