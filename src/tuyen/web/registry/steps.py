"""A reorganisation while it is composed: steps in the order in which somebody gave them, and the one
decision that they make together. Pure: the map and the sizes of communes are given."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import structs

from tuyen.apps.registry import vocabulary
from tuyen.apps.registry.operations import Code, Conversion, Gift, Link, Opening, Reorganise
from tuyen.apps.registry.queries import Atlas
from tuyen.kernel.ids import uuid7

Kind = Literal["merge", "split", "transfer", "rename", "convert", "close"]
KINDS: tuple[Kind, ...] = ("merge", "split", "transfer", "rename", "convert", "close")
STAYS = "lies_in"
"""The relation by which a village belongs to its commune."""


class New(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that a step opens. Its id is made once, so that preview and proposal agree."""

    id: UUID
    type: str
    name: str
    full_name: str
    code: str = ""


class Part(msgspec.Struct, frozen=True):
    """``share`` of ``old`` goes to ``new`` (None: nowhere, it closes). No share: all that is left."""

    old: UUID
    new: UUID | None
    share: float | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step. ``relation`` is what is transferred of a village or a facility; ``name`` is a new
    name of a unit that goes on; ``posts_follow`` is said of a station that becomes a point."""

    kind: Kind
    parts: tuple[Part, ...]
    opens: tuple[New, ...] = ()
    name: str = ""
    full_name: str = ""
    relation: str = ""
    posts_follow: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the session."""

    on: date | None = None
    basis: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def opened(self) -> dict[UUID, New]:
        return {new.id: new for step in self.steps for new in step.opens}

    def with_steps(self, *steps: Step) -> "Plan":
        return structs.replace(self, steps=(*self.steps, *steps))

    def without(self, at: int) -> "Plan":
        return structs.replace(self, steps=self.steps[:at] + self.steps[at + 1 :])


def opening(type: str, full_name: str, code: str = "") -> New:
    """A new unit from the name on its letterhead: "Xã Nà Hỳ" is called Nà Hỳ."""
    full = " ".join(full_name.split())
    listed = vocabulary.unit_types().get(type)
    name = full
    for word in sorted(_openings(listed.names.vi if listed else ""), key=len, reverse=True):
        if full.casefold().startswith(f"{word.casefold()} ") and len(full) > len(word) + 1:
            name = full[len(word) + 1 :]
            break
    return New(id=uuid7(), type=type, name=name[:200], full_name=full[:250], code=code.strip())


def _openings(type_name: str) -> Iterator[str]:
    """The words with which names of a type begin: "Thôn, bản, tổ dân phố" has three."""
    for word in type_name.replace(" hoặc ", ",").split(","):
        if word.strip():
            yield word.strip()


def decided(
    plan: Plan, atlas: Atlas, on: date, sizes: Mapping[UUID, int] | None = None
) -> Reorganise:
    """The decision that the steps make.

    Parameters
    ----------
    sizes
        People in each commune of the old map: with them it is stated which part of a new unit came
        from where, so that figures are led back to the old map by people and not evenly.
    """
    relates, ends = _links(plan, atlas, on)
    return Reorganise(
        on=on, basis=plan.basis, opens=tuple(_opens(plan)),
        gives=tuple(_sized(_gives(plan, atlas, on), sizes or {})),
        converts=tuple(_converts(plan, atlas, on)), relates=relates, ends=ends,
    )  # fmt: skip


def _opens(plan: Plan) -> Iterator[Opening]:
    for new in plan.opened.values():
        codes = (Code(system=system, code=new.code),) if new.code and (
            system := code_system(new.type)) else ()  # fmt: skip
        yield Opening(id=new.id, type=new.type, name=new.name, full_name=new.full_name, codes=codes)


def code_system(type: str) -> str:
    """The system in which a new unit of a type has its code; "" where there is none."""
    systems = vocabulary.code_systems()
    return next((s for s in systems if s.startswith("administrative.") and type in systems[s].of),
                "insurer" if type in systems["insurer"].of else "")  # fmt: skip


def _gives(plan: Plan, atlas: Atlas, on: date) -> list[Gift]:
    """What each unit gives, over all steps. What is not given stays, and then the unit's history
    stays with it."""
    stated: dict[UUID, dict[UUID | None, float | None]] = defaultdict(dict)
    for part in _giving(plan, atlas, on):
        if part.new != part.old:
            stated[part.old][part.new] = part.share
    leaving = {p.old for s in plan.steps if s.kind in ("merge", "close", "split") for p in s.parts
               if not any(q.new == q.old for q in s.parts if q.old == p.old)}  # fmt: skip
    gifts = []
    for old, parts in stated.items():
        given = sum(share for share in parts.values() if share is not None)
        rest = round(1.0 - given, 9)
        open = [new for new, share in parts.items() if share is None]
        for new, share in parts.items():
            weight = share if share is not None else rest / len(open)
            gifts.append(Gift(predecessor=old, successor=new, weight=max(weight, 1e-9)))
        if not open and rest > 1e-6 and old not in leaving:
            gifts.append(Gift(predecessor=old, successor=old, weight=rest, main=True))
    return gifts


