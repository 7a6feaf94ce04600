"""Which weeks and months a scan judges, and which days it has to count for them."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q

from tuyen.apps.surveillance import series
from tuyen.engines.surveillance import ears
from tuyen.engines.surveillance.farrington_control import Control, named
from tuyen.kernel.period import Period
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import Detectors

EARS_JUDGED = 2
"""The week that runs, and the one before it."""


class View(NamedTuple):
    """One week or month that is judged, and the same one of the years before."""

    period: Period
    to: date  # the last day counted
    now: int  # its column among the windows
    past: list[int]  # columns of the years before, last year first
    years: list[int]  # the years of ``past``


class Plan:
    """Which windows of days are needed, each once."""

    def __init__(self, on: date, settings: Detectors) -> None:
        self.windows: list[series.Window] = []
        self._at: dict[series.Window, int] = {}
        weeks, months = [Period.of("week", on)], [Period.of("month", on)]
        while len(weeks) <= settings.weeks_back:
            weeks.append(weeks[-1].previous())
        while len(months) <= settings.months_back:
            months.append(months[-1].previous())
        self.weeks = [self._view(period, on) for period in weeks]
        self.months = [self._view(period, on) for period in months]
        needed = settings.ears_baseline + ears.LAG["C3"] + 2 + EARS_JUDGED
        run = [Period.of("week", on)]
        while len(run) < needed:
            run.insert(0, run[0].previous())
        self.run = run
        self.run_at = [self._column(period.start, min(period.end, on)) for period in run]
        self.recent = (min(weeks[-1].start, months[-1].start), on)
        self.control = named(settings.farrington) if settings.farrington else None
        self.judged = len(weeks)
        self.long = self._years_of_weeks(self.control) if self.control else []
        self.long_at = [self._column(period.start, min(period.end, on)) for period in self.long]

    def _years_of_weeks(self, control: Control) -> list[Period]:
        """The weeks up to that which runs, as many as the regression on earlier years looks at."""
        last = self.run[-1]
        first = last.start - timedelta(days=366 * control.b + 7 * (control.w + self.judged + 1))
        return Period.range("week", first, last.start)

    def _view(self, period: Period, on: date) -> View:
        to = min(period.end, on)
        limits = rules.thresholds(to)
        back = limits.look_back_years if limits else 0
        earlier = [period.year_before(n) for n in range(1, back + 1)]
        return View(
            period,
            to,
            self._column(period.start, to),
            [self._column(p.start, p.end) for p in earlier],
            [(p.start + timedelta(days=3)).year for p in earlier],
        )

    def _column(self, first: date, last: date) -> int:
        if (first, last) not in self._at:
            self._at[first, last] = len(self.windows)
            self.windows.append((first, last))
        return self._at[first, last]

    def labels(self) -> set[str]:
        recent = (*self.weeks, *self.months)
        return {view.period.label for view in recent} | {week.label for week in self.long_judged}

    @property
    def long_judged(self) -> list[Period]:
        """The weeks that are judged against the same weeks of earlier years."""
        return self.long[-self.judged :]

    def days(self) -> Q:
        """The days of all windows, each by itself: SQLite looks up many days in its index of days,
        and of many spans would read the whole of it."""
        days = {
            date.fromordinal(day)
            for first, last in self.windows
            for day in range(first.toordinal(), last.toordinal() + 1)
        }
        return Q(day__among=sorted(days))
