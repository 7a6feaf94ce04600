"""Every detector over every commune and disease at once, on the map of one day."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.surveillance import places, seasonal
from tuyen.apps.surveillance.counting import (
    Counted,
    Floats,
    Pair,
    becomes,
    today,
)
from tuyen.apps.surveillance.epidemics import Marks
from tuyen.apps.surveillance.links import Linked, largest_chain, linked_cases
from tuyen.apps.surveillance.thresholds import Decided, shipped
from tuyen.apps.surveillance.windows import EARS_JUDGED, Plan, View
from tuyen.engines.surveillance import ears, law
from tuyen.kernel.period import Period
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import Detectors, detectors

METHOD_LAW, METHOD_EARS = "law/1", "ears/1"


class Finding(NamedTuple):
    """A rule that is met, with the numbers that explain it."""

    rule: str
    disease: str
    commune: UUID
    period: Period
    level: str
    observed: int
    expected: float | None
    bound: float | None
    figures: dict[str, Any]
    method: str


class Judged(NamedTuple):
    """The outcome of a scan: what was looked at, what was found, and which epidemics ended."""

    at: dict[Pair, int]  # the m pairs, and where each stands
    periods: set[str]
    counts: dict[tuple[str, str], Floats]  # (m,) by rule and period; NaN where it did not judge
    findings: list[Finding]
    under_again: dict[
        Pair, tuple[Period, law.Verdict, int]
    ]  # the verdict, and where it stands in it

    def observed(self, rule: str, disease: str, commune: UUID, period: str) -> int | None:
        """The count that a rule judged; None where it did not."""
        counts, at = self.counts.get((rule, period)), self.at.get((disease, commune))
        if counts is None or at is None or np.isnan(counts[at]):
            return None
        return int(counts[at])


def detect(
    on: date, pairs: Collection[Pair] | None = None, watched: Collection[Pair] = (),
    *, at: datetime | None = None,
) -> Judged:  # fmt: skip
    """Judge all pairs of a disease and a commune of today's map, or only some.

    ``pairs`` may name communes of any map. ``watched`` pairs have an alarm that may have to end:
    they are looked at even without a case. A constant number of queries, whatever the province.
    Some pairs are judged by the season only where that needs no compiling first; the night does.

    ``at``: judge the counts as they were known at a moment that is past, for replays. Who was linked
    to whom is known only as it stands today, so the rules of linked cases judge nothing then.
    """
    map_ = places.atlas()
    settings = detectors(on)
    listed = [disease.id for disease in rules.diseases(on)]
    wanted = None if pairs is None else today(map_, pairs, on)
    if wanted is not None:
        few = {disease for disease, _ in wanted}
        listed = [disease for disease in listed if disease in few]
    plan = Plan(on, settings)
    counted = Counted(map_, on, listed, plan, wanted, today(map_, watched, on), at)
    judged = Judged(counted.at, plan.labels(), {}, [], {})
    if counted.pairs:
        linked = [] if at else linked_cases(map_, counted.names, plan.recent[0], on)
        marks = Marks.of(map_, on, counted.pairs, at)
        for view in plan.weeks:
            _judge_week(judged, counted, view, linked, marks)
        for view in plan.months:
            _judge_month(judged, counted, view, linked, marks)
        decided = Decided(map_, on)
        _judge_ears(judged, counted, plan, settings, decided)
        if pairs is None or seasonal.is_warm():
            _judge_season(judged, counted, plan, settings, marks, decided)
    return judged


def end_of(judged: Judged, pair: Pair) -> tuple[Period, dict[str, Any]] | None:
    """The finished month in which a pair is under its epidemic bound again, and its numbers."""
    if pair not in judged.under_again:
        return None
    month, verdict, i = judged.under_again[pair]
    return month, _rounded(law.explain(verdict, i)["values"])


def _judge_week(
    judged: Judged, counted: Counted, view: View, linked: list[Linked], marks: Marks
) -> None:
    limits = _limits(view)
    if limits is None:
        return
    group_a, endemic = counted.kinds(view.to)
    chains, sizes = _chains(counted, linked, view)
    week = counted.column(view.now)
    epidemic = marks.table(view.years)
    verdicts = (
        law.only(law.al_a(counted.sure(view.now)), group_a),
        law.only(
            law.al_b1(week, counted.history(view.past), limits, epidemic=epidemic, linked=sizes),
            ~group_a & endemic,
        ),
        law.only(law.al_b2(sizes, limits), ~group_a & ~endemic),
    )
    for verdict in verdicts:
        _collect(judged, counted, view, verdict, chains, epidemic, limits)


def _judge_month(
    judged: Judged, counted: Counted, view: View, linked: list[Linked], marks: Marks
) -> None:
    limits = _limits(view)
    if limits is None:
        return
    group_a, endemic = counted.kinds(view.to)
    chains, sizes = _chains(counted, linked, view)
    month = counted.column(view.now)
    epidemic = marks.table(view.years)
    b1 = law.only(
        law.ep_b1(month, counted.history(view.past), limits, epidemic=epidemic, linked=sizes),
        ~group_a & endemic,
    )
    b2 = law.only(law.ep_b2(sizes, limits), ~group_a & ~endemic)
    for verdict in (b1, b2):
        _collect(judged, counted, view, verdict, chains, epidemic, limits)
    if view.period.end >= counted.on:
        return  # a month just begun is always low: only a finished one ends an epidemic
    for i in np.flatnonzero(~(group_a | b1.raised | b2.raised)).tolist():
        judged.under_again[counted.pairs[i]] = (view.period, b1 if endemic[i] else b2, i)


def _judge_ears(
    judged: Judged, counted: Counted, plan: Plan, settings: Detectors, decided: Decided
) -> None:
    counts = counted.history(plan.run_at)
    for method in settings.ears_methods:
        rule = f"EARS-{method}"
        levels = decided.levels(
            rule, counted.pairs, shipped(rule, counted.on) or ears.ALPHA[method]
        )
        done = ears.ears(
            counts,
            method,  # type: ignore[arg-type]
            baseline=settings.ears_baseline,
            min_sigma=settings.ears_min_sigma,
            alpha=levels,
        )
        for t in range(len(plan.run) - EARS_JUDGED, len(plan.run)):
            period = plan.run[t]
            judged.counts[rule, period.label] = counts[:, t]
            loud = done.alarm[:, t] & (counts[:, t] >= settings.ears_min_count)
            for i in np.flatnonzero(loud).tolist():
                disease, commune = counted.pairs[i]
                judged.findings.append(
                    Finding(
                        rule, disease, commune, period, "signal", int(counts[i, t]),
                        _plain(done.expected[i, t]), _plain(done.upperbound[i, t]),
                        {
                            "baseline": settings.ears_baseline,
                            "sd": _plain(done.sd[i, t]) or 0.0,
                            "to": min(period.end, plan.recent[1]).isoformat(),
                        },
                        METHOD_EARS,
                    )
                )  # fmt: skip


def _judge_season(
    judged: Judged, counted: Counted, plan: Plan, settings: Detectors, marks: Marks,
    decided: Decided,
) -> None:  # fmt: skip
    """Against the same weeks of earlier years: Farrington's flexible detector."""
    if plan.control is None:
        return
    counts = counted.history(plan.long_at)
    for n, week in enumerate(plan.long_judged, len(plan.long) - plan.judged):
        judged.counts[seasonal.RULE, week.label] = counts[:, n]
    levels = decided.levels(seasonal.RULE, counted.pairs, plan.control.alpha)
    found = seasonal.judge(
        counted.map, plan, settings, counted.pairs, counts, marks, counted.on, levels
    )
    for loud in found:
        disease, commune = counted.pairs[loud.pair]
        judged.findings.append(
            Finding(
                seasonal.RULE, disease, commune, loud.week, "signal", loud.observed,
                loud.expected, loud.bound, loud.figures, seasonal.METHOD,
            )
        )  # fmt: skip


