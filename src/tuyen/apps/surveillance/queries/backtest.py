"""What the detectors would have said last year, at the thresholds in use and at any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q, Sum
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import kept, places, thresholds
from tuyen.apps.surveillance.forecast_record import Record, record
from tuyen.apps.surveillance.models import Alarm, Count, Outbreak, OutbreakPlace
from tuyen.apps.surveillance.recalling import LAW, Recalled, recall
from tuyen.apps.surveillance.selection import COUNTS
from tuyen.engines.surveillance import backtest as engine
from tuyen.kernel.period import Period
from tuyen.rules import surveillance as rules

Ints = NDArray[np.int64]
LEVELS = (0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0001, 0.00001, 0.000001)
DISMISSED, UNSAID = -1, 0
_MET = 1.0  # of the score of a rule that is met or not


class Measured(NamedTuple):
    """One rule in one class of communes at one level; None where nothing can be said."""

    rule: str
    size: str  # empty: all communes
    communes: int
    level: float | None  # None: a rule of law, which has no level
    per_week: float
    sensitivity: float | None  # of the injected outbreaks
    at_once: float | None  # of them, in their first week
    days: float | None  # mean, from the Monday of the first onset to the end of the week that rang
    alarms: int
    right: int  # alarms in an outbreak, or that somebody verified
    wrong: int  # dismissed

    @property
    def ppv(self) -> tuple[float, float] | None:
        """Least and most: of the alarms that nobody judged none, or all, may be right."""
        if not self.alarms:
            return None
        return self.right / self.alarms, 1 - self.wrong / self.alarms


class Ring(NamedTuple):
    """An alarm that a level would have given last year."""

    commune: UUID
    week: Period
    cases: int
    level: float  # the p-value of the week: it rings at every level above
    said: int  # DISMISSED, UNSAID, or 1 and more: the outbreak it lay in


@dataclass(frozen=True, slots=True)
class Backtest:
    """One disease over the last 52 finished weeks, in the reader's communes."""

    recalled: Recalled
    said: Ints  # (n, 52) as in Ring
    decided: thresholds.Decided
    cases: int

    @property
    def methods(self) -> list[str]:
        """The rules in use."""
        return list(self.recalled.scores)

    def in_use(self, rule: str, size: str = "") -> tuple[float | None, thresholds.Point | None]:
        """The level of the communes of a size (of most of them), and who decided it."""
        at = [self.decided.at(rule, self.recalled.disease, commune) for commune in self._of(size)]
        most = max(at, key=at.count) if at else None
        level = most.level if most else thresholds.shipped(rule, self.recalled.on)
        return (None if rule == LAW else level), most

    def sizes(self) -> list[str]:
        """The classes of communes that there are."""
        return [size for size in thresholds.SIZES if size in self.recalled.sizes]

    def table(self, rule: str, size: str, levels: Sequence[float]) -> list[Measured]:
        """The rule at each of some levels."""
        rows = np.array([size in ("", one) for one in self.recalled.sizes], bool)
        real, said = self.recalled.scores[rule][rows], self.said[rows]
        trials = (
            self.recalled.trials[rule][rows[self.recalled.hit]] if rows.size else np.empty((0, 1))
        )
        marks = np.array([_MET] if rule == LAW else [_score(level) for level in levels])
        prepared = engine.prepare(
            real, np.zeros(len(real), np.int64), trials, np.zeros(len(trials), np.int64), strata=1,
            outbreak=_apart(np.maximum(said, 0)),
        )  # fmt: skip
        found = engine.at(prepared, marks)
        answers = []
        for g, mark in enumerate(marks.tolist()):
            rings = real >= mark
            answers.append(Measured(
                rule, size, int(rows.sum()), None if rule == LAW else levels[g],
                float(found.alarms_per_week[0, g]), _plain(found.sensitivity[0, g]),
                _plain(found.at_once[0, g]), _plain(found.days[0, g]), int(rings.sum()),
                int((rings & (said > 0)).sum()), int((rings & (said == DISMISSED)).sum()),
            ))  # fmt: skip
        return answers

    def overview(self) -> list[Measured]:
        """Every rule in every class of communes at the level in use there."""
        answers = []
        for rule in self.methods:
            for size in self.sizes():
                level, _ = self.in_use(rule, size)
                answers += self.table(rule, size, [level or LEVELS[0]])[:1]
        return answers

    def rings(self, rule: str, size: str, level: float) -> list[Ring]:
        """The alarms that a level would have given, newest first."""
        mark = _MET if rule == LAW else _score(level)
        scores, found = self.recalled.scores[rule], []
        for n, t in np.argwhere(scores >= mark).tolist():
            if size in ("", self.recalled.sizes[n]):
                found.append(Ring(
                    self.recalled.communes[n], self.recalled.weeks[t],
                    int(self.recalled.counts[n, t]), float(10.0 ** -scores[n, t]), int(self.said[n, t]),
                ))  # fmt: skip
        return sorted(found, key=lambda ring: (ring.week.start, -ring.cases), reverse=True)

    def choose(self, rule: str, size: str, per_week: float) -> Measured | None:
        """The loosest of LEVELS that rings at most so often; None where even the strictest does not."""
        within = [one for one in self.table(rule, size, LEVELS) if one.per_week <= per_week]
        return max(within, key=lambda one: one.level or 0.0) if within else None

    def _of(self, size: str) -> list[UUID]:
        return [
            commune
            for commune, one in zip(self.recalled.communes, self.recalled.sizes, strict=True)
            if size in ("", one)
        ]


