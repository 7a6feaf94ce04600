"""Plans while they are drawn; the checks of the switch. A batch takes a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.network import bulk, places, planned
from tuyen.apps.network.models import CutoverCheck, NetworkPlan
from tuyen.apps.network.operations import (
    ChangePlan,
    CheckCutover,
    DiscardPlan,
    DraftPlan,
    MergedCommune,
    Move,
    PutPlanForward,
    SettleMoves,
    SiteChoice,
    Wishes,
)
from tuyen.apps.network.planned import Choice, Drawn
from tuyen.apps.network.refusals import (
    MoveOfNobody,
    NotThisPlan,
    ProposalOfAnotherPlan,
    UnknownCutoverItem,
    UnknownPlan,
)
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import Reorganise
from tuyen.apps.workforce import queries as workforce
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import network as rules

PLAN = (
    "id", "unit_id", "title", "on", "basis", "origin", "sites", "merges", "wishes", "answer", "moves", "changes",
    "state", "proposal_id", "reason", "author_id", "changed_at",
)  # fmt: skip
_CHECK = ("id", "plan_id", "item", "done", "note", "on", "author_id", "changed_at")


def drawn(row: Mapping[str, Any]) -> Drawn:
    """A row as plain values."""
    return Drawn(
        row["on"], row["basis"],
        {UUID(unit): planned.choice_of(choice) for unit, choice in row["sites"].items()},
        msgspec.convert(row["merges"], list[MergedCommune]),
        msgspec.convert(row["wishes"], Wishes).pins if row["wishes"] else (),
    )  # fmt: skip


def _kept(sites: Iterable[SiteChoice]) -> dict[str, list[Any]]:
    """A building that is not repurposed has no other destination; only a satellite point is given less or
    more to do."""
    return {
        str(one.unit): planned.row_of(Choice(
            one.kind, one.destination if one.kind == "repurposed" else "",
            tuple(dict.fromkeys(one.functions)) if one.functions and one.kind == "satellite" else None,
        ))
        for one in sites
    }  # fmt: skip


def _asked(said: ChangePlan, row: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Wishes and answer after a change. An answer says after how many changes it was given: it holds
    until the next. A pin of a site that is there no more is dropped."""
    found: dict[str, Any] = {}
    if said.answer is not None:
        found["answer"] = _plain(said.answer) | {"changes": row["changes"] + 1}
    if said.wishes is not None:
        found["wishes"] = _plain(said.wishes)
    elif said.on is not None and row["wishes"].get("pins"):
        there = {str(id) for id in planned.candidates(on)}
        pins = [pin for pin in row["wishes"]["pins"] if pin["unit"] in there]
        found["wishes"] = row["wishes"] | {"pins": pins}
    return found


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value) if value is not None else {}


