"""What came of a decision at each station and point, as its table shows it."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from tuyen.apps.network.queries import Watched
from tuyen.apps.network.queries.watching import UnitRow
from tuyen.apps.registry import queries as registry
from tuyen.web.templatetags.figures import number, percent


def units(found: Watched) -> list[dict[str, Any]]:
    """Each unit with its figures before and after, those whose visits fell the most first."""
    atlas, days = registry.atlas(), (found.on - timedelta(days=1), found.on)
    rows = []
    for one in found.units:
        day = days[one.stands[1]]
        home = atlas.commune_of(one.unit, day)
        rows.append({
            "name": atlas.full_name(one.unit, day), "commune": atlas.full_name(home, day) if home else "",
            "mark": _("opened") if not one.stands[0] else _("off the map") if not one.stands[1] else "",
            "visits": _weekly(one, one.visits), "doses": _weekly(one, one.doses),
            "reports": _shares(one.came, one.due), "short": _shares(one.short, one.days),
        })  # fmt: skip
    return rows


def _weekly(row: UnitRow, told: tuple[float, float] | None) -> str:
    if told is None:
        return "–"
    return _both(*(number(round(n, 1), 1) if stands else "–"
                   for n, stands in zip(told, row.stands, strict=True)))  # fmt: skip


def _shares(part: tuple[int, int], whole: tuple[int, int]) -> str:
    if not any(whole):
        return "–"
    return _both(*(percent(a / b) if b else "–" for a, b in zip(part, whole, strict=True)))


def _both(before: str, after: str) -> str:
    return f"{before} → {after}"
