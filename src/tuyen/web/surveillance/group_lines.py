"""A group of signals as a row and as a page: its words, its clock, its score, its picture."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.queries import MapValues, SignalGroup
from tuyen.apps.surveillance.sources.nearby import distance_km, where_is
from tuyen.kernel.signalling import Signal
from tuyen.rules import surveillance as rules
from tuyen.web import charts
from tuyen.web.surveillance import chances, filters, inbox, pictures, signal_words, words

_NEIGHBOURS = 16  # communes of the small map: the place itself and those around it
_WEEKS = 26


class Line(NamedTuple):
    """One signal of a group, said."""

    signal: Signal
    kind: str
    sentence: str
    state: str
    clock: inbox.Clock | None
    href: str


class Row(NamedTuple):
    """A group of signals, said."""

    group: SignalGroup
    title: str
    level_word: str
    state: str
    clock: inbox.Clock | None
    sentence: str
    kinds: list[tuple[str, int]]  # (word, how many), the gravest first
    href: str
    more: int
    silenced: str
    chance: str  # how often its like is false, as far as that was learnt
    below: str  # what keeps all of it from ringing


def told(group: SignalGroup, now: datetime) -> Row:
    """A group with its words."""
    counted = Counter(signal.kind for _source, signal in group.signals)
    silence = group.silenced
    return Row(
        group,
        group.head.name(words.language()),
        words.word(words.LEVEL, group.level),
        words.word(signal_words.STATE, group.state),
        clock_of(group.due_at, group.head.raised_at, now),
        signal_words.sentence(group.head),
        [(words.word(signal_words.KIND, kind), counted[kind]) for kind in group.kinds],
        address(group),
        len(group.signals) - 1,
        _("Silent until {day}: {reason}").format(
            day=f"{silence.until:%d/%m/%Y}", reason=silence.reason) if silence else "",
        chances.false_in_words(group.false_share),
        words.word(chances.BELOW, group.head.below) if group.below else "",
    )  # fmt: skip


def address(group: SignalGroup, name: str = "signal-group") -> str:
    """The page of a group, or where its answers are sent."""
    kind, _sep, code = group.subject.partition(":")
    return reverse(name, args=[group.commune, kind, code])


def lines(group: SignalGroup, now: datetime, on: date) -> list[Line]:
    """Every signal of a group, the gravest first."""
    return [
        Line(
            signal,
            words.word(signal_words.KIND, signal.kind),
            signal_words.sentence(signal),
            words.word(signal_words.STATE, signal.state),
            clock_of(signal.due_at, signal.raised_at, now),
            signal_words.address(signal, on),
        )
        for _source, signal in group.signals
    ]


def clock_of(due: datetime | None, since: datetime, now: datetime) -> inbox.Clock | None:
    """What is left of the time to answer, or by how much it is past; None: nobody has to."""
    if due is None:
        return None
    if now > due:
        return inbox.Clock(_("late by {time}").format(time=inbox.span(now, due)), "bad")
    tone = "warn" if due - now < (due - since) / 4 else "calm"
    return inbox.Clock(_("{time} left").format(time=inbox.span(due, now)), tone)


def parts(group: SignalGroup) -> list[dict[str, Any]]:
    """The score part by part: what it is, its share of the most it can give, and its points."""
    return [
        {
            "word": words.word(signal_words.PART, part),
            "share": share,
            "points": points,
            "most": points / share if share else None,
        }
        for part, share, points in group.parts
    ]


def picture(by: Actor, group: SignalGroup, linked: bool) -> Any:
    """The series that rang, beside the range that was expected."""
    title = _("{what} in {place}").format(
        what=group.head.name(words.language()), place=group.commune_name
    )
    own = next((s.series for _source, s in group.signals if s.series), ())
    if own:
        points = [charts.Week(p.label, p.value, p.low, p.high) for p in own]
        return charts.render_weekly(points, title=title, sub=_("As its own programme measures it"))
    if group.disease:
        return _weekly(by, group, title, linked)
    counted = queries.sign_counts(
        by=by, sign=group.subject.partition(":")[2], commune=group.commune, weeks=_WEEKS
    )
    weeks = [
        charts.Week(pictures.week_name(week), float(n))
        for week, n in zip(counted.weeks, counted.counts, strict=True)
    ]
    return charts.render_weekly(
        weeks, title=title, sub=_("Signals of this sign by the week it was seen"),
        unit=_("Signals"), show_key=False,
    )  # fmt: skip


def _weekly(by: Actor, group: SignalGroup, title: str, linked: bool) -> Any:
    family = (group.disease, *(d.id for d in rules.predecessors(group.disease)))
    trends = queries.weekly(
        by=by, on=by.on, weeks=_WEEKS, area=group.commune, chosen=family[:1]
    )  # fmt: skip
    if not trends:
        return ""
    since = trends[0].weeks[0].start
    marks = [
        mark
        for mark in queries.alarm_marks(by=by, since=since, area=group.commune)
        if mark.disease == group.disease
    ]
    points = pictures.weeks_of(
        trends[0], pictures.marks(marks), filters.rows if linked else None, area=group.commune
    )
    return charts.render_weekly(
        points, title=title,
        sub=_("Cases by week of onset, beside the range of the same weeks of earlier years"),
    )  # fmt: skip


def cluster_map(by: Actor, group: SignalGroup, places: Any, linked: bool) -> Any:
    """The commune and those around it by what was counted there in the last four weeks."""
    near = _around(places, group, by.on)
    first = by.on - timedelta(days=27)
    if group.disease:
        values = queries.map_values(by=by, on=by.on)
        disease = group.disease
        title = _("{what}: cases of the last 4 weeks around it").format(
            what=group.head.name(words.language())
        )
    else:
        sign = group.subject.partition(":")[2]
        counted = queries.sign_counts(by=by, sign=sign, weeks=8).by_commune
        values, disease, linked = _of_signs(places, near, counted, by.on), "", False
        title = _("{what}: signals of the last 4 weeks around it").format(
            what=group.head.name(words.language())
        )
    return pictures.choropleth(
        _only(values, near), places, disease, first, by.on, filters.rows if linked else None,
        title, f"{first:%d/%m/%Y} – {by.on:%d/%m/%Y}", chosen=str(group.commune),
        silent=bool(group.disease),
    )  # fmt: skip


def _around(places: Any, group: SignalGroup, on: date) -> list[Any]:
    """The commune and its nearest neighbours, as far as the map knows where they are."""
    here = where_is(places, group.commune, on)
    if here is None:
        return [group.commune]
    known = [(u, at) for u in places.communes(on) if (at := where_is(places, u, on)) is not None]
    known.sort(key=lambda pair: distance_km(here, pair[1]))
    return [unit for unit, _at in known[:_NEIGHBOURS]]


def _only(values: MapValues, near: Sequence[Any]) -> MapValues:
    at = [n for n, unit in enumerate(values.communes) if unit in set(near)]
    return values._replace(
        communes=[values.communes[n] for n in at],
        names=[values.names[n] for n in at],
        cases=values.cases[at],
        before=values.before[at],
        reported=values.reported[at],
    )


def _of_signs(places: Any, near: Sequence[Any], counted: Any, on: date) -> MapValues:
    cases = np.array([[counted.get(unit, 0)] for unit in near], np.int64).reshape(len(near), 1)
    return MapValues(
        on, list(near), [places.full_name(unit, on) for unit in near], ["sign"], cases,
        np.zeros_like(cases), np.ones(len(near)),
    )  # fmt: skip