_LEVELS = {
    law.Reason.CONFIRMED: "alert",
    law.Reason.ABOVE_ALERT: "alert",
    law.Reason.ABOVE_EPIDEMIC: "above-2sd",
    law.Reason.LINKED: "alert",
    law.Reason.LINKED_WITHOUT_HISTORY: "alert",
}


def _collect(
    judged: Judged, counted: Counted, view: View, verdict: law.Verdict, chains: list[list[UUID]],
    epidemic: NDArray[np.bool_], limits: law.Limits,
) -> None:  # fmt: skip
    said = verdict.reason
    by_link = (said == law.Reason.LINKED) | (said == law.Reason.LINKED_WITHOUT_HISTORY)
    apart = (said == law.Reason.NOT_APPLICABLE) | (said == law.Reason.NO_COUNT)
    sizes = np.array([len(chain) for chain in chains], float)
    counts = np.where(apart, np.nan, np.where(by_link, sizes, verdict.observed))
    judged.counts[verdict.code, view.period.label] = counts
    raised = np.flatnonzero(verdict.raised & ~apart).tolist()
    past = counted.history(view.past) if raised else None
    for i in raised:
        reason, by_links = law.Reason(int(verdict.reason[i])), bool(by_link[i])
        disease, commune = counted.pairs[i]
        observed = int(counts[i])
        figures = _rounded(law.explain(verdict, i)["values"])
        figures = {k: v for k, v in figures.items() if k not in ("observed", "linked", "years")}
        figures |= {"reason": reason.key, "to": view.to.isoformat()}
        if past is not None and verdict.code in ("AL-B1", "EP-B1"):
            figures["years"] = _usable(past[i], epidemic[i], view, limits)
        if verdict.code == "EP-B1" and not by_links:
            # The smallest count that is one: above the bound, and not under the floor.
            figures["needed"] = max(int(verdict.bound[i]) + 1, int(limits.epidemic_floor))
        if by_links:
            weekly = view.period.kind == "week"
            figures["needed"] = limits.linked_alert if weekly else limits.linked_epidemic
            figures["linked"] = " ".join(map(str, chains[i][:200]))
        judged.findings.append(
            Finding(
                verdict.code, disease, commune, view.period,
                "epidemic" if verdict.code.startswith("EP") else _LEVELS[reason],
                observed, figures.get("mean"), figures.get("bound"), figures, METHOD_LAW,
            )
        )  # fmt: skip


def _usable(past: Floats, epidemic: NDArray[np.bool_], view: View, limits: law.Limits) -> list[int]:
    """The years that made the baseline, latest first."""
    taken = [
        year
        for year, count, marked in zip(view.years, past, epidemic, strict=True)
        if not np.isnan(count) and not marked
    ]
    return taken[: limits.years]


def _limits(view: View) -> law.Limits | None:
    found = rules.thresholds(view.to)
    return law.Limits(**found._asdict()) if found else None


def _chains(counted: Counted, linked: list[Linked], view: View) -> tuple[list[list[UUID]], Floats]:
    """The longest chain of linked cases of each cell within the view, and its length."""
    inside: dict[Pair, list[Linked]] = {}
    for case in linked:
        if view.period.start <= case.onset_on <= view.to:
            for disease in becomes(case.disease, counted.diseases):
                inside.setdefault((disease, case.commune), []).append(case)
    chains: list[list[UUID]] = [[] for _ in counted.pairs]
    for pair, cases in inside.items():
        if pair in counted.at:
            chains[counted.at[pair]] = largest_chain(cases)
    return chains, np.array([len(chain) if len(chain) > 1 else 0 for chain in chains], float)


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) for name, value in values.items()}


def _plain(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
