"""Alarms as people meet them: the sentence, the clock, and those of one event together."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.surveillance.queries import AlarmRow
from tuyen.web.surveillance import words


class Clock(NamedTuple):
    """How long somebody has to answer, or has been late."""

    text: str
    tone: str  # calm, warn, bad, good


class Told(NamedTuple):
    """An alarm with its words."""

    row: AlarmRow
    level: str
    level_word: str
    sentence: str
    disease: str
    state: str
    clock: Clock


class Group(NamedTuple):
    """The alarms of one disease in one commune, the gravest first."""

    disease: str
    commune: UUID
    commune_name: str
    head: Told
    rest: tuple[Told, ...]

    @property
    def all(self) -> tuple[Told, ...]:
        return (self.head, *self.rest)


_ORDER = {"epidemic": 0, "alert": 1, "signal": 2, "ended": 3}


def tell(rows: Iterable[AlarmRow], now: datetime) -> list[Told]:
    """The alarms with their words, in the order given."""
    return [
        Told(
            row,
            level := words.level(row),
            words.word(words.LEVEL, level),
            words.explained(row.sentence),
            row.disease_name(words.language()),
            words.word(words.STATE, row.state),
            clock_of(row, now),
        )
        for row in rows
    ]


def grouped(told: Sequence[Told]) -> list[Group]:
    """One group for each disease and commune: by the gravest alarm in it, then the newest."""
    held: dict[tuple[str, UUID], list[Told]] = {}
    for one in told:
        held.setdefault((one.row.disease, one.row.commune), []).append(one)
    groups = []
    for (_disease, commune), members in held.items():
        members.sort(key=lambda one: (_ORDER[one.level], -one.row.raised_at.timestamp()))
        head, *rest = members
        groups.append(
            Group(head.disease, commune, head.row.commune_name, head, tuple(rest))
        )  # fmt: skip
    groups.sort(key=lambda g: (_ORDER[g.head.level], -g.head.row.raised_at.timestamp()))
    return groups


def clock_of(row: AlarmRow, now: datetime) -> Clock:
    """The clock of an alarm: what is left of its time, or by how much it is past."""
    if row.closed_on is not None:
        return Clock(_("closed {day}").format(day=f"{row.closed_on:%d/%m/%Y}"), "calm")
    if row.answered_at is not None:
        return Clock(
            _("answered after {time}").format(time=span(row.answered_at, row.raised_at)), "good"
        )
    if now > row.due_at:
        return Clock(_("late by {time}").format(time=span(now, row.due_at)), "bad")
    left = row.due_at - now
    tone = "warn" if left < (row.due_at - row.raised_at) / 4 else "calm"
    return Clock(_("{time} left").format(time=span(row.due_at, now)), tone)


def span(until: datetime, since: datetime) -> str:
    """A length of time in its largest unit: minutes, hours up to two days, then days."""
    minutes = max(0, int((until - since).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
