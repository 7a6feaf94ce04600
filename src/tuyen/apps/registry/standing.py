"""Where each reorganisation stands: proposed, withdrawn, in force or undone; what it wrote, and what
was built on it. Nothing is written here."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import mapstore, tracing
from tuyen.apps.registry.atlas import Atlas
from tuyen.apps.registry.models import Person, Proposal, Reorganisation, UndoProposal
from tuyen.apps.registry.reorganising import RIGHT
from tuyen.apps.registry.tracing import Line
from tuyen.kernel.refusal import Refusal

State = Literal["waits", "withdrawn", "in-force", "undone"]
Looking = Callable[[Reorganisation, list[Line]], Iterator[Refusal]]

_looking: Looking
_WAITS = Q(confirmed_by=None, withdrawn_on=None)
_UNDO_WAITS = Exists(UndoProposal.objects.filter(_WAITS, decision=OuterRef("pk")))


def set_looking(looking: Looking) -> None:
    """Wire in the service that looks for what is in the way of an undo: queries know no services."""
    global _looking
    _looking = looking


class Standing(NamedTuple):
    """A reorganisation in the list. ``id`` is the proposal's until somebody confirmed it."""

    id: UUID
    state: State
    on: date
    basis: str
    proposer: UUID | None
    proposed_on: date | None
    author: UUID | None  # who confirmed it; None while it waits, and for the program
    ended_on: date | None  # when it was withdrawn or undone
    by_program: bool  # loaded as published, without a proposal
    undo_waits: bool = False  # somebody proposed to undo it


class UndoAsked(NamedTuple):
    """That a reorganisation be undone: proposed, and waiting for a second person."""

    id: UUID
    author: UUID | None
    proposed_on: date
    reason: str


class Passed(NamedTuple):
    """A succession fact: ``weight`` of ``giver`` went to ``taker`` (None: closed)."""

    giver: str
    giver_id: UUID
    taker: str
    taker_id: UUID | None
    weight: float
    event: str


class Turned(NamedTuple):
    """A unit that became one of another type."""

    unit: UUID
    name: str
    before: str
    after: str


class DecisionCard(NamedTuple):
    """A decision on record, told from what it wrote."""

    standing: Standing
    passed: tuple[Passed, ...]
    turned: tuple[Turned, ...]
    opened: tuple[tuple[UUID, str], ...]
    closed: tuple[tuple[UUID, str], ...]
    written: Mapping[str, int]  # rows by table
    undone_by: UUID | None  # the operation


def standings(*, by: Actor) -> list[Standing]:
    """Every reorganisation, those that wait first, then by day, newest first. Two queries."""
    policies.check(by, RIGHT)
    open = Proposal.objects.filter(decision=None).defer("body").order_by("-proposed_on", "-pk")
    rows = [
        Standing(
            p.pk, "waits" if p.withdrawn_on is None else "withdrawn", p.on, p.basis, p.author_id,
            p.proposed_on, None, p.withdrawn_on, False,
        )
        for p in open
    ]  # fmt: skip
    decided = Reorganisation.objects.select_related("proposal").defer("trace", "proposal__body")
    rows += [_standing(row) for row in decided.annotate(undo_waits=_UNDO_WAITS)]
    return sorted(rows, key=lambda row: (row.state == "waits", row.on, str(row.id)), reverse=True)


def decision(*, by: Actor, id: UUID) -> DecisionCard | None:
    """One decision that was made, or None."""
    policies.check(by, RIGHT)
    decided = Reorganisation.objects.select_related("proposal").annotate(undo_waits=_UNDO_WAITS)
    row = decided.filter(pk=id).first()
    if row is None:
        return None
    lines = tracing.read(row.trace)
    name = _namer(lines, row.on)
    tables = Counter(line.table for line in lines)
    return DecisionCard(
        _standing(row), tuple(_passed(lines, name)), tuple(_turned(lines, name)),
        tuple(_units(lines, name, opened=True)), tuple(_units(lines, name, opened=False)),
        dict(sorted(tables.items())), row.undone_by,
    )  # fmt: skip


def undo_asked(*, by: Actor, decision: UUID) -> UndoAsked | None:
    """The proposal to undo a decision that waits for a second person, or None."""
    policies.check(by, RIGHT)
    row = UndoProposal.objects.filter(_WAITS, decision=decision).first()
    return UndoAsked(row.pk, row.author_id, row.proposed_on, row.reason) if row else None


