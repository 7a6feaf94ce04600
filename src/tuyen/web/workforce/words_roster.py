"""The words of duty: shifts, who must be there, leave, skills, rules of rest, work and why it is paid so."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext, pgettext_lazy

from tuyen.apps.workforce import queries
from tuyen.rules import workforce as rules
from tuyen.web.workforce.words import language

RULES: Mapping[str, Any] = {
    "rest": gettext_lazy("rest after a shift"), "row": gettext_lazy("a free day in a week"),
    "week": gettext_lazy("hours of a week"), "month": gettext_lazy("shifts of a month"),
    "twice": gettext_lazy("one shift a day"),
}  # fmt: skip
AWAY: Mapping[str, Any] = {
    "away": gettext_lazy("away"),
    "drawn": gettext_lazy("drawn for an outbreak"),
}
LEAVE_STATE: Mapping[str, Any] = {
    "waiting": pgettext_lazy("request", "waits for an answer"), "agreed": pgettext_lazy("request", "agreed"),
    "declined": pgettext_lazy("request", "declined"), "withdrawn": pgettext_lazy("request", "withdrawn"),
    "noted": pgettext_lazy("request", "noted"),
}  # fmt: skip
LEAVE_TONE = {
    "waiting": "warn",
    "agreed": "good",
    "declined": "bad",
    "withdrawn": "plain",
    "noted": "calm",
}
WORK: Mapping[str, Any] = {
    "direct": gettext_lazy("direct work"), "support": gettext_lazy("support work"),
    "volunteer": gettext_lazy("volunteer, direct"), "information": gettext_lazy("volunteer, information"),
    "standby": gettext_lazy("24-hour standby against an epidemic"), "village": gettext_lazy("village network, month"),
}  # fmt: skip
BECAUSE: Mapping[str, Any] = {
    "": "", "rest": gettext_lazy("weekly rest day"), "holiday": gettext_lazy("holiday"),
    "emergency": gettext_lazy("state of emergency"), "households": gettext_lazy("large village"),
    "zone": gettext_lazy("difficult commune"),
    "zone-assumed": gettext_lazy("difficult commune, its zone is assumed"),
    "small": gettext_lazy("other village"),
}  # fmt: skip
SHEET_STATE: Mapping[str, Any] = {
    "": pgettext_lazy("sheet", "not prepared"), "prepared": pgettext_lazy("sheet", "prepared, to be confirmed"),
    "closed": pgettext_lazy("sheet", "closed"),
}  # fmt: skip
DIMENSION: Mapping[str, Any] = {
    "all": gettext_lazy("Everybody"), "zone": gettext_lazy("Zone"), "cadre": gettext_lazy("Cadre"),
    "incentive": gettext_lazy("Incentive"),
}  # fmt: skip
YES_NO: Mapping[str, Any] = {
    "yes": gettext_lazy("with an incentive"),
    "no": gettext_lazy("without an incentive"),
}
WEEKDAYS = (
    pgettext_lazy("weekday", "Mo"), pgettext_lazy("weekday", "Tu"), pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"), pgettext_lazy("weekday", "Fr"), pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
)  # fmt: skip


def of(names: Mapping[str, Mapping[str, str]], key: str) -> str:
    """The word of a key of a rule, in the reader's language; the key where there is none."""
    told = names.get(key, {})
    return str(told.get(language()) or told.get("vi") or key)


def shift(kind: str, on: date) -> str:
    return of(rules.shift_names(on), kind)


def asked(key: str, type_: str, on: date) -> str:
    """Who must be there."""
    return of(rules.asked_names(type_, on), key)


def leave(kind: str, on: date) -> str:
    return str(AWAY[kind]) if kind in AWAY else of(rules.leave_kinds(on), kind)


def skill(key: str, on: date) -> str:
    return of(rules.surge_skills(on), key)


def work(key: str) -> str:
    """A row of the tariff: group and work, or standby."""
    group, _sep, rest = key.partition("-")
    if rest in WORK:
        return gettext("group {group}, {work}").format(group=group.upper(), work=WORK[rest])
    return str(WORK.get(key, key))


def days(found: Iterable[date], most: int = 12) -> str:
    """Days in a row of words: 02/11, 04/11, and how many more."""
    told = sorted(found)
    text = ", ".join(f"{one:%d/%m}" for one in told[:most])
    more = len(told) - most
    return text + (" " + pgettext("days", "and {n} more").format(n=more) if more > 0 else "")


def gaps(found: Sequence[queries.Gap], type_: str, on: date) -> list[str]:
    """What a roster leaves uncovered, in sentences: who is missing, on which days, by how many."""
    by_key: dict[tuple[str, bool, int], list[date]] = {}
    for gap in found:
        by_key.setdefault((gap.key, gap.nobody, gap.short), []).append(gap.day)
    told = []
    for (key, nobody, short), at in sorted(
        by_key.items(), key=lambda one: (-len(one[1]), one[0][0])
    ):
        text = ngettext(
            "{who}: {short} missing on {n} day ({days}).",
            "{who}: {short} missing on {n} days ({days}).",
            len(at),
        ).format(who=asked(key, type_, on).capitalize(), short=short, n=len(at), days=days(at))
        if nobody:
            text += " " + gettext(
                "Nobody at this unit is one: only somebody from elsewhere can cover it."
            )
        told.append(text)
    return told


def lacks(found: queries.Drawable, on: date) -> list[str]:
    """What stays uncovered when somebody is taken."""
    by_key: dict[tuple[str, bool], list[date]] = {}
    for one in found.lacks:
        by_key.setdefault((one.key, one.only), []).append(one.day)
    return [
        gettext("{who} on {days}").format(who=asked(key, found.row.type, on), days=days(at))
        for (key, _only), at in sorted(by_key.items())
    ]


def proof(found: queries.Plan) -> str:
    """How good a roster is, and what it would take to leave less uncovered."""
    if not found.shortage:
        told = gettext("Everything is covered.")
    elif found.proved:
        told = gettext("{n} shifts of a person cannot be covered; no roster leaves fewer.").format(
            n=found.shortage
        )
    else:
        told = gettext(
            "{n} shifts of a person are not covered; at least {least} cannot be, the time ran out."
        ).format(n=found.shortage, least=found.shortage_bound)
    for rule, left in sorted(found.without.items(), key=lambda one: one[1]):
        told += " " + gettext("Without the rule on {rule}: {n}.").format(rule=RULES[rule], n=left)
    gap = found.cost - found.bound
    fair = (
        gettext("No roster is fairer.")
        if gap < 1e-6
        else gettext("A fairer one was not ruled out (distance {gap}).").format(
            gap=f"{gap:.1f}".replace(".", ",")
        )
    )
    return f"{told} {fair}"


LISTS: Mapping[str, Any] = {
    "shift": gettext_lazy("Shift"), "leave": gettext_lazy("Kind of leave"), "skill": gettext_lazy("Skill"),
    "work": pgettext_lazy("duty", "Work"),
}  # fmt: skip


def lists(on: date) -> dict[str, dict[str, str]]:
    """The lists of duty, each key with its word."""
    pay = rules.pay(on)
    return {
        "shift": {key: shift(key, on) for key in rules.shifts(on)},
        "leave": {key: leave(key, on) for key in (*rules.leave_kinds(on), *AWAY)},
        "skill": {key: skill(key, on) for key in rules.surge_skills(on)},
        "work": {key: work(key) for key in (pay.daily if pay else ())},
    }
