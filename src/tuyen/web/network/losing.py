"""What people lose under a plan, in words: how much, by which changes, and what would do."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.network.losing import FEWER_VISITS, LONGER, Worse
from tuyen.apps.network.queries import PlanPage
from tuyen.apps.registry import queries as registry
from tuyen.web.templatetags.figures import number

MOST = 5
"""Sites that a sentence names."""


def told(page: PlanPage) -> dict[str, Any]:
    """The losses, why, and what to change; {} where people lose nothing."""
    found = page.worse
    if found is None:
        return {}
    return {"losses": _losses(found), "why": " ".join(_why(page, found)), "change": _change(found)}


def _losses(found: Worse) -> list[str]:
    said = []
    if found.beyond:
        said.append(ngettext(
            "{n} more person lives beyond 60 minutes of a place of service.",
            "{n} more people live beyond 60 minutes of a place of service.", found.beyond,
        ).format(n=number(found.beyond)))  # fmt: skip
    if found.minutes >= LONGER:
        said.append(_("The way to the nearest place of service is {n} minutes longer per person, on average.").format(
            n=number(round(found.minutes, 1), 1)))  # fmt: skip
    if found.visits >= FEWER_VISITS:
        said.append(
            _("Of 100 expected visits {n} fewer are made.").format(
                n=number(round(100 * found.visits, 1), 1)
            )
        )
    return said


def _why(page: PlanPage, found: Worse) -> list[str]:
    said = []
    if found.shut:
        atlas, day = registry.atlas(), page.plan.day
        names = ", ".join(atlas.full_name(id, day) for id in found.shut[:MOST])
        if len(found.shut) > MOST:
            names = _("{names} and {n} more").format(names=names, n=number(len(found.shut) - MOST))
        said.append(ngettext(
            "{n} site that serves people today becomes a mobile stop or closes: {names}.",
            "{n} sites that serve people today become mobile stops or close: {names}.", len(found.shut),
        ).format(n=number(len(found.shut)), names=names))  # fmt: skip
    if found.far:
        said.append(ngettext(
            "{n} of them is more than {most} minutes from the main station of this plan, too far for a satellite point.",
            "{n} of them are more than {most} minutes from the main station of this plan, too far for a satellite point.",
            len(found.far),
        ).format(n=number(len(found.far)), most=number(round(found.most))))  # fmt: skip
    if found.moved:
        said.append(ngettext(
            "{n} main station of today is none under this plan.",
            "{n} main stations of today are none under this plan.", found.moved,
        ).format(n=number(found.moved)))  # fmt: skip
    return said


def _change(found: Worse) -> str:
    if found.far:
        return _("Choose the main station of today again, allow a satellite point more minutes, or make these"
                 " sites satellite points in their commune: that rule is shown, it does not forbid.")  # fmt: skip
    if found.shut:
        return _("Make these sites satellite points in their commune, pin them as open, or give people's way"
                 " more weight.")  # fmt: skip
    if found.moved:
        return _("Pin the main stations of today, or give people's way more weight.")
    return ""
