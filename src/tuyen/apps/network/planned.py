"""A plan on the map: which commune a site lies in afterwards, what breaks a rule, and the one decision
of the registry that the plan becomes. Nothing is written here, and nobody is asked."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import structs

from tuyen.apps.network import places
from tuyen.apps.network.operations import MergedCommune, Move, Pin, SiteChoice, Wishes
from tuyen.apps.network.refusals import (
    CommuneWithoutStation,
    DestinationMissing,
    FundListMissing,
    FundTwice,
    MergedTwice,
    MoveNowhere,
    MoveTwice,
    NoSites,
    NoSuchCommune,
    NoSuchSite,
    PinBroken,
    PinnedTwice,
    SiteTwice,
    StationElsewhere,
    TwoMainStations,
    UnknownFunction,
    UnknownFund,
)
from tuyen.apps.registry.operations import Code, Conversion, Gift, Link, Opening, Reorganise, Tie
from tuyen.engines.network.suitability import inside
from tuyen.kernel.refusal import Refusal
from tuyen.rules import network as rules
from tuyen.rules.registry import lists

PLANNED = ("station", "satellite_point")
"""Types of units that a plan decides about."""
MOBILE = ("mobile_clinic", "immunisation")
"""Functions of a place that is a stop of a mobile team alone."""
FULL = (
    "examination",
    "emergency",
    "immunisation",
    "prevention",
    "maternal_child",
    "chronic",
    "pharmacy",
)
"""Functions of a point that becomes the main station."""
POINT = ("examination", "immunisation", "prevention", "chronic")
"""What a satellite point is taken to do where nobody wrote down its functions."""


class Choice(NamedTuple):
    """What a site becomes; ``functions`` of a satellite point, None: those it has."""

    kind: str
    destination: str = ""
    functions: tuple[str, ...] | None = None


def choice_of(row: Sequence[Any]) -> Choice:
    """A choice as it is kept in the row of its plan."""
    kind, destination, *functions = row
    return Choice(kind, destination, tuple(functions[0]) if functions else None)


def row_of(choice: Choice) -> list[Any]:
    """The choice as it is kept; functions stand there only where somebody chose them."""
    functions = [] if choice.functions is None else [list(choice.functions)]
    return [choice.kind, choice.destination, *functions]


class Drawn(NamedTuple):
    """A plan as plain values."""

    on: date
    basis: str
    sites: Mapping[UUID, Choice]
    merges: Sequence[MergedCommune]
    pins: Sequence[Pin] = ()

    @property
    def day(self) -> date:
        """The last day of the map that the plan starts from."""
        return self.on - timedelta(days=1)


class Broken(NamedTuple):
    """A rule that a plan breaks; with ``must`` it cannot be put forward so."""

    refusal: Refusal
    must: bool
    commune: UUID | None


def candidates(on: date) -> list[UUID]:
    """The sites that a plan for a day decides about: those that stand the day before."""
    atlas, day = places.atlas(), on - timedelta(days=1)
    return [id for id in atlas.units(PLANNED, day) if atlas.commune_of(id, day) is not None]


def present(on: date) -> dict[UUID, Choice]:
    """The sites as they are the day before."""
    atlas, day = places.atlas(), on - timedelta(days=1)
    return {
        id: Choice("main" if atlas.type(id, day) == "station" else "satellite")
        for id in candidates(on)
    }


def check(on: date, sites: Sequence[SiteChoice], merges: Sequence[MergedCommune]) -> None:
    """Refuse sites and communes that are not there, or stand twice."""
    atlas, day = places.atlas(), on - timedelta(days=1)
    known, seen = set(candidates(on)), set()
    if not known:
        raise NoSites(on=day)
    for one in sites:
        if one.unit in seen:
            raise SiteTwice(name=places.name(one.unit, day))
        if one.unit not in known:
            raise NoSuchSite(name=places.name(one.unit, day), on=day)
        _check_functions(one, day)
        seen.add(one.unit)
    communes, taken = set(atlas.communes(day)), set()
    for merge in merges:
        for commune in merge.of:
            if commune not in communes:
                raise NoSuchCommune(name=places.name(commune, day), on=day)
            if commune in taken:
                raise MergedTwice(name=places.name(commune, day))
            taken.add(commune)


def _check_functions(one: SiteChoice, day: date) -> None:
    """Refuse a point that is to do what is on no list of the map."""
    for function in one.functions or ():
        if function not in lists.functions():
            known = ", ".join(sorted(lists.functions()))
            raise UnknownFunction(name=places.name(one.unit, day), value=function, known=known)


def does(site: UUID, day: date) -> tuple[str, ...]:
    """What a site does on a day; what its type is taken to do where nobody wrote it down."""
    atlas = places.atlas()
    usual = FULL if atlas.type(site, day) == "station" else POINT
    return tuple(atlas.functions(site, day)) or usual


MEETS = {"open": ("main", "satellite"), "close": ("repurposed",)}
"""What a site may become under a pin that leaves a choice, or has another word for it."""


def check_wishes(on: date, wishes: Wishes | None) -> None:
    """Refuse pins of sites that are not there or stand twice, and sources that nobody knows."""
    if wishes is None:
        return
    day = on - timedelta(days=1)
    sites, seen = set(candidates(on)), set()
    for pin in wishes.pins:
        if pin.unit in seen:
            raise PinnedTwice(name=places.name(pin.unit, day))
        if pin.unit not in sites:
            raise NoSuchSite(name=places.name(pin.unit, day), on=day)
        seen.add(pin.unit)
    known, held = rules.funds(on), set()
    for one in wishes.funds:
        if one.fund not in known:
            raise UnknownFund(value=one.fund, on=on, known=", ".join(known))
        if one.fund in held:
            raise FundTwice(value=one.fund)
        if known[one.fund].listed is not None and one.sites is None:
            raise FundListMissing(value=one.fund)
        for site in one.sites or ():
            if site not in sites:
                raise NoSuchSite(name=places.name(site, day), on=day)
        held.add(one.fund)


def check_moves(plan: Drawn, moves: Sequence[Move]) -> None:
    """Refuse what moves from sites that are not in the plan, to sites that it closes, or twice."""
    seen = set()
    for one in moves:
        name = places.name(one.site, plan.day)
        if one.site not in plan.sites:
            raise NoSuchSite(name=name, on=plan.day)
        named = one.kind == "people" and one.member is not None
        key = (
            one.site if one.kind == "people" and not named else None, one.kind,
            str(one.member) if named else one.what,
        )  # fmt: skip
        if key in seen:
            raise MoveTwice(what=one.what, name=name)
        seen.add(key)
        there = plan.sites.get(one.to) if one.to is not None else Choice("main")
        if there is None or there.kind not in ("main", "satellite") or one.to == one.site:
            raise MoveNowhere(what=one.what, name=name, to=places.name(one.to, plan.day))


def becomes(plan: Drawn) -> dict[UUID, UUID]:
    """Each commune of the map before -> the commune that it is afterwards."""
    found = {id: id for id in places.atlas().communes(plan.day)}
    for merge in plan.merges:
        for commune in merge.of:
            found[commune] = merge.id
    return found


def communes_after(plan: Drawn) -> dict[UUID, UUID]:
    """Each site of the plan -> its commune afterwards."""
    atlas, later = places.atlas(), becomes(plan)
    return {
        site: later[home]
        for site in plan.sites
        if (home := atlas.commune_of(site, plan.day)) in later
    }


def commune_name(plan: Drawn, commune: UUID) -> str:
    """What a commune of the plan is called, also one that it opens."""
    for merge in plan.merges:
        if merge.id == commune:
            return merge.full_name or merge.name
    return places.name(commune, plan.day)


def mains(plan: Drawn) -> dict[UUID, list[UUID]]:
    """Commune afterwards -> its main stations; every commune stands here."""
    found: dict[UUID, list[UUID]] = {id: [] for id in becomes(plan).values()}
    for site, commune in communes_after(plan).items():
        if plan.sites[site].kind == "main":
            found[commune].append(site)
    return found


def broken(plan: Drawn) -> list[Broken]:
    """The rules that a plan breaks, those that must hold first."""
    found = []
    for commune, stations in mains(plan).items():
        name = commune_name(plan, commune)
        if not stations:
            found.append(Broken(CommuneWithoutStation(name=name), True, commune))
        elif len(stations) > 1:
            found.append(Broken(TwoMainStations(name=name, number=len(stations)), True, commune))
    homes = communes_after(plan)
    for site, choice in plan.sites.items():
        if choice.kind == "repurposed" and not choice.destination:
            refusal = DestinationMissing(name=places.name(site, plan.day))
            found.append(Broken(refusal, True, homes.get(site)))
    for pin in plan.pins:
        kind = plan.sites[pin.unit].kind if pin.unit in plan.sites else ""
        if kind not in MEETS.get(pin.must, (pin.must,)):
            name = places.name(pin.unit, plan.day)
            broken_pin = PinBroken(name=name, must=pin.must, reason=pin.reason, kind=kind)
            found.append(Broken(broken_pin, True, homes.get(pin.unit)))
    found += _elsewhere(plan, homes)
    return found


def _elsewhere(plan: Drawn, homes: Mapping[UUID, UUID]) -> Iterator[Broken]:
    """Main stations whose coordinates lie outside the outline of their commune."""
    atlas = places.atlas()
    for site, choice in plan.sites.items():
        if choice.kind != "main":
            continue
        home, point = atlas.commune_of(site, plan.day), atlas.point(site, plan.day)
        outline = atlas.boundary(home, plan.day) if home and point else None
        if outline and not inside(point, _rings(outline)):
            names = {"name": places.name(site, plan.day), "commune": places.name(home, plan.day)}
            yield Broken(StationElsewhere(**names), False, homes.get(site))


def _rings(outline: Any) -> list[Any]:
    parts = outline["coordinates"]
    polygons = [parts] if outline["type"] == "Polygon" else parts
    return [ring for polygon in polygons for ring in polygon]


def decision(plan: Drawn, sizes: Mapping[UUID, int]) -> Reorganise:
    """The one reorganisation that a plan becomes: its communes, conversions, closings and relations.

    Parameters
    ----------
    sizes
        People of each commune of the map before, so that figures are led back by people.
    """
    atlas, homes = places.atlas(), communes_after(plan)
    main_of = {commune: stations[0] for commune, stations in mains(plan).items() if stations}
    converts: list[Conversion] = []
    relates: list[Link] = []
    gives = list(_merging(plan, sizes))
    for site, choice in plan.sites.items():
        commune = homes.get(site)
        main = main_of.get(commune) if commune else None
        if main is None or commune is None:
            continue
        station = atlas.type(site, plan.day) == "station"
        if choice.kind == "repurposed":
            gives.append(Gift(predecessor=site, successor=main, main=True))
        elif choice.kind == "main":
            if not station:
                converts.append(_promoted(plan, site, commune, main_of))
                relates += _ties_of(plan, site, commune, homes)
            relates.append(Link(subject=site, kind="serves", object=commune))
        elif station:
            converts.append(Conversion(
                unit=site, type="satellite_point", satellite_of=main, posts_follow=True,
                functions=_given(choice), **_demoted(plan, site),
            ))  # fmt: skip
        else:
            if (given := _given(choice)) is not None:
                converts.append(Conversion(unit=site, type="satellite_point", functions=given))
            if main not in atlas.related(site, "satellite_of", plan.day):
                relates.append(Link(subject=site, kind="satellite_of", object=main))
    return Reorganise(
        on=plan.on, basis=plan.basis, opens=tuple(_openings(plan)), gives=tuple(gives),
        converts=tuple(converts), relates=tuple(relates),
    )  # fmt: skip


def _given(choice: Choice) -> tuple[str, ...] | None:
    """The functions that the decision gives a point; None: it keeps what it has."""
    return MOBILE if choice.kind == "mobile" else choice.functions


def same_decision(one: Reorganise, other: Reorganise) -> bool:
    """Whether two decisions do the same to the map, whatever share of people they reckon with."""
    return _bare(one) == _bare(other)


def _bare(decision: Reorganise) -> Reorganise:
    gives = tuple(structs.replace(gift, weight_back=None) for gift in decision.gives)
    return structs.replace(decision, gives=gives, proposal=None, basis="-")


def _above(commune: UUID, plan: Drawn) -> UUID | None:
    """The area in which a new commune lies: that of the first of its own that is still there that day."""
    atlas = places.atlas()
    areas = atlas.areas_above(commune, plan.day)
    return next((area for area in areas if atlas.valid(area, plan.on)), None)


def _openings(plan: Drawn) -> Iterator[Opening]:
    for merge in plan.merges:
        above = _above(merge.of[0], plan)
        codes = (Code(system="administrative.commune", code=merge.code),) if merge.code else ()
        yield Opening(
            id=merge.id, type=merge.type, name=merge.name, full_name=merge.full_name, codes=codes,
            relations=(Tie(kind="lies_in", object=above),) if above else (),
        )  # fmt: skip


def _merging(plan: Drawn, sizes: Mapping[UUID, int]) -> Iterator[Gift]:
    for merge in plan.merges:
        total = sum(sizes.get(commune, 0) for commune in merge.of)
        known = total > 0 and all(sizes.get(commune) for commune in merge.of)
        for commune in merge.of:
            back = round(sizes[commune] / total, 9) if known else None
            yield Gift(predecessor=commune, successor=merge.id, weight_back=back, main=True)


def _promoted(plan: Drawn, site: UUID, commune: UUID, main_of: Mapping[UUID, UUID]) -> Conversion:
    name = f"Trạm Y tế {_lower(commune_name(plan, commune))}"
    held = places.atlas().functions(site, plan.day)
    functions = tuple(dict.fromkeys([*held, *FULL]))
    return Conversion(unit=site, type="station", name=name, full_name=name, functions=functions)


def _demoted(plan: Drawn, site: UUID) -> dict[str, str]:
    """The name of a station that becomes a point, where it is called a station."""
    old = places.name(site, plan.day)
    for word in ("Trạm Y tế xã ", "Trạm Y tế phường ", "Trạm Y tế thị trấn ", "Trạm Y tế "):
        if old.startswith(word):
            name = f"Điểm trạm {old[len(word) :]}"
            return {"name": name, "full_name": name}
    return {}


def _ties_of(plan: Drawn, site: UUID, commune: UUID, homes: Mapping[UUID, UUID]) -> Iterator[Link]:
    """Owner and guide of a new main station: those of the station that it stands in place of."""
    atlas, later = places.atlas(), becomes(plan)
    held = {tie.kind for tie in atlas.relations(site, plan.day) if tie.subject == site}
    former = [s for s, home in homes.items() if home == commune
              and atlas.type(s, plan.day) == "station"]  # fmt: skip
    for kind in ("owned_by", "guided_by"):
        if kind in held:
            continue
        objects = (id for s in former for id in atlas.related(s, kind, plan.day))
        for id in list(dict.fromkeys(later.get(o, o) for o in objects))[:1]:
            if id not in plan.sites:
                yield Link(subject=site, kind=kind, object=id)


def _lower(name: str) -> str:
    """ "Xã Nà Hỳ" within a name: "xã Nà Hỳ"."""
    return name[:1].lower() + name[1:]


def grouped(homes: Mapping[UUID, UUID]) -> dict[UUID, list[UUID]]:
    """Commune afterwards -> its sites."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for site, commune in homes.items():
        found[commune].append(site)
    return found
