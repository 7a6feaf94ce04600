"""An alarm in one sentence: what was seen, what was to be expected, and by which rule."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from tuyen.kernel.refusal import N_


class Sentence(NamedTuple):
    """A template to be translated at a door, and its values."""

    template: str
    values: Mapping[str, Any]

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence; ``translate`` is gettext at a door, and left out gives English."""
        return translate(self.template).format_map(self.values)

    def __str__(self) -> str:
        return self.text()


_TEMPLATES: dict[tuple[str, str], str] = {
    ("AL-A", ""): N_(
        "{observed} confirmed in the week of {since}: one confirmed case of a group A disease is an"
        " alert."
    ),
    ("AL-B1", ""): N_(
        "{observed} cases in the week of {since}; {low} to {high} expected from the same weeks of"
        " {years}."
    ),
    ("AL-B2", ""): N_(
        "{observed} epidemiologically linked cases in the week of {since}; {needed} are an alert."
    ),
    ("EP-B1", ""): N_(
        "{observed} cases in {month}; {low} to {high} expected from the same months of {years}, and"
        " {needed} or more are an epidemic."
    ),
    ("EP-B2", ""): N_(
        "{observed} epidemiologically linked cases in {month}; {needed} are an epidemic."
    ),
    ("AL-B1", "linked"): N_(
        "{observed} linked cases in the week of {since}; {needed} are an alert, because too"
        " few earlier years can be compared ({usable})."
    ),
    ("EP-B1", "linked"): N_(
        "{observed} linked cases in {month}; {needed} are an epidemic, because too few"
        " earlier years can be compared ({usable})."
    ),
    ("EARS-C1", ""): N_(
        "{observed} cases in the week of {since}; about {expected} expected from the {baseline}"
        " weeks before (EARS C1, bound {bound})."
    ),
    ("EARS-C2", ""): N_(
        "{observed} cases in the week of {since}; about {expected} expected from {baseline} earlier"
        " weeks, the last two left out (EARS C2, bound {bound})."
    ),
    ("EARS-C3", ""): N_(
        "{observed} cases in the week of {since}, after two weeks that were also high (EARS C3,"
        " bound {bound})."
    ),
    ("FAR-FLEX", ""): N_(
        "{observed} cases in the week of {since}; about {expected} expected from the weeks of this"
        " season in {usable_years} earlier years, and up to {bound} by chance (Farrington, p {p})."
    ),
    ("SCAN-ST", ""): N_(
        "{observed} cases in {communes} communes near one another since {start}; about {expected}"
        " expected. Chance alone shows so much in one of {recurrence} nights."
    ),
    ("SCAN-ST", "alone"): N_(
        "{observed} cases in one commune since {start}, by itself; about {expected} expected by what"
        " its neighbours had. Chance alone shows so much in one of {recurrence} nights."
    ),
}


def explain(alarm: Mapping[str, Any], figures: Mapping[str, Any]) -> Sentence:
    """The sentence of an alarm row (rule, observed, expected, bound, since) and its figures."""
    rule = str(alarm["rule"])
    linked = "linked" if figures.get("reason") == "linked-without-history" else ""
    if rule == "SCAN-ST" and figures.get("communes") == 1:
        linked = "alone"
    since: date = alarm["since"]
    told = figures.get("years", ())
    used = told if isinstance(told, (list, tuple)) else ()
    mean, sd = figures.get("mean"), figures.get("sd", 0.0)
    values = {
        "observed": alarm["observed"],
        "since": f"{since:%d/%m/%Y}",
        "month": f"{since:%m/%Y}",
        "low": max(0, round(mean - sd)) if mean is not None else "–",
        "high": round(mean + sd) if mean is not None else "–",
        "years": years(used),
        "usable": len(used),
        "needed": _number(figures.get("needed", alarm["bound"])),
        "expected": _number(alarm["expected"]),
        "bound": _number(alarm["bound"]),
        "baseline": figures.get("baseline", "–"),
        "usable_years": told if isinstance(told, int) else "–",
        "p": figures.get("p", "–"),
        "start": figures.get("from", "–"),
        "communes": figures.get("communes", "–"),
        "recurrence": _number(figures.get("recurrence")),
    }
    return Sentence(_TEMPLATES[rule, linked], values)


def years(used: Sequence[int]) -> str:
    """Years as they are written: "2021–2025", "2021, 2023–2025".

    >>> years([2025, 2024, 2023, 2021])
    '2021, 2023–2025'
    """
    runs: list[list[int]] = []
    for year in sorted(used):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs) or "–"


def _number(value: Any) -> str:
    """One decimal where there is one: thresholds are read, not computed with."""
    if value is None:
        return "–"
    return f"{value:.1f}".removesuffix(".0")
