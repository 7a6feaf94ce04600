"""The ten main screens: the address of each, for several subjects, and who opens it.

A screen whose route this version does not have is left out, and named.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.urls import NoReverseMatch, reverse

SUBJECTS = 12
"""Of each screen about one thing: so many different things."""

SEARCHES = ("giang a", "nguyen van", "lo thi may", "vàng a páo 1987", "quang thi", "mua")

WHO = ("cdc", "tramtruong", "quantri", "giamdoc")
"""Logins of the demo, widest first; a screen is opened by the first who may."""


@dataclass(frozen=True, slots=True)
class Screen:
    name: str
    addresses: list[str] = field(default_factory=list)


def screens() -> list[Screen]:
    """The main screens, in the order of a working day."""
    return [
        Screen("board", _plain("board")),
        Screen("signals", _plain("signals")),
        Screen("signal", _of("signal", "surveillance", "Alarm", order="-raised_at")),
        Screen("line list", _plain("cases")),
        Screen("case form", _plain("case-new")),
        Screen("map", _plain("map")),
        Screen("unit", _units()),
        Screen("people search", [f"{at}?q={text}" for at in _plain("persons") for text in SEARCHES]),
        Screen("person", _of("person", "registry", "Person", order="number")),
        Screen("operations", _plain("operations")),
    ]  # fmt: skip


def _plain(route: str) -> list[str]:
    try:
        return [reverse(route)]
    except NoReverseMatch:
        return []


def _of(route: str, room: str, model: str, order: str) -> list[str]:
    """Addresses of things spread over a table."""
    rows: Any = apps.get_model(room, model).objects.order_by(order).values_list("pk", flat=True)
    step = max(1, rows.count() // SUBJECTS)
    return _each(route, list(rows[: step * SUBJECTS : step]))


def _units() -> list[str]:
    """Communes and facilities of today's map, half and half."""
    from tuyen.apps.access import clock
    from tuyen.apps.registry.queries import atlas

    map_, today = atlas(), clock.today()
    communes = map_.communes(today)
    stations = sorted(
        {place for commune in communes for place in map_.subjects(commune, "serves", today)}
    )
    half = SUBJECTS // 2
    return _each("unit", [*communes[:half], *stations[:half]])  # fmt: skip


def _each(route: str, ids: list[UUID]) -> list[str]:
    try:
        return [reverse(route, args=[id]) for id in ids]
    except NoReverseMatch:
        return []
