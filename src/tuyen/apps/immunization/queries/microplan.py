"""Who is to be expected where: the children of a unit's villages, and the plan of a year."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.expecting import grown_since
from tuyen.apps.immunization.models import Child, Status
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization.planning import (
    Load,
    Reach,
    Stop,
    Take,
    Vial,
    Village,
    kind_of,
    load,
    microplan,
    take,
)
from tuyen.engines.immunization.pooling import OnShelf, pooled, to_fetch
from tuyen.kernel import stocking
from tuyen.rules.immunization import sessions as law
from tuyen.rules.immunization.lists import vaccines
from tuyen.rules.immunization.programme import defaulter_days

READ = "immunization.session.read"
STOCK = "supply.stock.read"
_ROAD = 1.4  # roads are longer than the crow flies
_EARTH = 6371.0


class VillagePlan(NamedTuple):
    """A village in the microplan: what is expected in a year, and the sessions that answer it. Of
    villages that share a session, ``stops`` are the host's; ``held_at`` says where all of them go."""

    id: UUID
    name: str
    births: int
    children: int
    defaulters: int
    km: float | None
    kind: str
    months: tuple[int, ...]
    stops: tuple[Stop, ...]
    held_at: str


class ShelfRow(NamedTuple):
    """A vaccine of the next month of the plan: vials needed, what lies on the unit's shelf as (lot,
    vials to take, expires), the first to expire first, and what is to be fetched."""

    vaccine: str
    size: int
    needed: int
    lots: tuple[tuple[str, int, date], ...]
    fetch: int
    too_old: int


class Plan(NamedTuple):
    """The microplan of a unit. ``loads`` are the cold-box loads by month."""

    villages: tuple[VillagePlan, ...]
    loads: dict[int, Load]
    vials: dict[str, int]
    reach: Reach
    unverified: bool
    sizes: dict[str, int]  # doses in a vial: of the stock, else as the programme is supplied
    month: date | None  # the first day of the next month with sessions
    shelf: tuple[ShelfRow, ...] | None  # None: the stock is not for this reader
    supplier: str  # who the unit fetches from


class Due(NamedTuple):
    """A child who may get something on a day, with the vaccines that a session would propose."""

    person: UUID
    place: UUID | None
    vaccines: tuple[str, ...]
    late: bool


class Pack(NamedTuple):
    """What a session takes along for those expected: vials, and how full the boxes are."""

    takes: tuple[Take, ...]
    sizes: dict[str, int]
    carrier: Load
    box: Load
    vaccinators: int
    warnings: tuple[str, ...]


def plan(*, by: Actor, unit: UUID, on: date) -> Plan | None:
    """The microplan of the villages that a unit serves, those that are small pooled, against what
    lies on its shelf: eight queries. None where the reader may not see the unit's sessions."""
    if not policies.may(by, READ, unit):
        return None
    map_ = registry.atlas()
    places = _villages(map_, unit, on)
    counts = _counts(places, on)
    said, per_birth = law.planner(on), law.per_birth(on)
    reach = Reach(
        said["fixed_km"], said["mobile_km"], said["per_session"], int(said["fewest"]),
        int(said["most"]), int(said["per_vaccinator"]), int(said["helpers"]), said["short"],
    )  # fmt: skip
    stock = _stock(by, unit, on)
    sizes = {code: _size(code, stock, on) for code in per_birth}
    vials = [_vial(code, on, size) for code, size in sizes.items()]
    ways = [_km(map_.point(unit, on), map_.point(place, on)) for place in places]
    groups = pooled(
        [counts[place][0] * max(per_birth.values()) for place in places],
        [way or 0.0 for way in ways], _apart(map_, places, on), reach,
    )  # fmt: skip
    found: dict[UUID, VillagePlan] = {}
    by_month, boxes = defaultdict[int, list[Take]](list), Counter[str]()
    for group in groups:
        members = [places[n] for n in group.members]
        stops = _stops(map_, members, ways[group.members[0]], counts, vials, reach, on)
        for stop in stops:
            by_month[stop.month] += stop.takes
            boxes.update({one.vaccine: one.vials for one in stop.takes})
        at = map_.name(unit if group.station else members[0], on)
        for n, place in zip(group.members, members, strict=True):
            births, children, late = counts[place]
            found[place] = VillagePlan(
                place, map_.name(place, on), births, children, sum(late.values()), ways[n],
                kind_of(ways[group.members[0]] or 0.0, reach), tuple(stop.month for stop in stops),
                tuple(stops) if place == members[0] else (), at,
            )  # fmt: skip
    litres = law.box_litres(on)["box"]
    loads = {month: load(takes, vials, litres) for month, takes in sorted(by_month.items())}
    month = _next_month(by_month, on)
    shelf = None if stock is None or month is None else _shelf(stock, by_month, month, sizes, on)
    return Plan(
        tuple(found[place] for place in places), loads, dict(boxes), reach, True, sizes, month,
        shelf, _supplier(map_, unit, on),
    )  # fmt: skip


