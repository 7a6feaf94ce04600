"""Every detector over every commune and disease at once, on the map of one day."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Min, Q
from numpy.typing import NDArray

from tuyen.apps.surveillance import places, series
from tuyen.apps.surveillance.epidemics import Marks
from tuyen.apps.surveillance.links import Linked, largest_chain, linked_cases
from tuyen.apps.surveillance.models import Count
from tuyen.apps.surveillance.windows import EARS_JUDGED, Plan, View
from tuyen.engines.surveillance import ears, law
from tuyen.kernel.period import Period
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import Detectors, detectors

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Pair = tuple[str, UUID]
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

    pairs: set[Pair]
    periods: set[str]
    observed: dict[tuple[str, str, UUID, str], int]  # rule, disease, commune, period
    findings: list[Finding]
    under_again: dict[Pair, tuple[Period, dict[str, Any]]]


def detect(
    on: date, pairs: Collection[Pair] | None = None, watched: Collection[Pair] = ()
) -> Judged:
    """Judge all pairs of a disease and a commune of today's map, or only some.

    ``pairs`` may name communes of any map. ``watched`` pairs have an alarm that may have to end:
    they are looked at even without a case. A constant number of queries, whatever the province.
    """
    map_ = places.atlas()
    settings = detectors(on)
    listed = [disease.id for disease in rules.diseases(on)]
    wanted = None if pairs is None else _today(map_, pairs, on)
    if wanted is not None:
        listed = [disease for disease in listed if disease in {d for d, _ in wanted}]
    plan = Plan(on, settings)
    counted = _Counted(map_, on, listed, plan, wanted, _today(map_, watched, on))
    chosen = counted.active()
    judged = Judged({counted.pair(c) for c in chosen}, plan.labels(), {}, [], {})
    if chosen:
        linked = linked_cases(map_, _with_predecessors(listed), plan.recent[0], on)
        marks = Marks.of(map_, on)
        for view in plan.weeks:
            _judge_week(judged, counted, view, chosen, linked, marks)
        for view in plan.months:
            _judge_month(judged, counted, view, chosen, linked, marks)
        _judge_ears(judged, counted, plan, chosen, settings)
    return judged


class _Counted:
    """Counts of all windows on the map of ``on``: (communes, diseases, windows)."""

    def __init__(
        self, map_: Any, on: date, listed: list[str], plan: Plan, wanted: set[Pair] | None,
        watched: set[Pair],
    ) -> None:  # fmt: skip
        self.map, self.on, self.diseases = map_, on, listed
        self.wanted, self.watched = wanted, watched
        where = Q(disease__in=_with_predecessors(listed))
        if wanted is not None:
            born = {b for _, commune in wanted for b in places.birthplaces(map_, commune)}
            where &= Q(commune_id__in=born)
        cells = series.fetch(where & plan.days())
        group_a = [d for d in listed if rules.group(d, on) == "A"]
        recent = Q(day__gte=plan.recent[0], day__lte=on, disease__in=group_a)
        sure = series.fetch(where & recent & Q(classification="confirmed"))
        shown = series.on_map(map_, cells, plan.windows, on, deaths=False)
        confirmed = series.on_map(map_, sure, plan.windows, on, deaths=False)
        asked = {commune for _, commune in (wanted or set()) | watched}
        self.communes = sorted({*shown.communes, *confirmed.communes, *asked})
        self.cases = self._lay(cells.keys, shown)
        self.confirmed = self._lay(sure.keys, confirmed)
        self.recent_at = [view.now for view in (*plan.weeks, *plan.months)]
        self._drop_what_is_unknown(plan)

    def _lay(self, keys: list[tuple[Any, ...]], shown: series.OnMap) -> Floats:
        """Rows in the order of ``communes``; predecessors of a disease count as the disease."""
        out = np.zeros((len(self.communes), len(self.diseases), shown.cases.shape[2]))
        at = {commune: n for n, commune in enumerate(self.communes)}
        rows = [at[commune] for commune in shown.communes]
        column = {key[0]: k for k, key in enumerate(keys)}
        for d, disease in enumerate(self.diseases):
            for name in _with_predecessors([disease]):
                if name in column and rows:
                    out[rows, d] += shown.cases[:, column[name]]
        return out

    def _drop_what_is_unknown(self, plan: Plan) -> None:
        """Before the first day that anything was reported, nothing is known: not zero."""
        first = Count.objects.aggregate(Min("day"))["day__min"]
        unknown = [
            w
            for w, (start, _) in enumerate(plan.windows)
            if w not in self.recent_at and (first is None or start < first)
        ]
        self.cases[:, :, unknown] = np.nan

    def active(self) -> list[tuple[int, int]]:
        """The cells to judge: those asked for, else those with a case in a judged window."""
        at = {commune: n for n, commune in enumerate(self.communes)}
        of = {disease: d for d, disease in enumerate(self.diseases)}
        asked = self.watched if self.wanted is None else self.wanted
        cells = {(at[c], of[d]) for d, c in asked if c in at and d in of}
        if self.wanted is None and self.communes:
            seen = (np.nan_to_num(self.cases[:, :, self.recent_at]) > 0).any(axis=2)
            cells |= {(int(n), int(d)) for n, d in np.argwhere(seen)}
        return sorted(cells)

    def pair(self, cell: tuple[int, int]) -> Pair:
        return self.diseases[cell[1]], self.communes[cell[0]]

    def column(self, chosen: Sequence[tuple[int, int]], window: int) -> Floats:
        n, d = np.array(chosen).T
        return self.cases[n, d, window]

    def history(self, chosen: Sequence[tuple[int, int]], windows: list[int]) -> Floats:
        n, d = np.array(chosen).T
        return self.cases[n[:, None], d[:, None], np.array(windows, np.int64)[None, :]]


def _judge_week(
    judged: Judged, counted: _Counted, view: View, chosen: list[tuple[int, int]],
    linked: list[Linked], marks: Marks,
) -> None:  # fmt: skip
    limits = _limits(view)
    if limits is None:
        return
    group_a, endemic = _kinds(counted, chosen, view.to)
    chains, sizes = _chains(counted, chosen, linked, view)
    n, d = np.array(chosen).T
    week = counted.column(chosen, view.now)
    epidemic = marks.table([counted.pair(c) for c in chosen], view.years)
    verdicts = (
        law.only(law.al_a(counted.confirmed[n, d, view.now]), group_a),
        law.only(
            law.al_b1(
                week, counted.history(chosen, view.past), limits, epidemic=epidemic, linked=sizes
            ),
            ~group_a & endemic,
        ),
        law.only(law.al_b2(sizes, limits), ~group_a & ~endemic),
    )
    for verdict in verdicts:
        _collect(judged, counted, view, chosen, verdict, chains, epidemic, limits)


def _judge_month(
    judged: Judged, counted: _Counted, view: View, chosen: list[tuple[int, int]],
    linked: list[Linked], marks: Marks,
) -> None:  # fmt: skip
    limits = _limits(view)
    if limits is None:
        return
    group_a, endemic = _kinds(counted, chosen, view.to)
    chains, sizes = _chains(counted, chosen, linked, view)
    month = counted.column(chosen, view.now)
    epidemic = marks.table([counted.pair(c) for c in chosen], view.years)
    b1 = law.only(
        law.ep_b1(
            month, counted.history(chosen, view.past), limits, epidemic=epidemic, linked=sizes
        ),
        ~group_a & endemic,
    )
    b2 = law.only(law.ep_b2(sizes, limits), ~group_a & ~endemic)
    for verdict in (b1, b2):
        _collect(judged, counted, view, chosen, verdict, chains, epidemic, limits)
    if view.period.end >= counted.on:
        return  # a month just begun is always low: only a finished one ends an epidemic
    for i, cell in enumerate(chosen):
        if not group_a[i] and not (b1.raised[i] or b2.raised[i]):
            explained = law.explain(b1 if endemic[i] else b2, i)["values"]
            judged.under_again[counted.pair(cell)] = (view.period, _rounded(explained))


def _judge_ears(
    judged: Judged, counted: _Counted, plan: Plan, chosen: list[tuple[int, int]],
    settings: Detectors,
) -> None:  # fmt: skip
    counts = counted.history(chosen, plan.run_at)
    for method in settings.ears_methods:
        done = ears.ears(
            counts,
            method,  # type: ignore[arg-type]
            baseline=settings.ears_baseline,
            min_sigma=settings.ears_min_sigma,
        )
        for t in range(len(plan.run) - EARS_JUDGED, len(plan.run)):
            period, rule = plan.run[t], f"EARS-{method}"
            for i, cell in enumerate(chosen):
                disease, commune = counted.pair(cell)
                if np.isnan(counts[i, t]):
                    continue
                judged.observed[rule, disease, commune, period.label] = int(counts[i, t])
                if not done.alarm[i, t] or counts[i, t] < settings.ears_min_count:
                    continue
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


_LEVELS = {
    law.Reason.CONFIRMED: "alert",
    law.Reason.ABOVE_ALERT: "alert",
    law.Reason.ABOVE_EPIDEMIC: "above-2sd",
    law.Reason.LINKED: "alert",
    law.Reason.LINKED_WITHOUT_HISTORY: "alert",
}


def _collect(
    judged: Judged, counted: _Counted, view: View, chosen: list[tuple[int, int]],
    verdict: law.Verdict, chains: list[list[UUID]], epidemic: NDArray[np.bool_],
    limits: law.Limits,
) -> None:  # fmt: skip
    label = view.period.label
    for i, cell in enumerate(chosen):
        reason = law.Reason(int(verdict.reason[i]))
        if reason in (law.Reason.NOT_APPLICABLE, law.Reason.NO_COUNT):
            continue
        disease, commune = counted.pair(cell)
        by_links = reason in (law.Reason.LINKED, law.Reason.LINKED_WITHOUT_HISTORY)
        observed = len(chains[i]) if by_links else int(verdict.observed[i])
        judged.observed[verdict.code, disease, commune, label] = observed
        if not verdict.raised[i]:
            continue
        figures = _rounded(law.explain(verdict, i)["values"])
        figures = {k: v for k, v in figures.items() if k not in ("observed", "linked", "years")}
        figures |= {"reason": reason.key, "to": view.to.isoformat()}
        if verdict.code in ("AL-B1", "EP-B1"):
            usable = _usable(counted.history([cell], view.past)[0], epidemic[i], view, limits)
            figures["years"] = usable
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


def _kinds(
    counted: _Counted, chosen: list[tuple[int, int]], on: date
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Group A, and endemic where the commune lies."""
    homes: dict[int, frozenset[str]] = {}
    for n, _ in chosen:
        if n not in homes:
            code = places.province_code(counted.map, counted.communes[n], counted.on)
            homes[n] = rules.endemic(on, code)
    group_a = [rules.group(disease, on) == "A" for disease in counted.diseases]
    endemic = [counted.diseases[d] in homes[n] for n, d in chosen]
    return np.array([group_a[d] for _, d in chosen], bool), np.array(endemic, bool)


