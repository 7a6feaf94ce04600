"""What moves with a plan: posts and equipment of the sites that close or shrink, and where to. It is a
list to hand over; whether a line is done is read from the registers of staff and of equipment."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places
from tuyen.apps.network.operations import Move
from tuyen.apps.network.planned import FULL, MOBILE, Drawn, communes_after, mains, present
from tuyen.apps.supply import queries as supply
from tuyen.apps.workforce import queries as workforce

STAYS = ("main", "satellite")


class MoveLine(NamedTuple):
    """Posts of a cadre, or a piece of equipment, of a site. ``what`` is the cadre, or the kind of the
    piece ``piece``; ``to`` None: it stays. ``kept``: somebody settled it. ``done`` None: not to be seen."""

    site: UUID
    kind: str
    what: str
    piece: UUID | None
    name: str
    number: int
    to: UUID | None
    kept: bool
    done: bool | None

    @property
    def key(self) -> str:
        return f"{self.site}|{self.kind}|{self.piece or self.what}|{self.number}"


class FunctionLine(NamedTuple):
    """A function that a site gives up, and the main station that has it then."""

    site: UUID
    function: str
    to: UUID | None


def moving(plan: Drawn) -> dict[UUID, UUID | None]:
    """Sites that end, shrink or become a stop -> the main station of their commune (None: none yet)."""
    now, homes, heads = present(plan.on), communes_after(plan), mains(plan)
    found: dict[UUID, UUID | None] = {}
    for site, choice in plan.sites.items():
        was = now[site].kind if site in now else ""
        shrinks = choice.kind not in STAYS or (was == "main" and choice.kind == "satellite")
        if shrinks and site in homes:
            stations = heads.get(homes[site], [])
            found[site] = stations[0] if stations else None
    return found


def lines(*, by: Actor, plan: Drawn, moves: tuple[Move, ...]) -> list[MoveLine]:
    """The posts and pieces of the sites that change, as settled or as proposed: everything of a site that
    closes goes to the main station, what a point has stays. At most three queries."""
    sites = moving(plan)
    kept: dict[tuple[UUID, str, str], Move] = {(one.site, one.kind, one.what): one for one in moves}
    found = _of_staff(by, plan, sites, kept) + _of_equipment(by, plan, sites, kept)
    seen = {(one.site, one.kind, str(one.piece or one.what)) for one in found}
    for key, one in kept.items():  # settled, and no more where it was
        if key not in seen:
            what, piece = (one.what, None) if one.kind == "people" else ("", UUID(one.what))
            done = True if _may(by, one.kind) else None
            found.append(
                MoveLine(one.site, one.kind, what, piece, "", one.number, one.to, True, done)
            )
    return sorted(found, key=lambda one: (str(one.site), one.kind, one.what, one.name))


def _may(by: Actor, kind: str) -> bool:
    return bool(policies.scope(by, workforce.FIGURE if kind == "people" else supply.COLD))


def _to(plan: Drawn, site: UUID, head: UUID | None) -> UUID | None:
    return None if plan.sites[site].kind == "satellite" else head


def _of_staff(
    by: Actor, plan: Drawn, sites: Mapping[UUID, UUID | None], kept: Mapping[tuple[UUID, str, str], Move]
) -> list[MoveLine]:  # fmt: skip
    if not policies.scope(by, workforce.FIGURE):
        return []
    day = min(by.on, plan.day) if by.on < plan.on else by.on
    counts = workforce.staff_by_unit(by=by, on=day, map_on=plan.day)
    found = []
    for site, head in sites.items():
        for cadre, n in sorted(counts.get(site, {}).items()):
            said = kept.get((site, "people", cadre))
            if said is None:
                found.append(
                    MoveLine(site, "people", cadre, None, "", n, _to(plan, site, head), False, None)
                )
                continue
            # It is done once so many fewer are there than when it was settled.
            found.append(MoveLine(site, "people", cadre, None, "", said.number, said.to, True,
                                  said.to is None or n <= said.had - said.number))  # fmt: skip
    return found


def _of_equipment(
    by: Actor, plan: Drawn, sites: Mapping[UUID, UUID | None], kept: Mapping[tuple[UUID, str, str], Move]
) -> list[MoveLine]:  # fmt: skip
    if not policies.scope(by, supply.COLD):
        return []
    named = {what: one for (_site, kind, what), one in kept.items() if kind == "equipment"}
    found = []
    for row in supply.equipment(by=by, on=by.on):
        said = named.get(str(row.id))
        if said is not None:
            there = said.to is None or row.unit == said.to or row.state == "retired"
            found.append(
                MoveLine(
                    said.site, "equipment", row.kind, row.id, row.name, 1, said.to, True, there
                )
            )
        elif row.unit in sites and row.state != "retired":
            to = _to(plan, row.unit, sites[row.unit])
            found.append(
                MoveLine(row.unit, "equipment", row.kind, row.id, row.name, 1, to, False, None)
            )
    return found


def functions(plan: Drawn) -> list[FunctionLine]:
    """The functions that sites give up under the plan; the decision itself carries them."""
    atlas = places.atlas()
    found = []
    for site, head in moving(plan).items():
        choice = plan.sites[site]
        if choice.kind == "satellite":
            continue
        held = atlas.functions(site, plan.day) or FULL
        left = MOBILE if choice.kind == "mobile" else ()
        found += [FunctionLine(site, one, head) for one in held if one not in left]
    return found
