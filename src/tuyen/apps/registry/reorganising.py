"""A reorganisation before it is decided: what it would change, for whom, and what is wrong with it;
and the proposals and decisions on record. Nothing is written here."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Count

from tuyen.apps.access import policies, walls
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import mapstore
from tuyen.apps.registry.atlas import Atlas
from tuyen.apps.registry.models import Household, Person, Proposal, Reorganisation
from tuyen.apps.registry.operations import Reorganise
from tuyen.apps.registry.vocabulary import SERVES
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.reorganising import Change, edits
from tuyen.rules.access import role_table

RIGHT = "registry.reorganise"
_TRIAL = UUID(int=0)  # the decision's id while there is none


class NoStation(Refusal):
    code = "registry.no-station"
    message = N_("No station serves {name} from that day on; name one in the decision.")


class ManyStations(Refusal):
    code = "registry.many-stations"
    message = N_(
        "{number} stations would serve {name}, and each would read all of its people;"
        " say which one stays a station."
    )


class PostEnds(Refusal):
    code = "registry.post-ends"
    message = N_("{number} posts at {name} end with it: it has no successor.")


class LosesAll(Refusal):
    code = "registry.loses-all"
    message = N_("A post at {name} ({role}) reaches no area any more.")


class NoWayBack(Refusal):
    code = "registry.no-way-back"
    message = N_(
        "The parts of {name} are not known: figures led back to the old map are shared out evenly."
    )


class Drafted(NamedTuple):
    """A decision that was applied to nothing but a draft."""

    atlas: Atlas  # the map as it would be
    change: Change
    unfit: tuple[Refusal, ...]  # why relations would not pass on


Part = tuple[UUID, str, float]
"""(unit, name, share)"""


class UnitChange(NamedTuple):
    """What becomes of a unit. ``parts`` are (unit, share): heirs of one that ends, origins of one
    that opens."""

    unit: UUID
    what: str  # "ends", "opens", "goes-on" or "converts"
    name: str
    type: str
    parts: tuple[Part, ...]


class ReaderChange(NamedTuple):
    """Units that a post comes to reach, and those it no longer does."""

    post: UUID
    role: str
    unit: UUID  # where the post is afterwards
    name: str
    gains: tuple[UUID, ...]
    loses: tuple[UUID, ...]


class Preview(NamedTuple):
    """What a reorganisation would do. With a refusal nothing else is known."""

    on: date
    refusal: Refusal | None
    communes: tuple[int, int]  # before and after
    stations: tuple[int, int]
    points: tuple[int, int]  # satellite points
    units: tuple[UnitChange, ...]
    moved: Mapping[str, int]  # people, households, posts, logins, devices, and other rooms' rows
    readers: tuple[ReaderChange, ...]
    warnings: tuple[Refusal, ...]
    before: Atlas
    after: Atlas


class Proposed(NamedTuple):
    """A proposal that nobody has confirmed yet."""

    id: UUID
    author: UUID | None
    proposed_on: date
    on: date
    basis: str
    decision: Reorganise


class Decided(NamedTuple):
    """A reorganisation on record."""

    id: UUID
    author: UUID | None
    proposer: UUID | None
    on: date
    basis: str
    undone_on: date | None


_drafting: Callable[[UUID, Reorganise], Drafted]


def set_drafting(draft: Callable[[UUID, Reorganise], Drafted]) -> None:
    """Wire in the service that drafts decisions: queries know no services."""
    global _drafting
    _drafting = draft


@walls.whole("how many a reorganisation moves")
def preview(*, by: Actor, decision: Reorganise) -> Preview:
    """What ``decision`` would do, for those who may decide; nothing is written."""
    policies.check(by, RIGHT)
    before, on = mapstore.atlas(), decision.on
    try:
        drafted = _drafting(_TRIAL, decision)
    except Refusal as refusal:
        nothing = (0, 0)
        return Preview(
            on, refusal, nothing, nothing, nothing, (), {}, (), (), before, before
        )  # fmt: skip
    after, day = drafted.atlas, on - timedelta(days=1)
    readers = tuple(_readers(before, drafted, on))
    return Preview(
        on, None, (len(before.communes(day)), len(after.communes(on))),
        (len(before.units("station", day)), len(after.units("station", on))),
        (len(before.units("satellite_point", day)), len(after.units("satellite_point", on))),
        tuple(_units(before, after, decision)), _moved(before, drafted), readers,
        tuple(_warnings(before, drafted, decision, readers)), before, after,
    )  # fmt: skip


def proposals(*, by: Actor) -> list[Proposed]:
    """Proposals that wait for a second person, newest first."""
    policies.check(by, RIGHT)
    rows = Proposal.objects.filter(decision=None, withdrawn_on=None)
    rows = rows.order_by("-proposed_on", "-pk")
    return [_proposed(row) for row in rows]


def proposal(*, by: Actor, id: UUID) -> Proposed | None:
    """One proposal that waits."""
    policies.check(by, RIGHT)
    row = Proposal.objects.filter(decision=None, withdrawn_on=None, pk=id).first()
    return _proposed(row) if row else None


def reorganisations(*, by: Actor, limit: int = 50) -> list[Decided]:
    """Decisions on record, by day, newest first."""
    policies.check(by, RIGHT)
    rows = Reorganisation.objects.select_related("proposal").defer("trace", "proposal__body")
    return [
        Decided(
            r.pk, r.author_id, r.proposal.author_id if r.proposal else None, r.on, r.basis,
            r.undone_on,
        )
        for r in rows.order_by("-on", "-pk")[:limit]
    ]  # fmt: skip


def _proposed(row: Proposal) -> Proposed:
    decision = msgspec.json.decode(row.body, type=Reorganise)
    return Proposed(row.pk, row.author_id, row.proposed_on, row.on, row.basis, decision)


# -- what changes --------------------------------------------------------------------------------


def _units(before: Atlas, after: Atlas, decision: Reorganise) -> Iterator[UnitChange]:
    on = decision.on
    givers = dict.fromkeys(gift.predecessor for gift in decision.gives)
    for giver in givers:
        parts = tuple(
            (h.successor, after.full_name(h.successor, on), h.weight)
            for h in after.successors(giver)
            if h.on == on and h.successor is not None
        )
        what = "goes-on" if after.valid(giver, on) else "ends"
        yield UnitChange(
            giver, what, before.full_name(giver, on), before.type(giver, on) or "", parts
        )  # fmt: skip
    for new in decision.opens:
        parts = tuple(
            (h.predecessor, before.full_name(h.predecessor, on), h.weight)
            for h in after.predecessors(new.id)
            if h.on == on
        )
        yield UnitChange(new.id, "opens", after.full_name(new.id, on), new.type, parts)
    for each in decision.converts:
        yield UnitChange(each.unit, "converts", after.full_name(each.unit, on), each.type, ())


def _moved(before: Atlas, drafted: Drafted) -> dict[str, int]:
    """People and households whose commune is another, and what the rooms take along."""
    on, after = drafted.change.on, drafted.atlas
    day = on - timedelta(days=1)

    def elsewhere(place: UUID) -> bool:
        return before.commune_of(place, day) != after.commune_of(place, on)

    people = Person.objects.filter(died_on=None, voided_on=None, merged_into=None)
    people = people.exclude(place=None)
    homes = Household.objects.filter(until=None)
    found: Counter[str] = Counter()
    for what, rows in (("people", people), ("households", homes)):
        grouped = rows.values_list("place_id").annotate(number=Count("pk")).order_by()
        found[what] = sum(number for place, number in grouped if elsewhere(place))
    logins = set()
    for edit in edits(drafted.change):
        if not edit.new:
            found[edit.row._meta.label_lower] += 1
            logins.add(getattr(edit.row, "user_id", None))
    found["logins"] = len(logins - {None})
    return dict(found)


def _readers(before: Atlas, drafted: Drafted, on: date) -> Iterator[ReaderChange]:
    """Posts of that day whose reach changes. Those that reach everything see no change."""
    after, heirs = drafted.atlas, drafted.change.posts
    day = on - timedelta(days=1)
    roles = role_table().roles
    known: dict[tuple[UUID, UUID | None, tuple[str, ...]], tuple[frozenset[UUID], ...]] = {}
    for post in access.posts(by=Actor.program(on)):
        if post.since > day or (post.until is not None and post.until <= on):
            continue
        role = roles.get(post.role)
        lines = tuple(sorted(line for line in (role.grants if role else ()) if line != "all"))
        now = heirs.get(post.unit, post.unit)
        key = (post.unit, now, lines)
        if key not in known:
            old = frozenset[UUID]().union(*(before.reach(post.unit, ln, day) for ln in lines))
            reach = partial(after.reach, now) if now else None
            new = frozenset[UUID]().union(*(reach(ln, on) for ln in lines if reach))
            known[key] = (new - old, old - new)
        gains, loses = known[key]
        if gains or loses:
            unit = now or post.unit
            yield ReaderChange(
                post.post, post.role, unit, after.full_name(unit, on),
                tuple(sorted(gains, key=str)), tuple(sorted(loses, key=str)),
            )  # fmt: skip


def _warnings(
    before: Atlas, drafted: Drafted, decision: Reorganise, readers: tuple[ReaderChange, ...]
) -> Iterator[Refusal]:
    on, after = decision.on, drafted.atlas
    day = on - timedelta(days=1)
    opened = [new.id for new in decision.opens]
    for id in opened:
        commune = after.level(id, on) == 3
        if commune and not _served(after, id, on) and any(
            _served(before, h.predecessor, day) for h in after.predecessors(id)
        ):  # fmt: skip
            yield NoStation(name=after.full_name(id, on))
        stations = [each for each in after.subjects(id, SERVES, on) if _is_station(after, each, on)]
        if commune and (number := len(stations)) > 1:
            yield ManyStations(name=after.full_name(id, on), number=number)
        back = [h for h in after.predecessors(id) if h.on == on]
        if len(back) > 1 and any(h.weight_back is None for h in back):
            yield NoWayBack(name=after.full_name(id, on))
    ending: Counter[UUID] = Counter()
    for edit in edits(drafted.change):
        ends = edit.row._meta.label == "access.Post" and not edit.new
        if ends and drafted.change.posts.get(edit.row.unit_id) is None:
            ending[edit.row.unit_id] += 1
    for unit, number in ending.items():
        yield PostEnds(name=before.full_name(unit, on), number=number)
    for reader in readers:
        areas = [id for id in reader.loses if after.level(id) is not None]
        lines = role_table().roles[reader.role].grants
        left = [id for ln in lines if ln != "all" for id in after.reach(reader.unit, ln, on)]
        if areas and not any(after.level(id) is not None for id in left):
            yield LosesAll(name=reader.name, role=reader.role)
    yield from drafted.unfit


def _is_station(atlas: Atlas, unit: UUID, on: date) -> bool:
    return atlas.type(unit, on) == "station"


def _served(atlas: Atlas, commune: UUID, on: date) -> bool:
    return bool(atlas.subjects(commune, SERVES, on))
