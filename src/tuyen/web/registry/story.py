"""The story of a unit: what happened to it, day by day, as lines with links."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from tuyen.apps.registry.queries import Atlas
from tuyen.web.registry import words
from tuyen.web.registry.unit_page import degrees
from tuyen.web.templatetags.figures import number, percent

TOLD_SINGLY = 3
"""So many relations of a kind are told one by one; more are told by their number."""


class Link(NamedTuple):
    text: str
    href: str


class Line(NamedTuple):
    """A line of a day: what, then the units it is about, then a remark."""

    text: str
    links: tuple[Link, ...] = ()
    after: str = ""


class Day(NamedTuple):
    """Everything of one day; ``on`` is None for what always held."""

    on: date | None
    title: str
    lines: tuple[Line, ...]
    tone: str


def story(atlas: Atlas, id: UUID, today: date) -> list[Day]:
    """The days on which anything happened to a unit, oldest first."""
    days = []
    for on, group in groupby(atlas.timeline(id), key=lambda happening: happening.on):
        same = list(group)
        what = {happening.what for happening in same}
        lines = [*_succession(atlas, same, on), *_facts(same), *_ties(atlas, id, same, on)]
        title, tone = _headline(what, on)
        if on is not None and on > today:
            tone = "future"
        days.append(Day(on, title, tuple(lines), tone))
    return days


def _headline(what: set[str], on: date | None) -> tuple[str, str]:
    if "closed" in what:
        return gettext("Ended"), "bad"
    if "opened" in what:
        return (gettext("Came into being") if on else gettext("From the beginning")), "good"
    if what & {"gave", "succeeded"}:
        return gettext("Reorganised"), "warn"
    if "typed" in what:
        return gettext("Became another type"), "warn"
    if "named" in what:
        return gettext("Renamed"), ""
    if what <= {"related", "relation-ended"}:
        return gettext("Relations changed"), ""
    return gettext("Changed"), ""


def _succession(atlas: Atlas, happenings: Iterable[Any], on: date | None) -> Iterator[Line]:
    for happening in happenings:
        values = happening.values
        if happening.what == "succeeded":
            then = on - timedelta(days=1) if on else None
            text = gettext("Took over {share} of").format(share=percent(values["weight"]))
            other = values["predecessor"]
            link = Link(atlas.full_name(other, then), _page(other))
        elif happening.what == "gave":
            text = gettext("Gave {share} of itself to").format(share=percent(values["weight"]))
            other = values["successor"]
            link = (
                Link(atlas.full_name(other, on), _page(other))
                if other
                else Link(gettext("no successor"), "")
            )
        else:
            continue
        said = [words.event_name(values["event"]), values["basis"]]
        yield Line(text, (link,), " · ".join(filter(None, said)))


def _facts(happenings: Iterable[Any]) -> Iterator[Line]:
    began: list[str] = []
    ended: list[str] = []
    for happening in happenings:
        values = happening.values
        if happening.what == "named":
            yield Line(
                gettext("Name: {name}").format(name=values.get("full_name") or values["name"])
            )
        elif happening.what == "typed":
            yield Line(gettext("Type: {type}").format(type=words.type_name(values["type"])))
        elif happening.what == "coded":
            yield Line(f"{words.system_name(values['system'])}: {values['code']}")
        elif happening.what == "moved":
            place = degrees(values["lat"], values["lon"])
            yield Line(gettext("Position: {place}").format(place=place))
        elif happening.what == "function-began":
            began.append(words.function_name(values["function"]))
        elif happening.what == "function-ended":
            ended.append(words.function_name(values["function"]))
    if began:
        yield Line(gettext("Functions: {names}").format(names=", ".join(began)))
    if ended:
        yield Line(gettext("No longer: {names}").format(names=", ".join(ended)))


def _ties(atlas: Atlas, id: UUID, happenings: Iterable[Any], on: date | None) -> Iterator[Line]:
    """Relations of the day: a new one with the one it takes the place of, in one line."""
    began: dict[tuple[str, bool], list[UUID]] = {}
    ended: dict[tuple[str, bool], list[UUID]] = {}
    for happening in happenings:
        side = {"related": began, "relation-ended": ended}.get(happening.what)
        if side is not None:
            values = happening.values
            inverse = values["object"] == id
            other = values["subject"] if inverse else values["object"]
            side.setdefault((values["kind"], inverse), []).append(other)
    for key in dict.fromkeys([*began, *ended]):
        kind, inverse = key
        title = words.inverse_name(kind) if inverse else words.relation_name(kind)
        new, old = began.get(key, []), ended.get(key, [])
        then = on - timedelta(days=1) if on else None
        if new:
            instead = ""
            if old and set(old) != set(new):
                instead = gettext("in place of {names}").format(names=_names(atlas, old, then))
            yield _tie(atlas, title, new, on, instead)
        else:
            yield _tie(atlas, gettext("Ended: {relation}").format(relation=title), old, then)


def _tie(atlas: Atlas, title: str, others: list[UUID], on: date | None, after: str = "") -> Line:
    if len(others) > TOLD_SINGLY:
        return Line(f"{title}: {_names(atlas, others, on)}", (), after)
    links = tuple(Link(atlas.full_name(other, on), _page(other)) for other in others)
    return Line(f"{title}:", links, after)


def _names(atlas: Atlas, units: list[UUID], on: date | None) -> str:
    if len(units) > TOLD_SINGLY:
        return ngettext("%(n)s unit", "%(n)s units", len(units)) % {"n": number(len(units))}
    return ", ".join(_as_then(atlas, unit, on) for unit in units)


def _as_then(atlas: Atlas, unit: UUID, on: date | None) -> str:
    """Its name; a unit that ended the day after is told from the one that took over its name."""
    name = atlas.full_name(unit, on)
    facts = atlas.unit(unit)
    if facts is not None and on is not None and facts.until == on + timedelta(days=1):
        return gettext("{name} (former)").format(name=name)
    return name


def _page(id: UUID) -> str:
    return reverse("unit", args=[id])
