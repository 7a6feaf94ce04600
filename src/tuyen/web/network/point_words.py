"""The words of a point's days: who cannot come any more, what nobody covers, what the station lacks for it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tuyen.apps.network.point_covering import Uncovered
from tuyen.apps.network.queries import PointMonthPage
from tuyen.apps.registry import queries as registry
from tuyen.rules import workforce as work
from tuyen.web.network.outreach_words import weekday
from tuyen.web.network.words import told as in_words
from tuyen.web.templatetags.figures import day as shown_day

_FAULT: Mapping[str, Any] = {
    "away": _("is away that day"),
    "duty": _("has duty that day, or the day after it"),
    "none": _("has no post there that day any more"),
    "closed": _("the point is not open that day any more"),
}


def day(on: date) -> str:
    """A day with its weekday."""
    return f"{weekday(on.weekday())} {shown_day(on)}"


def fault(key: str) -> str:
    return str(_FAULT[key]) if key in _FAULT else ""


def told(page: PointMonthPage) -> list[str]:
    """What is not covered, day by day, and what the station lacks because of its points."""
    names = work.asked_names("station", page.month)
    found = [_uncovered(page, one) for one in page.uncovered]
    return found + [
        gettext("{day}: the station lacks {who}, who is at a point.").format(
            day=day(one.day), who=in_words(names[one.key]) if one.key in names else one.key)
        for one in page.stripped
    ]  # fmt: skip


def _uncovered(page: PointMonthPage, one: Uncovered) -> str:
    why = []
    if one.away:
        why.append(ngettext("{n} is away", "{n} are away", one.away).format(n=one.away))
    if one.duty:
        why.append(ngettext("{n} has duty or the day after it", "{n} have duty or the day after it", one.duty)
                   .format(n=one.duty))  # fmt: skip
    if one.busy:
        why.append(ngettext("{n} is needed at the station or at another point",
                            "{n} are needed at the station or at another point", one.busy).format(n=one.busy))  # fmt: skip
    reason = ", ".join(why) or gettext("nobody of the station has a cadre that serves a point")
    name = registry.atlas().full_name(one.point, one.day)
    return gettext("{day}, {point}: nobody comes ({why}).").format(
        day=day(one.day), point=name, why=reason
    )