def undo_proposed_as(*, by: Actor, decision: UUID) -> UUID | None:
    """The proposal by which a decision was undone; None where the program undid it."""
    policies.check(by, RIGHT)
    done = UndoProposal.objects.filter(decision=decision).exclude(confirmed_by=None)
    return done.values_list("pk", flat=True).first()


@walls.whole("what was built on a reorganisation")
def in_the_way(*, by: Actor, id: UUID) -> Refusal | None:
    """Why a decision could not be undone now; None when it could."""
    policies.check(by, RIGHT)
    row = Reorganisation.objects.filter(pk=id, undone_on=None).first()
    return next(_looking(row, tracing.read(row.trace)), None) if row else None


def decided_as(*, by: Actor, proposal: UUID) -> UUID | None:
    """The decision that a proposal became, for links to the proposal that outlive it."""
    policies.check(by, RIGHT)
    row = Reorganisation.objects.filter(proposal=proposal).values_list("pk", flat=True)
    return row.first()


def proposed_as(*, by: Actor, decision: UUID) -> UUID | None:
    """The proposal that became a decision; None for what the program loaded."""
    policies.check(by, RIGHT)
    rows = Reorganisation.objects.filter(pk=decision).values_list("proposal_id", flat=True)
    return rows.first()


def _standing(row: Reorganisation) -> Standing:
    said = row.proposal
    return Standing(
        row.pk, "in-force" if row.undone_on is None else "undone", row.on, row.basis,
        said.author_id if said else None, said.proposed_on if said else None, row.author_id,
        row.undone_on, said is None, getattr(row, "undo_waits", False),
    )  # fmt: skip


def _namer(lines: list[Line], on: date) -> Callable[[str | None], str]:
    """Names of units by the decision's day: of those it opened, as it named them, so that they
    have one even when it was undone."""
    map = mapstore.atlas()
    given = {
        line.after["unit_id"]: line.after["full_name"] or line.after["name"]
        for line in lines
        if line.table == "registry.UnitName" and line.before is None and line.after is not None
    }

    def name(id: str | None) -> str:
        if id is None:
            return ""
        return given.get(id) or map.full_name(UUID(id), on) or "—"

    return name


def _passed(lines: list[Line], name: Callable[[str | None], str]) -> Iterator[Passed]:
    rows = [ln.after for ln in lines if ln.table == "registry.Succession" and ln.after]
    rows.sort(key=lambda row: (name(row["predecessor_id"]), -float(row["weight"])))
    for row in rows:
        giver, taker = row["predecessor_id"], row["successor_id"]
        yield Passed(
            name(giver), UUID(giver), name(taker), UUID(taker) if taker else None,
            float(row["weight"]), row["event"],
        )  # fmt: skip


def _turned(lines: list[Line], name: Callable[[str | None], str]) -> Iterator[Turned]:
    """A type that is new for a unit whose old type ended that day."""
    types = [line for line in lines if line.table == "registry.UnitType"]
    old = {ln.before["unit_id"]: ln.before["type"] for ln in types if ln.before is not None}
    for line in sorted(types, key=lambda line: str(line.id)):
        if line.after is None:
            continue
        unit, kind = line.after["unit_id"], line.after["type"]
        if unit in old and kind != old[unit]:
            yield Turned(UUID(unit), name(unit), old[unit], kind)


def _units(
    lines: list[Line], name: Callable[[str | None], str], *, opened: bool
) -> Iterator[tuple[UUID, str]]:
    ids = [ln.id for ln in lines if ln.table == "registry.Unit" and (ln.before is None) == opened]
    yield from sorted(((id, name(str(id))) for id in ids), key=lambda pair: (pair[1], str(pair[0])))


@walls.whole("how many live in each place")
def residents(*, by: Actor, before: Atlas, on: date) -> dict[UUID, int]:
    """How many living people are on record in each village or commune of the old map: counts, for
    those who may decide about it. One query."""
    policies.check(by, RIGHT)
    people = Person.objects.filter(died_on=None, voided_on=None, merged_into=None)
    rows = people.exclude(place=None).values_list("place_id").annotate(n=Count("pk")).order_by()
    day = on - timedelta(days=1)
    return {place: n for place, n in rows if before.commune_of(place, day) is not None}
