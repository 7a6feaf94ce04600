"""The words of mobile sessions: kinds, skills, states; what is broken, who is left out and what would serve them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tuyen.apps.network.operations import LeftOut, PlannedWays
from tuyen.apps.network.queries import RoundsPage, SearchRow
from tuyen.engines.network.outreach_check import Broken
from tuyen.rules import network as rules
from tuyen.rules.clinical.programme import programmes
from tuyen.web.network.words import language, said, told
from tuyen.web.templatetags.figures import day as shown_day
from tuyen.web.templatetags.figures import number

STATE: Mapping[str, Any] = {
    "draft": _("draft"),
    "in-force": _("in force"),
    "replaced": _("replaced"),
    "withdrawn": _("withdrawn"),
}
SEASONS: Mapping[str, Any] = {"dry": _("dry season"), "wet": _("wet season")}
TONE = {"draft": "calm", "in-force": "good", "replaced": "plain", "withdrawn": "plain"}

_BROKEN: Mapping[str, Any] = {
    "holiday": _("{team}, {day}: a public holiday"),
    "off-day": _("{team} does not go out on {day}"),
    "skill": _("{team}, {day}: {village} needs a skill that the team does not have"),
    "road": _("{team}, {day}: no road for a car leads to {village}"),
    "landing": _("{team}, {day}: {village} has no landing for a boat"),
    "weekday": _("{team}, {day}: {village} is not met on that weekday"),
    "no-way": _("{team}, {day}: a village on this round has no coordinates"),
    "hours": _("{team}, {day}: back {amount} minutes after its working hours"),
    "cold": _(
        "{team}, {day}: the last vaccine is given {amount} minutes after the cold box is warm"
    ),
    "twice": _("{team} has two rounds on {day}"),
    "night": _("{team}, {day}: it does not begin where it slept, or has no bed there"),
    "same-day": _("{village} is visited twice on {day}"),
    "visits": _("{village}: {amount} visits fewer than it asked for"),
    "spacing": _("{village}: the visit of {day} is {amount} days off an even rhythm"),
    "team-change": _("{village}: on {day} another team comes than the one it knows"),
}
_WHY: Mapping[str, Any] = {
    "no-team": _("no team goes out"),
    "skill": _("no team has the skill that is needed"),
    "road": _("only cars go out, and no road leads there"),
    "landing": _("only boats go out, and there is no landing"),
    "no-way": _("the village has no coordinates"),
    "far": _("there and back takes {amount} minutes more than the working hours of {team}"),
    "cold": _("the cold box of {team} is warm {amount} minutes too early"),
    "weekday": _("no weekday on which its people are met is one on which {team} goes out"),
    "full": _("every day of {team} is full; the least full would be {amount} minutes too long"),
}
_WAY: Mapping[str, Any] = {
    "meet": _("enough would be: meet its people also on {weekday}"),
    "day": _("enough would be: {team} goes out also on {weekday}"),
    "longer": _("enough would be: {amount} minutes more for {team}"),
    "box": _(
        "enough would be: a cold box that holds {amount} minutes longer, or a fridge on the way"
    ),
    "night": _("enough would be: {team} stays a night at a point with a fridge"),
    "skill": _("enough would be: somebody with the skill joins {team}"),
    "bike": _("enough would be: a team on motorbikes or on foot"),
    "team": _("enough would be: one team more"),
    "place": _("enter its coordinates in the register of places"),
}


def weekday(n: int) -> str:
    return str(WEEKDAYS[n]) if 0 <= n <= 6 else gettext("another weekday")


def weekdays(days: Iterable[int]) -> str:
    """Weekdays in a line; three or more on end as the first and the last of them."""
    runs: list[list[int]] = []
    for n in sorted(set(days)):
        if runs and runs[-1][-1] == n - 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    told = [
        [f"{weekday(run[0])} – {weekday(run[-1])}"] if len(run) > 2 else map(weekday, run)
        for run in runs
    ]
    return ", ".join(text for run in told for text in run) or "–"


def kind(key: str) -> str:
    return told(rules.outreach_words("kinds")[key])


def named(of: str, keys: Iterable[str]) -> str:
    words = rules.outreach_words(of)
    return ", ".join(told(words[key]) for key in keys if key in words) or "–"


def choices(of: str, chosen: Iterable[str]) -> list[dict[str, Any]]:
    held = set(chosen)
    return [{"key": key, "name": told(words), "on": key in held}
            for key, words in rules.outreach_words(of).items()]  # fmt: skip


def day_choices(chosen: Iterable[int]) -> list[dict[str, Any]]:
    held = set(chosen)
    return [{"key": n, "name": weekday(n), "on": n in held} for n in range(7)]


def hours(minutes: int) -> str:
    """Minutes as hours and minutes: 90 is 1:30."""
    return f"{minutes // 60}:{minutes % 60:02}"


def broken(page: RoundsPage, one: Broken) -> str:
    """A broken rule as a sentence."""
    from datetime import timedelta

    on = page.plan.starts + timedelta(days=max(0, one.day))
    return str(_BROKEN[one.rule]).format(
        team=page.team(one.team), day=shown_day(on),
        village=page.village(one.village) if one.village >= 0 else "",
        amount=number(abs(round(one.amount))),
    )  # fmt: skip


def left_out(page: RoundsPage, one: LeftOut) -> tuple[str, str]:
    """Why a village is not served, and the smallest thing that would serve it."""
    names = {team.team: team.name for team in page.plan.teams}
    why = str(_WHY[one.why]).format(
        team=names.get(one.team, "") if one.team else "", amount=_amount(one.amount))  # fmt: skip
    way = str(_WAY[one.way]).format(
        team=names.get(one.way_team, "") if one.way_team else "", weekday=weekday(one.way_weekday),
        amount=_amount(one.way_amount),
    )  # fmt: skip
    return why, way


def _amount(value: float) -> str:
    return gettext("very many") if value > 10_000 else str(number(max(1, round(value))))


def visits(n: int) -> str:
    if not n:
        return gettext("no visit")
    return ngettext("{n} in four weeks", "{n} in four weeks", n).format(n=number(n))


SERVICES: Mapping[str, Any] = {
    "antenatal": _("Antenatal contact"), "postnatal": _("Mother and child after birth"),
}  # fmt: skip


def service(key: str) -> str:
    """A service of the route sheet: contacts of women, else the programme by its name."""
    if key in SERVICES:
        return str(SERVICES[key])
    found = programmes().get(key)
    return found.names.of(language()) if found else key


def service_order(key: str) -> tuple[int, str]:
    """Women first, then programmes as the province has them."""
    order = [*SERVICES, *programmes()]
    return (order.index(key) if key in order else len(order), key)


def seasons() -> list[tuple[str, str]]:
    """(key, words) to choose from; the first leaves it to the month."""
    return [("", gettext("that of the month")), *((key, str(one)) for key, one in SEASONS.items())]


def search_why(one: SearchRow) -> str:
    """Why a search came to nothing; empty where it did not."""
    return said(one.why) if one.why else ""


def ways(told: PlannedWays | None) -> str:
    """By what the ways of a plan were measured, and in which season."""
    season = str(SEASONS[told.season]) if told else gettext("season of the month")
    if told is None or told.surface is None:
        text = gettext(
            "Ways are the straight line, lengthened, at the speed of the team ({season}); no map of roads is"
            " behind them."
        ).format(season=season)
        why = {
            "file": gettext("The file of the loaded travel surface is not on this machine."),
            "none": gettext("No travel surface was loaded when the month was planned."),
        }
        return f"{text} {why.get(told.why, '') if told else ''}".strip()
    text = gettext("Ways by the travel surface “{title}”, loaded on {on} ({season}).")
    if told.made_up:
        text = gettext(
            "Ways by the travel surface “{title}”, loaded on {on} ({season}): made up for demonstration,"
            " nothing of it is surveyed."
        )
    text = text.format(title=told.title, on=shown_day(told.loaded_on), season=season)
    return f"{text} {gettext('Speeds are a proposal, not verified.')}"