class _Plans:
    """Plans as rows, changed in memory and written once."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        rows = fetch(NetworkPlan.objects.filter(pk__among=set(ids)).values_list(*PLAN))
        self._rows = {row[0]: dict(zip(PLAN, row, strict=True)) for row in rows}
        self._changed: dict[UUID, None] = {}

    def open(
        self, id: UUID, entry: Entry[Any], states: Sequence[str] = ("draft",)
    ) -> dict[str, Any]:
        row = self._rows.get(id)
        if row is None or row["unit_id"] != entry.unit or row["state"] not in states:
            raise UnknownPlan(plan=id)
        return row

    def put(self, row: dict[str, Any], entry: Entry[Any], **changes: Any) -> None:
        self._rows[row["id"]] = row | changes | {"changed_at": entry.received_at}
        self._changed[row["id"]] = None

    def post(self) -> None:
        bulk.replace(NetworkPlan, self._changed, PLAN, [self._rows[id] for id in self._changed])


@applies(DraftPlan)
def draft_plans(batch: Batch[DraftPlan]) -> None:
    """Keep a plan. A site that it does not name stays as it is."""
    rows: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        said = entry.payload
        try:
            planned.check(said.on, said.sites, said.merges)
            planned.check_wishes(said.on, said.wishes)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        sites = {str(id): planned.row_of(one) for id, one in planned.present(said.on).items()}
        rows.append((
            entry.id, entry.unit, said.title.strip(), said.on, said.basis.strip(), said.origin,
            sites | _kept(said.sites), _plain(said.merges) or [], _plain(said.wishes),
            _plain(said.answer), [], 0, "draft", None, "", entry.author, entry.received_at,
        ))  # fmt: skip
    bulk.insert(NetworkPlan, PLAN, rows)


@applies(ChangePlan)
def change_plans(batch: Batch[ChangePlan]) -> None:
    """Change drafts. Another day or other sites are held against the map of that day."""
    plans = _Plans(entry.payload.plan for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = plans.open(said.plan, entry)
            on = said.on or row["on"]
            merges = msgspec.convert(row["merges"], list[MergedCommune])
            if said.merges is not None:
                merges = list(said.merges)
            planned.check(on, said.sites, merges)
            planned.check_wishes(on, said.wishes)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        sites = row["sites"]
        if on != row["on"]:  # what stands on that day, each as the plan had it
            sites = {
                str(id): row["sites"].get(str(id), planned.row_of(choice))
                for id, choice in planned.present(on).items()
            }
        plans.put(
            row, entry, on=on, title=(said.title or row["title"]).strip(),
            basis=row["basis"] if said.basis is None else said.basis.strip(),
            sites=sites | _kept(said.sites), merges=_plain(merges) or [],
            changes=row["changes"] + 1, **_asked(said, row, on),
        )  # fmt: skip
    plans.post()


@applies(DiscardPlan)
def discard_plans(batch: Batch[DiscardPlan]) -> None:
    """A draft is put away, and says why."""
    plans = _Plans(entry.payload.plan for entry in batch.entries)
    for entry in batch.entries:
        try:
            row = plans.open(entry.payload.plan, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        plans.put(row, entry, state="discarded", reason=entry.payload.reason.strip())
    plans.post()


@applies(PutPlanForward)
def put_plans_forward(batch: Batch[PutPlanForward]) -> None:
    """A plan that breaks no rule lies before a second person, and is changed no more. The proposal is
    one that waits, decides what the plan draws, and is no other plan's."""
    plans = _Plans(entry.payload.plan for entry in batch.entries)
    named = {entry.payload.proposal for entry in batch.entries}
    rows = NetworkPlan.objects.filter(proposal_id__among=named)
    taken = {id: title for id, title in rows.values_list("proposal_id", "title") if id}
    program = Actor.program(batch.entries[0].happened_on)
    waiting = {one.id: one.decision for one in registry.proposals(by=program) if one.id in named}
    for entry in batch.entries:
        try:
            row = plans.open(entry.payload.plan, entry)
            for one in planned.broken(drawn(row)):
                if one.must:
                    raise one.refusal
            _check_proposal(entry.payload.proposal, row, taken, waiting)
            taken[entry.payload.proposal] = row["title"]
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        plans.put(row, entry, state="forward", proposal_id=entry.payload.proposal)
    plans.post()


def _check_proposal(
    id: UUID, row: Mapping[str, Any], taken: Mapping[UUID, str], waiting: Mapping[UUID, Reorganise]
) -> None:
    if id in taken:
        raise ProposalOfAnotherPlan(proposal=id, title=taken[id])
    found = waiting.get(id)
    if found is None or not planned.same_decision(found, planned.decision(drawn(row), {})):
        raise NotThisPlan(proposal=id, title=row["title"])


@applies(SettleMoves)
def settle_moves(batch: Batch[SettleMoves]) -> None:
    """Keep the list of what goes where; the registers say whether it is done."""
    plans = _Plans(entry.payload.plan for entry in batch.entries)
    at_work: dict[date, set[UUID]] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            row = plans.open(said.plan, entry, ("draft", "forward"))
            planned.check_moves(drawn(row), said.moves)
            _check_people(said.moves, entry.happened_on, at_work)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        plans.put(row, entry, moves=_plain(said.moves) or [])
    plans.post()


def _check_people(moves: Sequence[Move], on: date, at_work: dict[date, set[UUID]]) -> None:
    """Refuse a list that names somebody who holds no post; one query for each day of a batch."""
    for one in moves:
        if one.member is None:
            continue
        if on not in at_work:
            at_work[on] = workforce.at_work(by=Actor.program(on), on=on)
        if one.member not in at_work[on]:
            raise MoveOfNobody(name=places.name(one.site, on), on=on)


@applies(CheckCutover)
def check_cutovers(batch: Batch[CheckCutover]) -> None:
    """The last answer to each line of a plan's checklist."""
    plans = _Plans(entry.payload.plan for entry in batch.entries)
    known = [one.key for one in rules.cutover()]
    rows: dict[UUID, dict[str, Any]] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            plans.open(said.plan, entry, ("draft", "forward"))
            if said.item not in known:
                raise UnknownCutoverItem(value=said.item, known=", ".join(known))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        id = derived_id(said.plan, "cutover", said.item)
        values = (id, said.plan, said.item, said.done, said.note.strip(), entry.happened_on,
                  entry.author, entry.received_at)  # fmt: skip
        rows[id] = dict(zip(_CHECK, values, strict=True))
    bulk.replace(CutoverCheck, rows, _CHECK, rows.values())