def _giving(plan: Plan, atlas: Atlas, on: date) -> Iterator[Part]:
    day = on - timedelta(days=1)
    for step in plan.steps:
        for part in step.parts:
            if step.kind == "convert" or (step.kind == "rename" and part.new is None):
                continue
            if step.kind == "transfer" and step.relation:
                # A village takes its share of the old commune's figures along.
                home = atlas.commune_of(part.old, day)
                if step.relation == STAYS and part.share and home and part.new:
                    yield Part(home, part.new, part.share)
                continue
            yield part


def _sized(gifts: list[Gift], sizes: Mapping[UUID, int]) -> Iterator[Gift]:
    """State which part of each taker came from where, where all sizes are known."""
    into: dict[UUID, float] = defaultdict(float)
    unknown: set[UUID] = set()
    for gift in gifts:
        if gift.successor is None:
            continue
        if not sizes.get(gift.predecessor):
            unknown.add(gift.successor)
        into[gift.successor] += sizes.get(gift.predecessor, 0) * gift.weight
    givers = {gift.predecessor for gift in gifts}
    for taker in into:
        if taker in sizes and taker not in givers:
            into[taker] += sizes[taker]  # it took others in, and was somebody before
    for gift in gifts:
        to = gift.successor
        if to is None or to in unknown or into[to] <= 0:
            yield gift
        else:
            back = sizes[gift.predecessor] * gift.weight / into[to]
            yield structs.replace(gift, weight_back=round(min(back, 1.0), 9))


def _converts(plan: Plan, atlas: Atlas, on: date) -> Iterator[Conversion]:
    """Conversions, and new names of units that go on; one statement for each unit."""
    said: dict[UUID, Conversion] = {}
    day = on - timedelta(days=1)
    for step in plan.steps:
        for part in step.parts:
            if step.kind == "convert":
                before = said.get(part.old)
                said[part.old] = Conversion(
                    unit=part.old, type="satellite_point", satellite_of=part.new,
                    posts_follow=step.posts_follow, name=before.name if before else step.name or None,
                    full_name=before.full_name if before else step.full_name,
                )  # fmt: skip
            elif step.kind == "rename" and part.new is None:
                type = atlas.type(part.old, day) or ""
                held = said.get(part.old) or Conversion(unit=part.old, type=type)
                said[part.old] = structs.replace(held, name=step.name, full_name=step.full_name)
    yield from said.values()


def _links(plan: Plan, atlas: Atlas, on: date) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Relations that a transfer of a village or a facility begins, and those that it ends."""
    day = on - timedelta(days=1)
    relates, ends = [], []
    for step in plan.steps:
        if step.kind != "transfer" or not step.relation:
            continue
        one = vocabulary.relation_kinds()[step.relation].one
        for part in step.parts:
            assert part.new is not None
            relates.append(Link(subject=part.old, kind=step.relation, object=part.new))
            if not one:
                held = atlas.related(part.old, step.relation, day)
                ends += [Link(subject=part.old, kind=step.relation, object=object)
                         for object in held if object != part.new]  # fmt: skip
    return tuple(relates), tuple(ends)


def relation_moved(atlas: Atlas, old: UUID, new: UUID, on: date) -> str:
    """What is transferred when a unit goes to another: of a commune, a part of it (""); of a
    village, where it lies; of a facility, who owns it or what it serves."""
    unit, taker = atlas.unit(old), atlas.unit(new)
    if unit is None or unit.kind == "facility":
        return "serves" if taker is not None and taker.kind == "area" else "owned_by"
    return STAYS if atlas.level(old, on) == vocabulary.VILLAGE else ""


def involved(plan: Plan) -> set[UUID]:
    """Every unit that a step names."""
    return {id for s in plan.steps for p in s.parts for id in (p.old, p.new) if id is not None}


def joined(plan: Plan, steps: Iterable[Step]) -> Plan:
    """The plan with more steps; conversions of units that it converts already take their place."""
    fresh = list(steps)
    turned = {part.old for step in fresh if step.kind == "convert" for part in step.parts}
    kept = []
    for step in plan.steps:
        if step.kind == "convert":
            parts = tuple(part for part in step.parts if part.old not in turned)
            if not parts:
                continue
            step = structs.replace(step, parts=parts)
        kept.append(step)
    return structs.replace(plan, steps=(*kept, *fresh))