def _stops(
    map_: Any, members: Sequence[UUID], km: float | None, counts: Mapping[UUID, Any],
    vials: Sequence[Vial], reach: Reach, on: date,
) -> list[Stop]:  # fmt: skip
    """The sessions of a year of villages that share them; the way is the host's."""
    births = sum(counts[place][0] for place in members)
    late = sum((counts[place][2] for place in members), Counter[str]())
    if not births and not late:
        return []
    far = km is not None and km > reach.mobile_km
    months = frozenset(range(1, 13)) - (law.wet_months(on) if far else frozenset())
    name = ", ".join(map_.name(place, on) for place in members)
    village = Village(name, births, km or 0.0, months, dict(late))
    return microplan([village], law.per_birth(on), vials, reach)


def _apart(map_: Any, places: Sequence[UUID], on: date) -> dict[tuple[int, int], float]:
    """(n, m) -> km by road between two villages whose points are known."""
    points = [map_.point(place, on) for place in places]
    ways = {
        (n, m): _km(points[n], points[m])
        for n in range(len(places)) for m in range(n + 1, len(places))
    }  # fmt: skip
    return {pair: way for pair, way in ways.items() if way is not None}


def _stock(by: Actor, unit: UUID, on: date) -> list[stocking.LotAtHand] | None:
    """What the unit may use, the first to expire first; None where the reader may not ask."""
    if not policies.may(by, STOCK, unit):
        return None
    return list(stocking.usable(by, unit=unit, on=on))


def _size(code: str, stock: Iterable[stocking.LotAtHand] | None, on: date) -> int:
    """Doses in a vial as they lie on the shelf, else as the programme is supplied with them."""
    held = (one.doses_per_vial for one in stock or () if one.vaccine == code)
    return next(held, None) or vial_size(code, on)


def _next_month(months: Collection[int], on: date) -> date | None:
    """The first day of the first month with a session that has not passed."""
    ahead = sorted(months, key=lambda month: (month < on.month, month))
    if not ahead:
        return None
    return date(on.year + (ahead[0] < on.month), ahead[0], 1)


def _shelf(
    stock: Sequence[stocking.LotAtHand], by_month: Mapping[int, Sequence[Take]], month: date,
    sizes: Mapping[str, int], on: date,
) -> tuple[ShelfRow, ...]:  # fmt: skip
    """The vials of a month against the shelf. A vial has to be good until the month ends."""
    needed = Counter[str]()
    for one in by_month[month.month]:
        needed[one.vaccine] += one.vials
    last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    rows = []
    for code, size in sizes.items():
        mine = [one for one in stock if one.vaccine == code and one.vials]
        until = {one.number: one.expires_on for one in mine}
        held = [OnShelf(one.number, one.vials, (one.expires_on - on).days) for one in mine]
        told = to_fetch(needed[code], held, (last - on).days)
        if told.needed:
            lots = tuple((lot, many, until[lot]) for lot, many in told.taken)
            rows.append(ShelfRow(code, size, told.needed, lots, told.fetch, told.too_old))
    return tuple(rows)


def _supplier(map_: Any, unit: UUID, on: date) -> str:
    above = sorted(map_.related(unit, "guided_by", on), key=str)
    return map_.full_name(above[0], on) if above else ""


def due(
    *, by: Actor, unit: UUID, on: date, places: Collection[UUID] = (), limit: int = 300
) -> list[Due]:
    """Children of a unit's villages (or of some of them) who may get a dose on a day, the latest
    first; never an adult whom the register follows for a dose of their own. Two queries."""
    if not policies.may(by, READ, unit):
        return []
    mine = places or [*_villages(registry.atlas(), unit, on), unit]
    rows = Child.objects.filter(
        place_id__among=set(mine), active=True, due_on__lte=on, born_on__gt=grown_since(on)
    )
    rows = rows.order_by("past_due_on", "due_on", "person_id")
    held = fetch(rows.values_list("person_id", "place_id", "past_due_on")[: max(1, limit)])
    open_ = _open({row[0] for row in held}, on)
    return [
        Due(person, place, vaccines_for(open_[person], on), past is not None and past < on)
        for person, place, past in held
        if vaccines_for(open_[person], on)
    ]


