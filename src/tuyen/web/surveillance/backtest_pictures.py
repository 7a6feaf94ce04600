"""The pictures of the back-test, and the figures of each as rows of a file."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tuyen.apps.surveillance import queries
from tuyen.web import charts
from tuyen.web.templatetags.figures import number

LEVELS = ("disease", "rule", "communes", "level", "alarms_per_week", "injected_found",
          "found_in_first_week", "days_to_detection", "alarms", "right", "wrong", "unsaid",
          "ppv_least", "ppv_most", "in_use")  # fmt: skip
FORECASTS = ("disease", "what", "at", "forecasts", "wis", "wis_baseline", "promised", "kept")
_TINY = 0.000001


def short(level: float | None) -> str:
    """Three figures of a p-value, written out: 0.000013, never 1.3e-05."""
    if level is None:
        return ""
    if level < _TINY:
        return f"< {number(_TINY, 6)}"
    written = format(Decimal(f"{level:.3g}"), "f")
    return number(level, len(written.partition(".")[2].rstrip("0")))


def curve(table: Sequence[Any], level: float | None, in_use: float | None) -> Any:
    """Sensitivity against alarms a week: one mark for each level."""
    marks = [
        charts.Mark(
            one.per_week,
            (one.sensitivity or 0.0) * 100,
            short(one.level),
            "tried" if one.level == level else "used" if one.level == in_use else "",
        )
        for one in table
    ]
    return charts.render_tradeoff(
        marks, title=_("What each level would have found, and how often it would have rung"),
        across=_("Alarms a week"), up=_("Injected outbreaks found, %"), top=100,
        names={"tried": _("the level shown"), "used": _("the level in use")},
    )  # fmt: skip


def level_rows(
    table: Sequence[Any], disease: str, size: str, in_use: float | None
) -> list[list[Any]]:
    """A row for each level of the curve."""
    rows = []
    for one in table:
        least, most = one.ppv or (None, None)
        rows.append([
            disease, one.rule, size or "all", one.level, one.per_week, one.sensitivity, one.at_once,
            one.days, one.alarms, one.right, one.wrong, one.alarms - one.right - one.wrong, least,
            most, one.level == in_use,
        ])  # fmt: skip
    return rows


def calibration(record: queries.ForecastRecord) -> Any:
    """Where in the forecasts the outcomes lay."""
    return charts.render_pit(
        [share * record.forecasts for share in record.transform],
        title=_("Where in the forecast the outcomes lay"),
        sub=_("A tenth in each tenth means that the forecast can be believed."),
    )


def coverage(record: queries.ForecastRecord) -> Any:
    """How many outcomes the intervals held, against what they promised."""
    points = [
        charts.Covered(promised, round(kept * record.forecasts), record.forecasts)
        for promised, kept in record.coverage
    ]
    return charts.render_coverage(
        points, title=_("How often the intervals held"),
        sub=_("On the line: an interval that promises 90 % held 90 of 100 outcomes."),
    )  # fmt: skip


def forecast_rows(record: queries.ForecastRecord, disease: str) -> list[list[Any]]:
    """Scores by weeks ahead, then the tenths of the forecast, then the intervals."""
    rows: list[list[Any]] = [
        [disease, "weeks-ahead", one.ahead, one.forecasts, one.wis, one.baseline, None, None]
        for one in record.horizons
    ]
    tenths = len(record.transform)
    rows += [
        [disease, "part-of-forecast", f"{n / tenths:g}-{(n + 1) / tenths:g}", record.forecasts, None,
         None, 1 / tenths, share]
        for n, share in enumerate(record.transform)
    ]  # fmt: skip
    rows += [
        [disease, "interval", f"{promised:g}", record.forecasts, None, None, promised, kept]
        for promised, kept in record.coverage
    ]
    return rows