def backtest(*, by: Actor, disease: str, on: date, cases: int = 10) -> Backtest:
    """Last year judged again, with outbreaks of ``cases`` cases laid over it.

    Kept until a case or the map changes, so that another level is only another look. A constant
    number of queries.
    """
    map_, scope = places.atlas(), policies.scope(by, COUNTS)
    question = ("backtest", scope, disease, on, cases)
    recalled = kept.answer(map_, question, lambda: recall(by, disease, on, cases))
    said = _said(map_, recalled)
    return Backtest(recalled, said, thresholds.Decided(map_, on), cases)


def busiest(*, by: Actor, on: date) -> str | None:
    """The listed disease with the most cases of the last year in the reader's communes: one query."""
    listed = {disease.id for disease in rules.diseases(on)}
    seen = (
        Count.objects.filter(
            policies.scope(by, COUNTS).where("commune_id"), day__gt=on - timedelta(days=365),
            disease__in=listed,
        )
        .values_list("disease")
        .annotate(total=Sum("cases"))
        .order_by("-total", "disease")
    )  # fmt: skip
    found = seen.first()
    return found[0] if found else None


def forecast_record(*, by: Actor, disease: str, on: date) -> Record | None:
    """How a year of forecasts of a disease kept its word, in all of the reader's communes together."""
    question = ("forecast-record", policies.scope(by, COUNTS), disease, on)
    return kept.answer(places.atlas(), question, lambda: record(by, disease, on))


def _said(map_: Any, recalled: Recalled) -> Ints:
    """(n, 52) what people said of each week: in an outbreak (its number), dismissed, or nothing."""
    at = {commune: n for n, commune in enumerate(recalled.communes)}
    said = np.zeros((len(recalled.communes), len(recalled.weeks)), np.int64)
    first, last = recalled.weeks[0].start, recalled.weeks[-1].end
    answered = _alarms(recalled.disease, first, last)
    for commune, since, until, state in answered:
        row = at.get(map_.standing_for(commune, recalled.on))
        if row is not None and state == "dismissed":
            part = said[row, _columns(recalled, since, until)]
            said[row, _columns(recalled, since, until)] = np.where(part == UNSAID, DISMISSED, part)
    number = 0
    spans = [row[:3] for row in answered if row[3] != "dismissed"]
    spans += _outbreaks(recalled.disease, first, last)
    for commune, since, until in sorted(spans, key=lambda span: (str(span[0]), span[1])):
        row = at.get(map_.standing_for(commune, recalled.on))
        if row is None:
            continue
        columns = _columns(recalled, since, until)
        met = said[row, columns]
        known = met[met > 0]
        number += not known.size
        said[row, columns] = known[0] if known.size else number
    return said


def _alarms(disease: str, first: date, last: date) -> list[tuple[UUID, date, date, str]]:
    """Alarms that somebody called right or wrong."""
    said = Alarm.objects.filter(
        disease=disease, since__lte=last, until__gte=first,
        state__in=("verified", "outbreak", "dismissed"),
    ).order_by("since", "id")  # fmt: skip
    return fetch(said.values_list("commune_id", "since", "until", "state"))


def _outbreaks(disease: str, first: date, last: date) -> list[tuple[UUID, date, date]]:
    rows = Outbreak.objects.filter(
        Q(closed_on=None) | Q(closed_on__gte=first), disease=disease, since__lte=last
    )
    spans = {id: (since, closed or last) for id, since, closed in
             rows.values_list("id", "since", "closed_on")}  # fmt: skip
    inside = OutbreakPlace.objects.filter(outbreak_id__in=list(spans)) if spans else None
    pairs = inside.values_list("outbreak_id", "commune_id") if inside is not None else ()
    return [(commune, *spans[outbreak]) for outbreak, commune in pairs]


def _columns(recalled: Recalled, since: date, until: date) -> slice:
    first = recalled.weeks[0].start
    start = max((since - first).days // 7, 0)
    return slice(start, max((until - first).days // 7 + 1, start))


def _apart(said: Ints) -> Ints:
    """Numbers of outbreaks that are never the same in two communes."""
    most = int(said.max(initial=0)) + 1
    rows = np.arange(said.shape[0])[:, None]
    return np.where(said > 0, said + rows * most, 0)


def _score(level: float) -> float:
    return float(-np.log10(level))


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
