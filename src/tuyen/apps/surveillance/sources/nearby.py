"""What stands near a signal, as far as the map and the event signals know: water, food, animals.

The rooms of water and food will tell more; each registers a teller of its own topic.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import EventSignal
from tuyen.apps.surveillance.sources.events import visible
from tuyen.kernel.refusal import N_
from tuyen.kernel.signalling import Fact, Near, tells_of
from tuyen.rules.surveillance.signs import LANGUAGES, name_of, signs

_EARTH_KM = 6371.0088
_MOST = 4  # of each topic: a list is read, not searched
_SERVES = N_("water supply of the map")
_SCHOOL = N_("where many eat together: school")
_WORKPLACE = N_("where many eat together: workplace")
_SEEN = N_("{sign}, seen {seen}")
_KITCHENS = {"school": _SCHOOL, "workplace": _WORKPLACE}
_BAD_WATER, _MEAL = frozenset({"bad-water"}), frozenset({"food-poisoning"})

Place = tuple[float, float]


@tells_of("water")
def water(by: Actor, near: Near) -> list[Fact]:
    """Water supplies of the map, and signs of bad water."""
    return [
        *_units("water", near, {"water_supply": _SERVES}),
        *_seen("water", by, near, _BAD_WATER),
    ]


@tells_of("food")
def food(by: Actor, near: Near) -> list[Fact]:
    """Where many eat together, and meals after which several were ill."""
    return [*_units("food", near, _KITCHENS), *_seen("food", by, near, _MEAL)]


@tells_of("animals")
def animals(by: Actor, near: Near) -> list[Fact]:
    """Signs seen on animals, or on people after contact with them."""
    about = {code for code, sign in signs(near.on).items() if sign.about == "animals"}
    return list(_seen("animals", by, near, about | {"mad-dog-bite", "ill-after-animals"}))


def where_is(map_: Any, unit: UUID | None, on: Any) -> Place | None:
    """(longitude, latitude) of a unit: its point, else the middle of its outline."""
    if unit is None:
        return None
    if (point := map_.point(unit, on)) is not None:
        return (float(point[0]), float(point[1]))
    ring = _first_ring(map_.boundary(unit, on))
    if not ring:
        return None
    return (sum(at[0] for at in ring) / len(ring), sum(at[1] for at in ring) / len(ring))


def distance_km(one: Place, other: Place) -> float:
    """The great-circle distance of two places (longitude, latitude), by the haversine.

    >>> round(distance_km((105.85, 21.03), (103.02, 21.39)))
    296
    """
    (lon1, lat1), (lon2, lat2) = (tuple(map(radians, at)) for at in (one, other))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, h)))


def _units(topic: str, near: Near, types: dict[str, str]) -> list[Fact]:
    """The nearest units of some types, wherever they lie within reach of the commune."""
    map_ = places.atlas()
    here = where_is(map_, near.commune, near.on)
    facts = []
    for type, message in types.items():
        for unit in map_.units(type=type, on=near.on):
            km = _between(map_, here, unit, near)
            if km is not None:
                facts.append(Fact(topic, map_.full_name(unit, near.on), km, message))
    return sorted(facts, key=lambda fact: fact.distance_km or 0.0)[:_MOST]


def _seen(topic: str, by: Actor, near: Near, codes: Collection[str]) -> Iterator[Fact]:
    """Event signals of some signs near by, the newest of each place: one query."""
    map_ = places.atlas()
    here = where_is(map_, near.commune, near.on)
    rows = (
        EventSignal.objects.filter(visible(by), sign__in=list(codes), seen_on__lte=near.on)
        .filter(seen_on__gt=near.on - timedelta(days=near.days))
        .exclude(state__in=("discarded", "duplicate"))
        .order_by("-seen_on", "id")
        .values_list("id", "sign", "commune_id", "village_id", "seen_on")[:200]
    )
    told = 0
    for _id, sign, commune, village, seen in rows:
        km = _between(map_, here, village or commune, near, commune)
        if km is None or told == _MOST:
            continue
        told += 1
        place = map_.full_name(village or commune, seen)
        names = {language: name_of(sign, language) for language in LANGUAGES}
        yield Fact(topic, place, km, _SEEN, {"sign": names, "seen": seen})


def _between(
    map_: Any, here: Place | None, unit: UUID, near: Near, commune: UUID | None = None
) -> float | None:
    """Kilometres to a unit within reach; 0 for what lies in the same commune and has no place."""
    there = where_is(map_, unit, near.on)
    if here is not None and there is not None:
        km = distance_km(here, there)
        return km if km <= near.km or _same(map_, unit, near) else None
    return 0.0 if _same(map_, commune or unit, near) else None


def _same(map_: Any, unit: UUID, near: Near) -> bool:
    commune = map_.commune_of(unit, near.on) or unit
    return bool(map_.standing_for(commune, near.on) == near.commune)


def _first_ring(geometry: Any) -> list[Any]:
    if not geometry:
        return []
    coordinates = geometry.get("coordinates", ())
    if geometry.get("type") == "MultiPolygon" and coordinates:
        coordinates = coordinates[0]
    return list(coordinates[0]) if coordinates else []
