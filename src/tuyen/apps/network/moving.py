"""What moves with a plan: people by name, equipment and functions of the sites that close or shrink, and
where to. It is a list to hand over; whether a line is done is read from the registers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places
from tuyen.apps.network.ground import ground
from tuyen.apps.network.operations import Move
from tuyen.apps.network.planned import (
    MOBILE,
    Choice,
    Drawn,
    communes_after,
    does,
    mains,
    present,
)
from tuyen.apps.supply import queries as supply
from tuyen.apps.workforce import queries as workforce
from tuyen.apps.workforce.queries import Posted

STAYS = ("main", "satellite")


class MoveLine(NamedTuple):
    """Somebody (``member``), posts of a cadre where a list names nobody, or a piece of equipment, of a
    site. ``what`` is the cadre, or the kind of the piece ``piece``; ``to`` None: it stays. ``fills``: the
    position that lacks at ``to``. ``kept``: somebody settled it. ``done`` None: not to be seen.
    ``gone``: who holds no post any more."""

    site: UUID
    kind: str
    what: str
    piece: UUID | None
    name: str
    number: int
    to: UUID | None
    kept: bool
    done: bool | None
    member: UUID | None = None
    fills: str = ""
    gone: bool = False

    @property
    def key(self) -> str:
        return f"{self.site}|{self.kind}|{self.piece or self.member or self.what}"


class FunctionLine(NamedTuple):
    """A function that a site gives up, and the main station that has it then; with ``taken`` one that a
    point takes up. ``done``: the map says so."""

    site: UUID
    function: str
    to: UUID | None
    done: bool
    taken: bool = False


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
    """The people and pieces of the sites that change, as settled or as proposed. Who must leave a site
    fills a post that is missing near by, else goes to the main station; who is at a point stays. Nine
    queries at most."""
    sites = moving(plan)
    found = _of_staff(by, plan, sites, [one for one in moves if one.kind == "people"])
    found += _of_equipment(by, plan, sites, {m.what: m for m in moves if m.kind == "equipment"})
    return sorted(found, key=lambda one: (str(one.site), one.kind != "people", one.what, one.name))


def _to(plan: Drawn, site: UUID, head: UUID | None) -> UUID | None:
    return None if plan.sites[site].kind == "satellite" else head


def _of_staff(
    by: Actor, plan: Drawn, sites: Mapping[UUID, UUID | None], moves: Sequence[Move]
) -> list[MoveLine]:
    if not policies.scope(by, workforce.READ):
        return [_unseen(one) for one in moves]
    posts = workforce.main_posts(by=by, on=by.on, map_on=plan.day)
    named = {one.member: one for one in moves if one.member is not None}
    counted = {(one.site, one.what): one for one in moves if one.member is None}
    told = set[tuple[UUID, str]]()
    asked = [one for one in posts if one.was in sites and one.member not in named]
    offered = _offered(by, plan, posts, asked, named)
    held = {post.member: post for post in posts}
    found = [_named(one, held) for one in named.values()]
    for post in asked:
        key = (post.was, post.cadre)
        if key in counted:  # a list that named nobody said where they go
            told.add(key)
            to, fills = counted[key].to, ""
        else:
            to, fills = offered.get(post.member, (_to(plan, post.was, sites[post.was]), ""))
        found.append(MoveLine(post.was, "people", post.cadre, None, post.name, 1, to, False, None,
                              post.member, fills))  # fmt: skip
    return found + [_unseen(one) for key, one in counted.items() if key not in told]


def _unseen(one: Move) -> MoveLine:
    return MoveLine(
        one.site, "people", one.what, None, "", one.number, one.to, True, None, one.member
    )


def _named(one: Move, posts: Mapping[UUID, Posted]) -> MoveLine:
    """Done once the main post is at the unit, by the map of today; who stays has nothing to do."""
    post = posts.get(one.member) if one.member is not None else None
    done = one.to is None or post is None or post.unit == one.to
    name = post.name if post else ""
    return MoveLine(one.site, "people", one.what, None, name, 1, one.to, True, done, one.member, "",
                    post is None)  # fmt: skip


def _offered(
    by: Actor, plan: Drawn, posts: Sequence[Posted], asked: Sequence[Posted],
    named: Mapping[UUID, Move],
) -> dict[UUID, tuple[UUID, str]]:  # fmt: skip
    """Member -> (station, position): who must leave fills what lacks at the stations of the plan."""
    going = [one for one in asked if plan.sites[one.was].kind not in STAYS]
    if not going:
        return {}
    homes = communes_after(plan)
    heads = {home: stations[0] for home, stations in mains(plan).items() if stations}
    held: dict[UUID, dict[str, int]] = {station: {} for station in heads.values()}
    leaving = {one.member for one in going}
    for post in posts:
        settled = named.get(post.member)
        at = settled.to if settled is not None and settled.to is not None else post.was
        station = heads.get(homes[at]) if at in homes else None
        if station is not None and post.member not in leaving:
            held[station][post.cadre] = held[station].get(post.cadre, 0) + 1
    known = ground(by=by, on=plan.day, terrain={})
    return workforce.onward(
        by=by, on=by.on, going=going, held=held, units=known.sites, minutes=known.between
    )


def _of_equipment(
    by: Actor, plan: Drawn, sites: Mapping[UUID, UUID | None], named: Mapping[str, Move]
) -> list[MoveLine]:
    if not policies.scope(by, supply.COLD):
        return [
            MoveLine(one.site, "equipment", "", UUID(one.what), "", 1, one.to, True, None)
            for one in named.values()
        ]
    found, seen = [], set[str]()
    for row in supply.equipment(by=by, on=by.on):
        said = named.get(str(row.id))
        gone = row.state == "retired"
        if said is not None:
            seen.add(said.what)
            done = said.to is None or gone or row.unit == said.to
            found.append(MoveLine(said.site, "equipment", row.kind, row.id, row.name, 1, said.to, True, done,
                                  gone=gone))  # fmt: skip
        elif row.unit in sites and not gone:
            to = _to(plan, row.unit, sites[row.unit])
            found.append(
                MoveLine(row.unit, "equipment", row.kind, row.id, row.name, 1, to, False, None)
            )
    return found + [
        MoveLine(one.site, "equipment", "", UUID(one.what), "", 1, one.to, True, True, gone=True)
        for what, one in named.items() if what not in seen
    ]  # fmt: skip


def functions(plan: Drawn, today: date) -> list[FunctionLine]:
    """The functions that sites give up and points take up under the plan; the decision carries them."""
    atlas = places.atlas()
    homes, heads = communes_after(plan), mains(plan)
    found = []
    for site, choice in plan.sites.items():
        left = _left(choice)
        if left is None or site not in homes:
            continue
        head = next(iter(heads.get(homes[site], [])), None)
        held = does(site, plan.day)
        over = today > plan.day and (
            not atlas.valid(site, today) or atlas.type(site, today) == "satellite_point"
        )
        now = atlas.functions(site, today) if over and atlas.valid(site, today) else ()
        found += [
            FunctionLine(site, one, head, over and one not in now)
            for one in held if one not in left
        ]  # fmt: skip
        if choice.kind == "satellite":
            found += [
                FunctionLine(site, one, site, one in now, True) for one in left if one not in held
            ]
    return found


def _left(choice: Choice) -> Sequence[str] | None:
    """What a site does under the plan, where the plan changes it."""
    if choice.kind == "repurposed":
        return ()
    return (
        MOBILE
        if choice.kind == "mobile"
        else choice.functions
        if choice.kind == "satellite"
        else None
    )
