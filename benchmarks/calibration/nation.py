"""Which rule keeps its promise on a nation whose outbreaks are known? Every rule, on the same weeks.

    python -m benchmarks.calibration.nation --seeds 1,2,3           a tenth of the nation, 26 weeks
    python -m benchmarks.calibration.nation --seeds 1,2,3 --full 1  3,321 communes x 40 diseases, 8
    --few 1: labels missing at random only       --slow 1: outbreaks longer than the rule thinks

Every rule is calibrated on the weeks before the judged ones. FDP: alarms in series-weeks without a
case of an outbreak, of all alarms. Sensitivity: series-weeks with a case of an outbreak that ring.
Prints one JSON object: by seed, rule and figure.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import measuring
from tuyen.engines.surveillance.calibration import calibrate, chance, quiet
from tuyen.engines.surveillance.evidence import Evidence, evidence
from tuyen.engines.surveillance.farrington import farrington
from tuyen.engines.surveillance.farrington_control import CODE, Control
from tuyen.engines.surveillance.farrington_window import Calendar
from tuyen.engines.surveillance.nation import Nation, Profile, labelled, simulate
from tuyen.engines.surveillance.quiet_past import divisions, p_values, remember, unevenness
from tuyen.engines.surveillance.selection import (
    benjamini_hochberg,
    by_budget,
    by_false_share,
    conformal,
)

TENTH = Profile(communes=332, provinces=4)
NOUFAILY = Control(
    no_periods=10, past_weeks_not_included=26, threshold_method="nbPlugin", alpha=0.01,
    p_threshold_trend=1.0,
)  # fmt: skip
PAST, CONFORMAL_PAST, QUIET_PAST = 104, 40, 156
MEANS, PHIS = (0.0, 0.2, 0.6, 2.0, 8.0, np.inf), (0.0, 1.15, 1.35, np.inf)
Figures = dict[str, Any]


class Bench:
    """One nation and what each rule does in its last ``weeks`` weeks."""

    def __init__(self, profile: Profile, seed: int, weeks: int) -> None:
        self.nation: Nation = simulate(profile, seed)
        self.seed, self.weeks = seed, weeks
        self.last = profile.weeks
        self.first = profile.weeks - weeks
        self.hit = self.nation.excess > 0
        self.struck = int(self.hit[:, self.first :].sum())
        self.scale = 132_840 / self.nation.counts.shape[0] / weeks

    def told(self, share: float, by_size: float = 0.0) -> np.ndarray:
        """Labels of the past; of the judged weeks nothing is told."""
        told = labelled(self.nation, share, self.seed, by_size=by_size)
        told[:, self.first :] = False
        return told

    def figures(self, rings: np.ndarray, hit: np.ndarray) -> Figures:
        """Of rows that ring: alarms in a week of the whole nation, false share, sensitivity."""
        return {
            "alarms a week": round(float(rings.sum()) * self.scale, 1),
            "FDP %": round(100 * float((rings & ~hit).sum()) / max(int(rings.sum()), 1), 1),
            "sensitivity %": round(100 * float((rings & hit).sum()) / self.struck, 1),
        }

    def usual(self, mode: str = "r_compat") -> Iterator[tuple[str, Figures]]:
        """What is done today, on Farrington's p-values."""
        n, m = self.nation.counts.shape
        points = np.arange(self.first - CONFORMAL_PAST, m)
        parts = []
        for rows in np.array_split(np.arange(n), max(1, n // 8_000)):
            found = farrington(
                self.nation.counts[rows].astype(float), Calendar(m, 52), NOUFAILY, points=points,
                mode=mode, gated=True,
            )  # fmt: skip
            row, column = np.nonzero(found.reason == CODE["judged"])
            parts.append((rows[row], points[column], found.pvalue[row, column]))
        series, week, p = (np.concatenate(part) for part in zip(*parts, strict=True))
        known = ~np.isnan(p)
        series, week, p = series[known], week[known], p[known]
        hit, now = self.hit[series, week], week >= self.first
        yield "p < .01", self.figures(p[now] < 0.01, hit[now])
        for q in (0.1, 0.2):
            yield f"BH {q}", self.figures(benjamini_hochberg(p[now], week[now], q), hit[now])
        for name, share in (("none", 0.0), ("half", 0.5), ("all", 1.0)):
            past = ~now & ~self.told(share)[series, week]
            none = np.zeros(p.size, int)
            value = conformal(-p[now], none[now], -p[past], none[past])
            for q in (0.1, 0.2):
                rings = benjamini_hochberg(value, week[now], q)
                yield f"conformal, {name} labelled, {q}", self.figures(rings, hit[now])
        yield from self.oracle("p", -p[now], hit[now])
        null = now & ~hit
        yield (
            "null, gate open",
            {
                "p < .01 %": round(100 * float((p[null] < 0.01).mean()), 2),
                "p < .001 %": round(100 * float((p[null] < 0.001).mean()), 2),
            },
        )
        yield "false rate by base, p < .01", self.rates(series[null], p[null] < 0.01)

    def oracle(
        self, name: str, score: np.ndarray, hit: np.ndarray
    ) -> Iterator[tuple[str, Figures]]:
        order = np.argsort(-score, kind="stable")
        share = np.cumsum(~hit[order]) / np.arange(1, order.size + 1)
        for q in (0.05, 0.1, 0.2):
            good = np.flatnonzero(share <= q)
            rings = np.zeros(score.size, bool)
            rings[order[: good[-1] + 1 if good.size else 0]] = True
            yield f"oracle on {name}, {q}", self.figures(rings, hit)

    def ours(
        self, name: str, told: np.ndarray, share: float | None
    ) -> Iterator[tuple[str, Figures]]:
        n = self.nation
        rows = evidence(
            n.counts, n.disease, n.province, range(self.first - PAST, self.last), told=told
        )
        now = rows.point >= self.first
        made = calibrate(rows.values[~now], told[rows.series, rows.point][~now], share=share)
        h, week = chance(made, rows.values[now]), rows.point[now]
        hit = self.hit[rows.series, rows.point][now]
        for q in (0.05, 0.1, 0.2):
            yield f"ours, {name}, {q}", self.figures(by_false_share(h, week, q), hit)
        yield f"share told, {name}", {"share": round(made.share, 3), "doubt": round(made.doubt, 3)}
        yield from self.oracle(f"ours, {name}", h, hit)
        team = n.province[rows.series][now].astype(int)
        for most in (3, 6):
            yield (
                f"budget {most} a team and week, {name}",
                self.figures(by_budget(h, week, team, most), hit),
            )
        bins = np.linspace(0, 1, 11)
        place = np.clip(np.digitize(h, bins) - 1, 0, 9)
        yield f"chance said and true, {name}", {
            f"{bins[k]:.1f}": [round(float(h[place == k].mean()), 3),
                               round(float(hit[place == k].mean()), 3)]
            for k in range(10) if (place == k).any()
        }  # fmt: skip

    def level(self, told: np.ndarray, alpha: float = 0.01) -> Iterator[tuple[str, Figures]]:
        """One rule at a nominal rate of false alarms where the gate is open, by base stratum."""
        n = self.nation
        weeks = range(self.first - QUIET_PAST, self.last)
        rows = evidence(n.counts, n.disease, n.province, weeks, told=told, least=5, idle=True)
        now, known = rows.point >= self.first, told[rows.series, rows.point]
        past = Evidence(rows.series[~now], rows.point[~now], rows.values[~now])
        made = calibrate(past.values, known[~now], caution=0.0)
        disease = n.disease.astype(np.int64)
        strata = divisions(rows, disease, unevenness(past, disease, int(disease.max()) + 1))
        tails = remember(
            past.values[:, 0], [one[~now] for one in strata], quiet(made, past.values, known[~now])
        )
        p = p_values(tails, rows.values[now, 0], [one[now] for one in strata])
        hit = self.hit[rows.series, rows.point][now]
        yield "false rate by base, ours", self.rates(rows.series[now][~hit], p[~hit] <= alpha)
        yield "level .01, ours", self.figures(p <= alpha, hit)

    def rates(self, series: np.ndarray, rings: np.ndarray) -> Figures:
        """False alarms in percent of quiet series-weeks, by the true mean and dispersion."""
        n, answer = self.nation, {"all": [round(100 * float(rings.mean()), 2), int(rings.size)]}
        mean = np.digitize(n.mean[series], MEANS) - 1
        phi = np.digitize(n.phi[series], PHIS) - 1
        for a in range(len(MEANS) - 1):
            for b in range(len(PHIS) - 1):
                here = (mean == a) & (phi == b)
                if here.sum() >= 500:
                    name = (
                        f"mean {MEANS[a]:g}-{MEANS[a + 1]:g}, phi {('1-1.1', '1.2-1.3', '1.5')[b]}"
                    )
                    answer[name] = [round(100 * float(rings[here].mean()), 2), int(here.sum())]
        return answer


def everything(profile: Profile, seed: int, weeks: int, few: bool) -> Figures:
    bench = Bench(profile, seed, weeks)
    half = bench.told(0.5)
    found = dict(bench.usual())
    found |= dict(bench.ours("half told", half, None))
    if not few:
        found |= dict(bench.ours("half told, the large first", bench.told(0.5, 1.0), None))
        found |= dict(bench.ours("half told, the small first", bench.told(0.5, -1.0), None))
    found |= dict(bench.ours("all told", bench.told(1.0), 1.0))
    # A whole year: years differ from one another, and a rule rings most when a new one begins.
    year = Bench(profile, seed, 52)
    found |= dict(year.level(year.told(0.5)))
    return found


def main() -> None:
    given = measuring.arguments(("seeds", "1"), ("full", 0), ("weeks", 0), ("slow", 0), ("few", 0))
    profile = Profile() if given.full else TENTH
    if given.slow:  # outbreaks last longer than the evidence thinks
        profile = profile._replace(delay=(0.3, 0.8))
    weeks = given.weeks or (8 if given.full else 26)
    found = {}
    for seed in given.seeds.split(","):
        found[seed] = everything(profile, int(seed), weeks, bool(given.few))
        measuring.note(f"seed {seed} done")
    measuring.tell(found)


if __name__ == "__main__":
    main()
