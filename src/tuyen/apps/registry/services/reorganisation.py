"""Reorganisation: one decision that merges, splits, transfers, renames, converts and closes units.

Rows everywhere keep the unit they were born in. What changes here is the map: units end and begin,
relations pass on, and succession facts say what became of what.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import structs

from tuyen.apps.registry import mapstore, reorganising, vocabulary
from tuyen.apps.registry.atlas import EARLIEST, LATEST
from tuyen.apps.registry.bulk import rewrite
from tuyen.apps.registry.models import Proposal, Reorganisation, UndoProposal
from tuyen.apps.registry.operations import (
    Conversion,
    Gift,
    Opening,
    Point,
    ProposeReorganisation,
    Reorganise,
    WithdrawProposal,
)
from tuyen.apps.registry.refusals import (
    ClosedUnit,
    NeedsProposal,
    NoSuchRelation,
    NotAsProposed,
    NothingChanges,
    OwnProposal,
    UnknownProposal,
)
from tuyen.apps.registry.services import units
from tuyen.apps.registry.services.draft import Draft, fact_id
from tuyen.apps.registry.services.undoing import move_rooms
from tuyen.apps.registry.tracing import Line, written
from tuyen.apps.registry.vocabulary import SATELLITE_OF, SERVES
from tuyen.engines.registry import succession
from tuyen.engines.registry.succession import Fact
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.reorganising import Change
from tuyen.kernel.validity import Validity


@applies(Reorganise)
def reorganise(batch: Batch[Reorganise]) -> None:
    """Each entry sees the map as the ones before it left it. A refusal may come when half of an
    entry is drafted, so the draft is then begun again without that entry."""
    _admit(batch)
    while True:
        draft = Draft()
        accepted = list(batch.accepted())
        draft.load(id for entry in accepted for id in _mentioned(entry.payload))
        applied: list[tuple[Decision, list[Line]]] = []
        for entry in accepted:
            try:
                decision = Decision(draft, entry.id, entry.payload)
                decision.apply()
            except Refusal as refusal:
                batch.refuse(entry, refusal)
                break
            applied.append((decision, draft.traced()))
        else:
            if accepted:
                _write(draft, accepted, applied)
            return


def _admit(batch: Batch[Reorganise]) -> None:
    """Two persons decide. What the program loads was decided elsewhere."""
    named = {entry.payload.proposal for entry in batch.entries if entry.payload.proposal}
    open = Proposal.objects.filter(decision=None, withdrawn_on=None).in_bulk(named)
    for entry in batch.entries:
        said = entry.payload
        if said.proposal is None:
            if entry.author is not None:
                batch.refuse(entry, NeedsProposal())
            continue
        proposal = open.get(said.proposal)
        if proposal is None:
            batch.refuse(entry, UnknownProposal(proposal=said.proposal))
        elif entry.author is not None and entry.author == proposal.author_id:
            batch.refuse(entry, OwnProposal())
        elif proposed(proposal) != structs.replace(said, proposal=None, basis=proposal.basis):
            batch.refuse(entry, NotAsProposed())
        else:
            del open[said.proposal]  # it is decided once


def proposed(proposal: Proposal) -> Reorganise:
    return msgspec.json.decode(proposal.body, type=Reorganise)


def _write(
    draft: Draft, entries: list[Entry[Reorganise]], applied: list[tuple["Decision", list[Line]]]
) -> None:
    """Write the map, let the rooms move what is theirs, and keep what stood before."""
    map_before = mapstore.revision()
    draft.save(entries[-1].id)
    rows = []
    for entry, (decision, lines) in zip(entries, applied, strict=True):
        moved = move_rooms(decision.change)
        rows.append(
            Reorganisation(
                id=entry.id, proposal_id=entry.payload.proposal, author_id=entry.author,
                on=entry.payload.on, basis=entry.payload.basis, map_before=map_before,
                trace=written([*lines, *moved]),
            )
        )  # fmt: skip
        map_before = entry.id
    Reorganisation.objects.bulk_create(rows)


@applies(ProposeReorganisation)
def propose(batch: Batch[ProposeReorganisation]) -> None:
    """A proposal is refused for what the decision would be refused for."""
    rows = []
    for entry in batch.entries:
        decision = entry.payload.decision
        try:
            if decision.proposal is not None:
                raise UnknownProposal(proposal=decision.proposal)
            drafted(entry.id, decision)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rows.append(
            Proposal(
                id=entry.id, unit_id=entry.unit, author_id=entry.author,
                proposed_on=entry.happened_on, on=decision.on, basis=decision.basis,
                body=msgspec.json.encode(decision).decode(),
            )
        )  # fmt: skip
    Proposal.objects.bulk_create(rows)


@applies(WithdrawProposal)
def withdraw(batch: Batch[WithdrawProposal]) -> None:
    named = [entry.payload.proposal for entry in batch.entries]
    open: dict[UUID, Proposal | UndoProposal] = {
        **Proposal.objects.filter(decision=None, withdrawn_on=None).in_bulk(named),
        **UndoProposal.objects.filter(confirmed_by=None, withdrawn_on=None).in_bulk(named),
    }
    gone = []
    for entry in batch.entries:
        proposal = open.pop(entry.payload.proposal, None)
        if proposal is None:
            batch.refuse(entry, UnknownProposal(proposal=entry.payload.proposal))
            continue
        proposal.withdrawn_on, proposal.withdrawn_by = entry.happened_on, entry.id
        gone.append(proposal)
    for model in (Proposal, UndoProposal):
        rewrite(model, ["withdrawn_on", "withdrawn_by"], [p for p in gone if type(p) is model])


def drafted(id: UUID, what: Reorganise) -> "Decision":
    """A decision applied to a draft of its own, which nobody writes."""
    draft = Draft()
    draft.load(_mentioned(what))
    decision = Decision(draft, id, what)
    decision.apply()
    return decision


def _drafted(id: UUID, what: Reorganise) -> reorganising.Drafted:
    decision = drafted(id, what)
    return reorganising.Drafted(
        decision.draft.atlas_after(), decision.change, tuple(decision.unfit)
    )


reorganising.set_drafting(_drafted)


def _mentioned(decision: Reorganise) -> Iterator[UUID]:
    for gift in decision.gives:
        yield gift.predecessor
        if gift.successor is not None:
            yield gift.successor
    for conversion in decision.converts:
        yield conversion.unit
        if conversion.satellite_of is not None:
            yield conversion.satellite_of
    for link in decision.relates + decision.ends:
        yield link.subject


class Decision:
    """One decision, while it is applied to a draft."""

    def __init__(self, draft: Draft, id: UUID, what: Reorganise) -> None:
        self.draft, self.id, self.what, self.on = draft, id, what, what.on
        self.unfit: list[Refusal] = []  # why relations could not pass on
        self.gifts: dict[UUID, list[Gift]] = defaultdict(list)
        for gift in self.what.gives:
            self.gifts[gift.predecessor].append(gift)
        self.ending = {
            giver
            for giver, gifts in self.gifts.items()
            if all(gift.successor != giver for gift in gifts)
        }
        self.heirs = {giver: _main(gifts) for giver, gifts in self.gifts.items()}

    @property
    def change(self) -> Change:
        """What the rooms have to know of it."""
        heirs = {id: self.heirs.get(id) for id in sorted(self.ending, key=str)}
        following = {
            each.unit: each.satellite_of
            for each in self.what.converts
            if each.posts_follow and each.satellite_of is not None
        }
        return Change(self.id, self.on, heirs, following)

    def apply(self) -> None:
        what = self.what
        if not (what.opens or what.gives or what.converts or what.relates or what.ends):
            raise NothingChanges()
        for giver in self.gifts:
            units.check_unit(self.draft, "gives", giver, _day_before(self.on))
            if giver not in self.ending:
                units.check_unit(self.draft, "gives", giver, self.on)
            elif self.draft.has_heirs(giver):
                raise ClosedUnit(
                    field="gives", name=self.draft.name(giver), until=self.draft.life(giver)[1],
                    on=self.on, successors="—",
                )  # fmt: skip
        passing = self._ties_to_pass()
        for giver in sorted(self.ending, key=str):
            self.draft.close(giver, self.on)
        for new in what.opens:
            units.check_new_unit(
                self.draft, new.id, self.on, None, structs.replace(new, relations=())
            )
            units.open_unit(self.draft, self.id, new.id, self.on, None, self._complete(new))
        self._succeed()
        for conversion in what.converts:
            self._convert(conversion)
        self._tie_openings()
        for conversion in what.converts:
            if conversion.satellite_of is not None:
                self._tie(conversion.unit, SATELLITE_OF, conversion.satellite_of)
        self._pass_on(passing)
        for link in what.ends:
            self._end(link.subject, link.kind, link.object)
        for link in what.relates:
            self._tie(link.subject, link.kind, link.object)

    # -- succession --------------------------------------------------------------------------

    def _succeed(self) -> None:
        """Check the gifts as facts of one day, and state them."""
        draft, on = self.draft, self.on
        facts = [
            Fact(on, str(g.predecessor), str(g.successor) if g.successor else None, g.weight,
                 g.main) for g in self.what.gives
        ]  # fmt: skip
        named = {id for g in self.what.gives for id in (g.predecessor, g.successor) if id}
        for id in sorted(named - self.ending, key=str):
            units.check_unit(draft, "gives", id, on)
        lives = {str(id): _validity(*draft.life(id)) for id in named}
        kinds = {str(id): draft.type(id, on) for id in named}
        for finding in succession.check(facts, lives, kinds):
            raise self._named(finding)
        events = {
            (fact.predecessor, fact.successor): event
            for group, event in succession.events(facts, kinds)
            for fact in group
        }
        for n, (gift, fact) in enumerate(zip(self.what.gives, facts, strict=True)):
            draft.succeed(
                fact_id(self.id, "gives", n), gift.predecessor, gift.successor, on,
                min(gift.weight, 1.0), gift.weight_back,
                gift.successor == self.heirs[gift.predecessor],
                events[fact.predecessor, fact.successor], self.what.basis,
            )  # fmt: skip

    def _named(self, finding: Refusal) -> Refusal:
        """The finding with names in place of ids."""
        names = {
            str(id): self.draft.name(id)
            for gift in self.what.gives
            for id in (gift.predecessor, gift.successor)
            if id is not None
        }
        values = {}
        for key, value in finding.values.items():
            text = str(value)
            for id, name in names.items():
                text = text.replace(id, name)
            values[key] = value if text == str(value) else text
        return type(finding)(**values)

    # -- what passes on -----------------------------------------------------------------------

    def _ties_to_pass(self) -> list[tuple[UUID, Any]]:
        """(unit that ends, relation) for every relation that would hold on. One that was already
        said to end on that day ends."""
        day = _day_before(self.on)
        return [
            (giver, row)
            for giver in sorted(self.ending, key=str)
            for row in self.draft.relations.about(giver)
            if (row.since or EARLIEST) <= day and (row.until or LATEST) > self.on
        ]

    def _complete(self, new: Opening) -> Opening:
        """The opening, with the place of its first predecessor where it names none."""
        if new.point is not None:
            return new
        origin = next((g for g, heir in self.heirs.items() if heir == new.id), None)
        point = self.draft.atlas.point(origin, _day_before(self.on)) if origin else None
        if point is None:
            return new
        lon, lat = point
        return structs.replace(new, point=Point(lon=lon, lat=lat, source="predecessor"))

    def _tie_openings(self) -> None:
        for new in self.what.opens:
            for tie in new.relations:
                self._tie(new.id, tie.kind, tie.object)

    def _pass_on(self, passing: list[tuple[UUID, Any]]) -> None:
        named = {(new.id, tie.kind) for new in self.what.opens for tie in new.relations}
        opened = {new.id for new in self.what.opens}
        converted = {each.unit for each in self.what.converts}
        for giver, row in passing:
            heir = self.heirs.get(giver)
            if heir is None:
                continue
            if row.object_id == giver:
                # A converted station no longer serves: the station it belongs to does.
                if row.subject_id not in self.ending and not (
                    row.kind == SERVES and row.subject_id in converted
                ):
                    self._pass(row.subject_id, row.kind, heir)
            elif heir in opened and (heir, row.kind) not in named:
                to = (
                    self.heirs.get(row.object_id) if row.object_id in self.ending else row.object_id
                )
                if to is not None:
                    self._pass(heir, row.kind, to)

    def _pass(self, subject: UUID, kind: str, object: UUID) -> None:
        """Pass a relation on where it still fits; what does not fit has ended with its unit."""
        try:
            self._tie(subject, kind, object)
        except Refusal as refusal:
            self.unfit.append(refusal)

    # -- pieces -------------------------------------------------------------------------------

    def _convert(self, conversion: Conversion) -> None:
        draft, unit, on = self.draft, conversion.unit, self.on
        units.check_unit(draft, "converts", unit, on)
        units.check_conversion(draft, unit, conversion.type, on, conversion.functions or ())
        of = fact_id(self.id, "converts", unit)
        draft.types.put(fact_id(of, "type"), (unit,), on, None, conversion.type)
        if conversion.name:
            units.put_name(draft, of, unit, on, conversion.name, conversion.full_name)
        if conversion.functions is not None:
            units.put_functions(draft, of, unit, on, conversion.functions)
        for row in draft.relations.about(unit):
            held = (row.since or EARLIEST) <= on < (row.until or LATEST)
            served = conversion.satellite_of and row.subject_id == unit and row.kind == SERVES
            if held and (served or not _still_fits(draft, row, on)):
                draft.relations.end(row, on)

    def _tie(self, subject: UUID, kind: str, object: UUID) -> None:
        units.check_tie(self.draft, subject, kind, object, self.on)
        only = vocabulary.relation_kinds()[kind].one
        id = fact_id(self.id, "tie", subject, kind, object)
        held = self.draft.relations.at((subject, kind, object), self.on)
        if held is None:
            self.draft.tie(id, subject, kind, object, self.on, only=only)

    def _end(self, subject: UUID, kind: str, object: UUID) -> None:
        row = self.draft.relations.at((subject, kind, object), _day_before(self.on))
        if row is None:
            raise NoSuchRelation(
                subject=self.draft.name(subject), kind=kind, object=self.draft.name(object),
                on=self.on,
            )  # fmt: skip
        self.draft.relations.end(row, self.on)


def _main(gifts: list[Gift]) -> UUID | None:
    """The main successor: as marked, else the largest share, else the first by id."""
    taken = [gift for gift in gifts if gift.successor is not None]
    best = min(taken, key=lambda g: (not g.main, -g.weight, str(g.successor)), default=None)
    return best.successor if best else None


def _still_fits(draft: Draft, row: Any, on: date) -> bool:
    rule = vocabulary.relation_kinds()[row.kind]
    return draft.type(row.subject_id, on) in rule.of and draft.type(row.object_id, on) in rule.to


def _validity(since: date, until: date) -> Validity:
    return Validity(None if since == EARLIEST else since, None if until == LATEST else until)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
