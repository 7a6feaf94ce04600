"""Telling of a sign: what the form offers somebody at a post, and what it says."""

from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance.operations import ReportSignal
from tuyen.kernel.ids import uuid7
from tuyen.rules.surveillance.signs import Sign, signs
from tuyen.web.surveillance import filters

REPORT = "surveillance.signal.report"
NUMBERS = (1, 2, 3, 5, 10, 20, 50)
_NEAR = 8  # places as large buttons; the others in a list
_VILLAGE = 4
_SOURCE_OF = {
    "village": "village", "station": "village", "satellite_point": "village", "gate": "gate",
    "school": "school", "workplace": "school",
}  # fmt: skip


class PlaceChoice(NamedTuple):
    """A place that can be tapped."""

    unit: UUID
    name: str


class Offered(NamedTuple):
    """What the form offers: for which unit, which signs first, which places first."""

    unit: UUID
    unit_name: str
    source: str
    signs: list[Sign]
    others: list[Sign]
    near: list[PlaceChoice]
    rest: list[PlaceChoice]
    search: bool  # the post reaches farther than its own places: any can be looked up


class Typed(NamedTuple):
    """What was typed, and what is wrong with it, by field."""

    draft: UUID
    payload: ReportSignal | None
    faults: dict[str, str]


def offered(by: Actor, places: Any, source: str = "") -> Offered | None:
    """The form for the reader's first post that may tell; None when no post on the map may."""
    for post in by.posts:
        scope = policies.scope(by, REPORT)
        if scope.covers(post.unit) and places.unit(post.unit) is not None:
            return _for(by, places, post.unit, scope.everything, source)
    return None


def typed(given: QueryDict, offer: Offered, places: Any, on: date) -> Typed:
    """Read the form; what is missing is said beside its field, and nothing typed is lost."""
    faults: dict[str, str] = {}
    sign = given.get("sign", "")
    if sign not in signs(on):
        faults["sign"] = _("Tap the picture of what you saw.")
    place = _place(given, places, on)
    if place is None:
        faults["place"] = _("Tap the place where it is.")
    seen = _seen(given, on)
    if seen is None:
        faults["seen_on"] = _("Write the day like 07/03/2026.")
    affected, deaths = _number(given, "affected"), _number(given, "deaths")
    if affected is None:
        affected = _number(given, "count")
    try:
        draft = UUID(given.get("draft", ""))
    except ValueError:
        draft = uuid7()
    if faults or place is None or seen is None:
        return Typed(draft, None, faults)
    whole = places.level(place) == _VILLAGE
    source = given.get("source", "") or offer.source
    payload = ReportSignal(
        sign=sign,
        source=source if source in SOURCES else offer.source,  # type: ignore[arg-type]
        seen_on=seen,
        village=place if whole else None,
        commune=None if whole else places.commune_of(place, seen) or place,
        affected=affected,
        deaths=deaths or 0,
        phone=given.get("phone", "").strip()[:30],
        reporter=given.get("reporter", "").strip()[:200],
        link=given.get("link", "").strip()[:200],
        note=given.get("note", "").strip()[:4000],
    )
    return Typed(draft, payload, faults)


SOURCES = ("village", "facility", "gate", "school", "media", "animal-health")


def _for(by: Actor, places: Any, unit: UUID, everything: bool, source: str) -> Offered:
    on = by.on
    source = source if source in SOURCES else _SOURCE_OF.get(places.type(unit, on), "facility")
    listed = signs(on)
    first = [sign for sign in listed.values() if source in sign.seen_by]
    others = [sign for sign in listed.values() if source not in sign.seen_by]
    own = [] if everything else _villages(by, places, unit)
    choices = [PlaceChoice(id, places.full_name(id, on)) for id in own]
    return Offered(
        unit, places.full_name(unit, on), source, first, others,
        choices[:_NEAR], choices[_NEAR:], search=everything,
    )  # fmt: skip


def _villages(by: Actor, places: Any, unit: UUID) -> list[UUID]:
    """One's own village first, then those of the communes of one's post, by name."""
    on = by.on
    communes = [places.commune_of(unit, on)]
    communes += [u for u in policies.scope(by, REPORT).units if places.level(u, on) == _VILLAGE - 1]
    here = [c for c in dict.fromkeys(communes) if c is not None and places.valid(c, on)]
    found = [v for c in here for v in places.inside(c, on) if places.type(v, on) == "village"]
    found.sort(key=lambda v: (v != unit, places.name(v, on)))
    return list(dict.fromkeys([*found, *here]))


def _place(given: QueryDict, places: Any, on: date) -> UUID | None:
    for name in ("elsewhere", "place"):
        try:
            id = UUID(given.get(name, ""))
        except ValueError:
            continue
        if places.unit(id) is not None:
            return id
    text = given.get("elsewhere_text", "").strip()[:200]
    found = places.find(text, on, limit=1) if text else []
    return found[0].unit if found else None


def _seen(given: QueryDict, on: date) -> date | None:
    text = given.get("seen_on", "").strip()
    if text:
        return filters.day(text)
    return on - timedelta(days=1) if given.get("seen") == "yesterday" else on


def _number(given: QueryDict, name: str) -> int | None:
    text = given.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) < 7 else None
