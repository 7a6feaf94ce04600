"""What the forms of training have in common: a programme as it is typed, people as they are ticked."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tuyen.apps.access import clock
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import CourseDay, Programme
from tuyen.web.access import ActorRequest
from tuyen.web.typed import whole
from tuyen.web.workforce import forms, words

_DAY = re.compile(r"^(\S+)\s+(\d{1,2})$")


def programme(given: Any) -> Programme:
    """The course that a form describes.

    Raises
    ------
    forms.Wrong
        If a day or a number cannot be read.
    """
    title, place = forms.said(given, "title", 120), forms.said(given, "place", 200)
    if len(title) < 3 or len(place) < 2:
        raise forms.Wrong(_("Write the title of the course and where it is held."))
    mark = forms.said(given, "pass_mark", 4)
    return Programme(
        title=title, place=place, days=_days(str(given.get("days", ""))),
        seats=_number(given, "seats", _("Seats"), 1, 500) or 1,
        per_unit=_number(given, "per_unit", _("Seats of one unit at most"), 0, 500) or 0,
        topics=_keys(given, "topics", "competence"), cadres=_keys(given, "cadres", "cadre"),
        organiser=forms.said(given, "organiser", 200),
        funding=forms.said(given, "funding", 40) or "state",
        pass_mark=_number(given, "pass_mark", _("Least mark"), 0, 100) if mark else None,
    )  # fmt: skip


def _days(text: str) -> tuple[CourseDay, ...]:
    """A line for each day: 07/03/2026 8."""
    found = []
    for line in text.splitlines()[:60]:
        if not line.strip():
            continue
        parts = _DAY.match(line.strip())
        if parts is None or not 1 <= int(parts[2]) <= 12:
            raise forms.Wrong(
                _(
                    "“{line}” is no day with its hours; write a line for each day: 07/03/2026 8."
                ).format(line=line.strip()[:40])
            )
        day = forms.day(parts[1], _("Days"))
        found.append(CourseDay(day=day or date.min, hours=int(parts[2])))
    if not found:
        raise forms.Wrong(_("Write at least one day with its hours."))
    return tuple(found)


def _number(given: Any, name: str, label: str, least: int, most: int) -> int | None:
    text = forms.said(given, name, 6) or "0"
    value = whole(text)
    if value is None or not least <= value <= most:
        raise forms.Wrong(_("{label}: a whole number from {least} to {most}.").format(
            label=label, least=least, most=most
        ))  # fmt: skip
    return value


def _keys(given: Any, name: str, what: str) -> tuple[str, ...]:
    known = dict(words.options(what))
    return tuple(key for key in given.getlist(name) if key in known)


def typed(row: queries.CourseRow) -> dict[str, Any]:
    """A course as its form shows it."""
    return {
        "title": row.title, "place": row.place, "organiser": row.organiser, "seats": row.seats,
        "per_unit": row.per_unit or "", "funding": row.funding,
        "pass_mark": "" if row.pass_mark is None else row.pass_mark,
        "days": "\n".join(f"{day:%d/%m/%Y} {hours}" for day, hours in row.days),
    }  # fmt: skip


def people(given: Any, name: str = "member") -> tuple[UUID, ...]:
    """The people who are ticked.

    Raises
    ------
    forms.Wrong
        If nobody is.
    """
    found = tuple(id for text in given.getlist(name) if (id := words.as_uuid(text)) is not None)
    if not found:
        raise forms.Wrong(_("Tick at least one person."))
    return found[:300]


def by_unit(members: Iterable[UUID], home: dict[UUID, UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """People by the unit that speaks for them; those who are not on the page are left out."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for id in members:
        if id in home:
            found[home[id]].append(id)
    return {unit: tuple(ids) for unit, ids in found.items()}


def choices(
    request: ActorRequest, chosen_topics: Iterable[str], chosen_cadres: Iterable[str]
) -> dict[str, Any]:
    """What the form of a course offers."""
    topics, cadres = set(chosen_topics), set(chosen_cadres)
    return {
        "units": forms.units(request, queries.TRAIN),
        "topics": [(key, name, key in topics) for key, name in words.options("competence")],
        "cadres": [(key, name, key in cadres) for key, name in words.options("cadre")],
        "fundings": words.options("funding"),
    }  # fmt: skip


def unit_of(
    request: ActorRequest, right: str, given: str
) -> tuple[UUID | None, list[tuple[UUID, str]]]:
    """The unit that is chosen among those of a right, one's own first; and all of them."""
    offered = forms.units(request, right)
    wanted = words.as_uuid(given)
    if wanted is not None and wanted in dict(offered):
        return wanted, offered
    own = [post.unit for post in request.actor.posts if post.unit in dict(offered)]
    return (own[0] if own else offered[0][0] if offered else None), offered


def mine(request: ActorRequest) -> list[dict[str, Any]]:
    """The courses that the reader is in, was in or asked for."""
    return [
        {"one": one, "state": words.SEAT[one.state], "tone": words.TONES[one.state]}
        for one in queries.my_seats(by=request.actor, on=clock.today())
    ]
