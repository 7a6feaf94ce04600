"""The words of the response: what teams, goods and bookings are called, and why one is proposed."""

from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from tuyen.apps.surveillance.allocating import Cover, TeamChoice
from tuyen.apps.surveillance.queries import BookingRow, Subject
from tuyen.rules import supply as stock
from tuyen.rules.surveillance import response as rules
from tuyen.web.surveillance import words
from tuyen.web.surveillance.words import Words, language
from tuyen.web.templatetags.figures import number

STATE: Words = {
    "booked": gettext_lazy("On its way"),
    "arrived": gettext_lazy("Arrived"),
    "released": gettext_lazy("Released"),
}
TONE = {"booked": "warn", "arrived": "good", "released": "calm"}
MOVEMENT: Words = {
    "received": pgettext_lazy("stock", "Received"),
    "moved-out": gettext_lazy("Given to another unit"),
    "moved-in": gettext_lazy("Got from another unit"),
    "counted": pgettext_lazy("stock", "Counted"),
    "issued": gettext_lazy("Sent to a response"),
    "returned": gettext_lazy("Returned from a response"),
}
KIND: Words = {
    "alarm": gettext_lazy("Alarm"),
    "signal": gettext_lazy("Event signal"),
    "outbreak": gettext_lazy("Outbreak"),
}
BASIS: Words = {
    "case": gettext_lazy("cases"),
    "contact": gettext_lazy("contacts"),
    "household": gettext_lazy("households"),
    "person": gettext_lazy("people around"),
    "team": gettext_lazy("teams"),
}
URGENCY = {1: "signal", 2: "alert", 3: "epidemic"}
_SCREENS = {"alarm": "signal", "signal": "event", "outbreak": "outbreak"}


def skill(code: str) -> str:
    known = rules.skills().get(code)
    return known.name(language()) if known else code


def item(code: str) -> str:
    known = rules.items().get(code)
    return known.name(language()) if known else code


def unit_of(code: str) -> str:
    known = rules.items().get(code)
    return known.unit(language()) if known else ""


def skill_choices() -> list[tuple[str, str]]:
    return [(code, one.name(language())) for code, one in rules.skills().items()]


def item_choices() -> list[tuple[str, str]]:
    return [
        (code, f"{one.name(language())} ({one.unit(language())})")
        for code, one in rules.items().items()
    ]


def disease(code: str) -> str:
    """The name of a disease; of one that nobody knows yet, that it is not known."""
    return words.disease(code) if code else _("Unknown disease")


def travel(minutes: float | None) -> str:
    """A time on the road: "35 min", "2 h 10 min"; an unknown one says so."""
    if minutes is None:
        return _("distance unknown")
    whole = round(minutes)
    if whole < 60:
        return _("{n} min").format(n=whole)
    return _("{h} h {n} min").format(h=whole // 60, n=f"{whole % 60:02d}")


def why_not(choice: TeamChoice) -> str:
    """Why a team cannot be sent; "" when it can."""
    if choice.why_not == "taken":
        return _("Booked until {day}").format(day=f"{choice.taken_until:%d/%m/%Y}")
    if choice.why_not == "weekday":
        return _("Not on duty on this day of the week")
    if choice.why_not == "away":
        return _("Away")
    if choice.why_not:
        return _("Away: {why}").format(why=choice.why_not)
    return "" if choice.mine else _("Commanded by another unit: ask the province")


def lot(name: str, expires: date, vials: int) -> str:
    """Vials of a lot, as they stand on its label."""
    return ngettext(
        "%(n)s vial of lot %(lot)s (%(day)s)", "%(n)s vials of lot %(lot)s (%(day)s)", vials
    ) % {"n": number(vials), "lot": name, "day": f"{expires:%d/%m/%Y}"}


def stock_item(code: str) -> str:
    """The item under which the stock keeps a vaccine; empty where it keeps none."""
    vaccine = rules.items()[code].vaccine if code in rules.items() else ""
    return next(
        (one.code for one in stock.items().values() if vaccine and one.vaccine == vaccine), ""
    )


def takes_away(cover: Cover | None) -> list[str]:
    """What sending a team leaves behind, in sentences."""
    if cover is None:
        return []
    if cover.worst is None:
        return [_("Nobody would wait longer for the next team.")]
    told = [
        _("Everybody would wait {after} for the next team on average, {before} now.").format(
            after=travel(cover.after), before=travel(cover.before)
        ),
        _("{place}: {after} instead of {before}.").format(
            place=cover.worst_name,
            after=travel(cover.worst_after),
            before=travel(cover.worst_before),
        ),
    ]
    if cover.uncovered:
        told.append(
            ngettext(
                "%(n)s person more would be out of reach.",
                "%(n)s people more would be out of reach.",
                cover.uncovered,
            )
            % {"n": number(cover.uncovered)}
        )
    return told


def reason(choice: TeamChoice, needed: tuple[str, ...]) -> str:
    """Why a team is proposed, in a sentence or two."""
    brings = ", ".join(skill(code) for code in choice.brings if code in needed)
    if not choice.nearer:
        return _("The nearest that brings: {skills}.").format(skills=brings)
    told = [_("Brings: {skills}.").format(skills=brings)]
    for one in choice.nearer:
        if one.why == "place":
            told.append(_("{team} is nearer and goes to another place.").format(team=one.name))
        else:
            told.append(
                _("{team} is nearer; without it everybody would wait {extra} longer.").format(
                    team=one.name, extra=travel(max(0.0, one.extra))
                )
            )
    return " ".join(told)


def counted(amount: rules.Amount) -> str:
    """How an amount was counted: "450 households × 0.06"."""
    return " + ".join(
        f"{number(many)} {BASIS[base]} × {number(each)}" for base, many, each in amount.counted
    )


def booked_thing(row: BookingRow) -> str:
    """What a booking is of: the team's name, or so much of a good."""
    if row.team is not None:
        return row.team_name or _("Team")
    return f"{number(row.quantity)} {unit_of(row.item)} {item(row.item)}"


def subject_href(kind: str, id: Any) -> str:
    """The screen of a subject; "" while this installation has none."""
    try:
        return reverse(_SCREENS[kind], args=[id])
    except (KeyError, NoReverseMatch):
        return ""


def subject_line(subject: Subject, place: str, disease: str) -> str:
    return _("{disease} in {place}, {n} since {day}").format(
        disease=disease, place=place, day=f"{subject.since:%d/%m/%Y}",
        n=ngettext("%(n)s case", "%(n)s cases", subject.cases) % {"n": number(subject.cases)},
    )  # fmt: skip


def days(since: date, until: date) -> str:
    if since == until:
        return f"{since:%d/%m/%Y}"
    return f"{since:%d/%m} – {until:%d/%m/%Y}"