def due_of(*, by: Actor, people: Collection[UUID], on: date) -> dict[UUID, tuple[str, ...]]:
    """What a session would propose to these people on a day: one query."""
    if not policies.scope(by, READ):
        return {}
    return {person: vaccines_for(groups, on) for person, groups in _open(set(people), on).items()}


def packed(*, by: Actor, expected: Iterable[Collection[str]], on: date) -> Pack:
    """What a session takes for those who are expected, one collection of vaccines each."""
    policies.scope(by, READ)
    people = [set(codes) for codes in expected]
    wanted = Counter(code for codes in people for code in codes)
    said, litres = law.planner(on), law.box_litres(on)
    vials = [_vial(code, on) for code in sorted(wanted)]
    takes = tuple(take(vial, float(wanted[vial.vaccine]), said["short"]) for vial in vials)
    each = int(said["per_vaccinator"])
    return Pack(
        takes, {vial.vaccine: vial.size for vial in vials}, load(takes, vials, litres["carrier"]),
        load(takes, vials, litres["box"]), max(1, -(-len(people) // each)), (),
    )  # fmt: skip


def vaccines_for(groups: Iterable[tuple[str, int | None]], on: date) -> tuple[str, ...]:
    """The vaccines for open doses (group, number): each once; a combination stands for its parts."""
    codes = dict.fromkeys(law.next_vaccine(group, number, on) for group, number in groups)
    codes.pop("", None)
    known = vaccines()
    held = {code: {one.antigen for one in known[code].antigens} for code in codes if code in known}
    return tuple(
        code for code in held
        if not any(held[code] < held[other] for other in held if other != code)
    )  # fmt: skip


def _open(people: set[UUID], on: date) -> dict[UUID, list[tuple[str, int | None]]]:
    found: dict[UUID, list[tuple[str, int | None]]] = defaultdict(list)
    if people:
        rows = Status.objects.filter(
            person__id__among=people,
            status="not_complete",
            recommended_on__lte=on,
            born_on__gt=grown_since(on),
        )
        for person, group, number in fetch(
            rows.order_by("recommended_on", "group").values_list(
                "person_id", "group", "dose_number"
            )
        ):
            found[person].append((group, number))
    return found


def _villages(map_: Any, unit: UUID, on: date) -> list[UUID]:
    """The villages that a unit serves, by name; a commune without villages stands for itself."""
    reach = [place for place in map_.reach(unit, "own", on) if map_.type(place, on) == "village"]
    if not reach:
        commune = map_.commune_of(unit, on)
        reach = [commune] if commune else []
    return sorted(reach, key=lambda place: (map_.name(place, on), place))


def _counts(places: Collection[UUID], on: date) -> dict[UUID, tuple[int, int, Counter[str]]]:
    """Place -> (births of the last year, children under five, doses to catch up by vaccine)."""
    births, children = Counter[UUID](), Counter[UUID]()
    year, five = on - timedelta(days=365), on - timedelta(days=5 * 365)
    rows = Child.objects.filter(place_id__among=set(places), active=True, born_on__gt=five)
    for place, born in fetch(rows.values_list("place_id", "born_on")):
        children[place] += 1
        births[place] += born > year
    late: dict[UUID, Counter[str]] = defaultdict(Counter)
    limit = on - timedelta(days=defaulter_days(on))
    open_ = Status.objects.filter(
        place_id__among=set(places), active=True, status="not_complete", past_due_on__lt=limit,
        born_on__gt=five,
    )  # fmt: skip
    for place, group, number in fetch(open_.values_list("place_id", "group", "dose_number")):
        if code := law.next_vaccine(group, number, on):
            late[place][code] += 1
    return {place: (births[place], children[place], late[place]) for place in places}


def vial_size(code: str, on: date) -> int:
    """Doses in the vial that the programme is supplied with, else in the smallest there is."""
    listed = vaccines().get(code)
    return law.planned_vial(code, on) or (min(listed.vials) if listed else 1)


def _vial(code: str, on: date, size: int = 0) -> Vial:
    """How a vaccine is packed, in the vial of so many doses; 0: that of the programme."""
    listed = vaccines().get(code)
    size = size or vial_size(code, on)
    kept = listed is not None and listed.open_rule == "keep"
    return Vial(code, size, law.packed_cc(size, on), kept)


def _km(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    """Kilometres by road, reckoned from the distance as the crow flies."""
    if one is None or other is None:
        return None
    (lon1, lat1), (lon2, lat2) = (map(radians, point) for point in (one, other))
    a = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * _EARTH * asin(sqrt(a)) * _ROAD, 1)