def _chains(
    counted: _Counted, chosen: list[tuple[int, int]], linked: list[Linked], view: View
) -> tuple[list[list[UUID]], Floats]:
    """The longest chain of linked cases of each cell within the view, and its length."""
    inside: dict[Pair, list[Linked]] = {}
    for case in linked:
        if view.period.start <= case.onset_on <= view.to:
            for disease in _becomes(case.disease, counted.diseases):
                inside.setdefault((disease, case.commune), []).append(case)
    chains = [largest_chain(inside.get(counted.pair(cell), ())) for cell in chosen]
    return chains, np.array([len(chain) if len(chain) > 1 else 0 for chain in chains], float)


def _today(map_: Any, pairs: Collection[Pair], on: date) -> set[Pair]:
    """The pairs with diseases of today's list and communes of today's map."""
    listed = [disease.id for disease in rules.diseases(on)]
    return {
        (today, unit)
        for disease, commune in pairs
        for today in _becomes(disease, listed)
        for unit, _ in map_.current(commune, on)
    }


def _becomes(disease: str, listed: Sequence[str]) -> Iterator[str]:
    if disease in listed:
        yield disease
    yield from (heir for heir in rules.disease(disease).becomes if heir in listed)


def _with_predecessors(diseases: Sequence[str]) -> list[str]:
    return list(
        dict.fromkeys(
            name for d in diseases for name in (d, *(old.id for old in rules.predecessors(d)))
        )
    )


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) for name, value in values.items()}


def _plain(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
