"""Last year as it was known week by week, and what each detector would have said of it.

Every week is judged as it stood at its end, by the counts known then (:mod:`queries.asof`), and
again in the two weeks after, as the night's scan does. Outbreaks of a stated size are laid over it
and reported with the disease's own delays. The scores are kept: another threshold is another look.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Min
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places, seasonal, thresholds
from tuyen.apps.surveillance.epidemics import Marks
from tuyen.apps.surveillance.models import Count
from tuyen.apps.surveillance.queries import asof
from tuyen.apps.surveillance.windows import EARS_JUDGED, Plan
from tuyen.engines.surveillance import ears, farrington, injection, law
from tuyen.engines.surveillance.farrington_control import Control
from tuyen.engines.surveillance.farrington_window import Calendar
from tuyen.kernel.period import Period
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import Detectors, detectors

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WEEKS, TRIALS, SEED = 52, 240, 20250701
LAW = "AL-B1"
_SPAN = 6  # weeks of an injected outbreak that are judged
_DELAYS = 8  # weeks of delay told apart
_SURE = 300.0  # the score of a rule that is met or not, and of a p-value of 0


class Recalled(NamedTuple):
    """One disease in n communes over the last 52 finished weeks."""

    disease: str
    on: date
    weeks: list[Period]  # (52,)
    communes: list[UUID]  # (n,)
    sizes: list[str]  # (n,)
    counts: Ints  # (n, 52) as known at the end of each week
    scores: dict[str, Floats]  # by rule (n, 52): the loudest -log10 p; NaN where not judged
    trials: dict[str, Floats]  # by rule (k, span): that of each week since the outbreak began
    hit: Ints  # (k,) the commune each outbreak was laid over


def recall(by: Actor, disease: str, on: date, cases: int) -> Recalled:
    """Judge last year again, with outbreaks of ``cases`` cases laid over it.

    A constant number of queries; some tens of milliseconds of computing a week.
    """
    map_, settings = places.atlas(), detectors(on)
    last = Period.of("week", on).previous()
    weeks = Period.range("week", last.start - timedelta(weeks=WEEKS - 1), last.start)
    plan = Plan(weeks[-1].end, settings)
    width = max(len(plan.long), len(plan.run)) or len(plan.run)
    every = Period.range("week", weeks[0].start - timedelta(weeks=width - 1), last.start)
    past = asof.history(
        by=by, until=_end(last), first=every[0].start, last=last.end, diseases=[disease]
    )
    views = [
        past.as_of(_end(week), every[n : n + width], diseases=[disease], map_on=on, map_=map_)
        for n, week in enumerate(weeks)
    ]
    communes = views[-1].communes
    if not communes:
        none = np.empty((0, WEEKS))
        return Recalled(
            disease, on, weeks, [], [], none.astype(np.int64), {}, {}, np.empty(0, np.int64)
        )
    tables = [view.cases[:, 0].astype(np.float64) for view in views]
    rng = np.random.default_rng(SEED)
    laid = injection.inject(
        np.zeros(TRIALS, np.int64), 0, WEEKS - _SPAN, rng, sizes=(cases, cases),
        course=(*injection.COURSE, 0.0, 0.0),
    )._replace(series=rng.integers(0, len(communes), TRIALS))  # fmt: skip
    known = injection.heard(laid, _delays(past), rng)
    bench = _Bench(map_, settings, plan, disease, communes, every, on)
    scores, trials = bench.empty(len(communes), WEEKS), bench.empty(TRIALS, _SPAN)
    for n, table in enumerate(tables):
        who = np.flatnonzero((laid.start <= n) & (n < laid.start + _SPAN))
        rows = np.concatenate([np.arange(len(communes)), laid.series[who]])
        counts = np.concatenate([table, _overlaid(table, laid, known, who, n)])
        for rule, judged in bench.judge(counts, rows, n):
            _loudest(scores[rule], judged[: len(communes)], n)
            at = n - laid.start[who]
            trials[rule][who, at] = _within(judged[len(communes) :], at)
    size = thresholds.sizes(map_, on)
    return Recalled(
        disease, on, weeks, communes, [size.get(commune, "small") for commune in communes],
        np.stack([table[:, -1] for table in tables], axis=1).astype(np.int64), scores, trials,
        laid.series,
    )  # fmt: skip


class _Bench:
    """The detectors as they are set, ready to judge many versions of the same communes."""

    def __init__(
        self, map_: Any, settings: Detectors, plan: Plan, disease: str, communes: Sequence[UUID],
        every: Sequence[Period], on: date,
    ) -> None:  # fmt: skip
        self.settings, self.plan, self.every, self.on = settings, plan, every, on
        self.pairs = [(disease, commune) for commune in communes]
        self.marks = Marks.of(map_, on, self.pairs)
        first = Count.objects.aggregate(Min("day"))["day__min"] or date.max
        self.unknown = np.array([week.start < first for week in every], bool)
        control = plan.control
        offset = control is not None and control.population_offset
        self.people = seasonal.people(map_, communes, every, on) if offset and communes else None
        self.endemic = self._endemic(map_, disease, communes)
        self.limits = rules.thresholds(on)

    def empty(self, rows: int, columns: int) -> dict[str, Floats]:
        """No score yet, for each rule in use."""
        rules_ = [f"EARS-{method}" for method in self.settings.ears_methods]
        rules_ += [seasonal.RULE] * (self.plan.control is not None)
        rules_ += [LAW] * bool(self.limits is not None and self.endemic.any())
        return {rule: np.full((rows, columns), np.nan) for rule in rules_}

    def judge(self, counts: Floats, rows: Ints, n: int) -> Iterator[tuple[str, Floats]]:
        """(rule, (r, j) scores of the last j weeks) of versions (r, weeks) of the communes ``rows``
        as they stood at the end of week n."""
        counts = counts.copy()
        counts[:, self.unknown[n : n + counts.shape[1]]] = np.nan
        recent = counts[:, -len(self.plan.run) :]
        for method in self.settings.ears_methods:
            p = ears.pvalues(
                recent, method, baseline=self.settings.ears_baseline,  # type: ignore[arg-type]
                min_sigma=self.settings.ears_min_sigma,
            )[:, -EARS_JUDGED:]  # fmt: skip
            few = recent[:, -EARS_JUDGED:] < self.settings.ears_min_count
            yield f"EARS-{method}", _score(np.where(few, 1.0, p))
        if self.plan.control is not None:
            yield seasonal.RULE, _score(self._season(counts, rows, n))
        if self.limits is not None and self.endemic.any():
            yield LAW, self._law(counts, rows, n)

    def _season(self, counts: Floats, rows: Ints, n: int) -> Floats:
        """p-values of Farrington's detector, as the night's scan asks for them."""
        assert self.plan.control is not None
        start = int(np.argmin(np.isnan(counts).all(axis=0)))
        weeks = list(self.every[n + start : n + counts.shape[1]])
        counts, judged = counts[:, start:].copy(), self.plan.judged
        pairs = [self.pairs[row] for row in rows.tolist()]
        marks = Marks([self.marks.years[row] for row in rows.tolist()])
        seasonal.leave_out(counts, weeks, self.plan, self.settings, pairs, marks)
        calendar = Calendar(len(weeks), 52, np.array([w.start for w in weeks], "datetime64[D]"))
        points = list(range(len(weeks) - judged, len(weeks)))
        control = seasonal.as_far_back(
            self.plan.control, calendar, points[0], self.settings.farrington_min_years
        )
        answer = np.full((len(rows), judged), np.nan)
        if control is None:
            return answer
        answer[:] = 1.0  # a closed gate is silence, not ignorance
        heard = seasonal.open_gate(counts, control, points)
        heard = heard[
            ~seasonal.redefined([pairs[i] for i in heard], self.settings, weeks[points[0]])
        ]
        if heard.size:
            answer[heard] = self._asked(
                counts[heard], rows[heard], calendar, control, points, n, start
            )
        return answer

    def _asked(
        self, counts: Floats, rows: Ints, calendar: Calendar, control: Control, points: list[int],
        n: int, start: int,
    ) -> Floats:  # fmt: skip
        population = None
        if self.people is not None:
            population = self.people[rows, n + start : n + start + counts.shape[1]]
        else:
            control = control._replace(population_offset=False)
        seasonal.warm()
        found = farrington.farrington(
            counts, calendar, control, points=points, population=population, gated=True
        )
        return np.where(found.judged & (counts[:, points] > 0), found.pvalue, 1.0)

    def _law(self, counts: Floats, rows: Ints, n: int) -> Floats:
        """Whether AL-B1 is met in the week that ends: by the limits, and the same weeks before."""
        assert self.limits is not None
        weeks = self.every[n : n + counts.shape[1]]
        at = {week.label: place for place, week in enumerate(weeks)}
        back = [weeks[-1].year_before(k) for k in range(1, self.limits.look_back_years + 1)]
        columns = [
            counts[:, at[w.label]] if w.label in at else np.full(len(counts), np.nan) for w in back
        ]
        years = [(week.start + timedelta(days=3)).year for week in back]
        marks = Marks([self.marks.years[row] for row in rows.tolist()])
        verdict = law.al_b1(
            counts[:, -1], np.stack(columns, axis=1), law.Limits(**self.limits._asdict()),
            epidemic=marks.table(years),
        )  # fmt: skip
        loud = verdict.raised & self.endemic[rows]
        return np.where(loud, _SURE, 0.0)[:, None]

    def _endemic(self, map_: Any, disease: str, communes: Sequence[UUID]) -> NDArray[np.bool_]:
        codes = [places.province_code(map_, commune, self.on) for commune in communes]
        known = {code: disease in rules.endemic(self.on, code) for code in set(codes)}
        group_a = rules.group(disease, self.on) == "A"
        return np.array([known[code] and not group_a for code in codes], bool)


def _end(week: Period) -> datetime:
    """The midnight after a week."""
    return datetime.combine(week.end + timedelta(days=1), time(0), VIETNAM)


def _delays(past: asof.History) -> Floats:
    """Shares of the cases of the disease by the weeks from onset to report; all at once if none."""
    since_monday = (past.day - 1) % 7  # ordinal 1 was a Monday
    late = np.clip((past.reported - past.day + since_monday) // 7, 0, _DELAYS - 1)
    shares = np.bincount(late, past.cases, _DELAYS).clip(min=0)
    return shares if shares.sum() > 0 else np.eye(_DELAYS)[0]


def _overlaid(table: Floats, laid: injection.Injected, known: Ints, who: Ints, n: int) -> Floats:
    """The communes of some outbreaks at the end of week n, with what was known of these by then."""
    counts = table[laid.series[who]].copy()
    for row, trial in enumerate(who.tolist()):
        age = n - int(laid.start[trial])
        counts[row, counts.shape[1] - 1 - age :] += known[trial, : age + 1, age]
    return counts


def _within(judged: Floats, age: Ints) -> Floats:
    """The loudest of the judged weeks in which the outbreak had begun."""
    weeks = judged.shape[1]
    began = np.arange(weeks)[None] >= (weeks - 1 - age)[:, None]
    return np.where(began, np.nan_to_num(judged, nan=-np.inf), -np.inf).max(axis=1)


def _loudest(scores: Floats, judged: Floats, n: int) -> None:
    """Keep the loudest score that each week got, in place; weeks before the first are not kept."""
    weeks = min(judged.shape[1], n + 1)
    part = scores[:, n + 1 - weeks : n + 1]
    np.fmax(part, judged[:, judged.shape[1] - weeks :], out=part)


def _score(p: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.minimum(-np.log10(p), _SURE)
