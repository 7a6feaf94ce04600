"""The words of sessions and adverse events, and the refusals in them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tuyen.kernel.operation import Outcome
from tuyen.kernel.refusal import Refusal
from tuyen.rules.immunization import reactions, screening, sessions
from tuyen.rules.immunization.lists import vaccines
from tuyen.web.surveillance import words

Words = Mapping[str, Any]

STATE: Words = {
    "planned": pgettext_lazy("session", "Planned"),
    "open": pgettext_lazy("session", "Open"),
    "stopped": pgettext_lazy("session", "Stopped"),
    "closed": pgettext_lazy("session", "Closed"),
    "cancelled": pgettext_lazy("session", "Cancelled"),
}
TONE = {
    "planned": "calm",
    "open": "good",
    "stopped": "bad",
    "closed": "plain",
    "cancelled": "plain",
}
VISIT: Words = {
    "waiting": _("Waiting for the examination"),
    "passed": _("Passed"),
    "deferred": _("Deferred"),
    "contraindicated": _("Contraindicated"),
    "observed": _("Under observation"),
    "left": pgettext_lazy("visit", "Left"),
}
EFFECT: Words = {
    "defer": _("not today"),
    "hospital": _("only in a hospital"),
    "contraindicated": _("never this vaccine"),
}
PROGRAMME: Words = {
    "routine": pgettext_lazy("programme", "Routine"),
    "catch-up": pgettext_lazy("programme", "Catch-up"),
    "campaign": pgettext_lazy("programme", "Campaign"),
    "school": pgettext_lazy("programme", "School"),
    "private": pgettext_lazy("programme", "Paid by the family"),
}
MEASURE: Words = {"temperature": _("Temperature"), "weight": _("Weight")}
STEP: Words = {
    "follow-up": _("Followed up"),
    "notify": _("Told on"),
    "investigate": _("Investigated"),
    "council": _("The council met"),
    "classify": _("Classified"),
    "void": _("Withdrawn"),
}
TOLD: Words = {"department": _("Department of Health"), "cdc": _("Provincial CDC")}
HOW: Words = {
    "system": _("in this system"),
    "call": _("by a call"),
    "paper": _("on paper"),
}
PLACE_KIND = {
    "fixed": "station", "satellite": "satellite", "mobile": "mobile", "campaign": "station",
    "school": "school",
}  # fmt: skip


def kind(code: str) -> str:
    """A kind of session, in the reader's language."""
    names = sessions.kinds().get(code, {})
    return names.get(words.language()) or names.get("en") or code


def kinds() -> list[tuple[str, str]]:
    return [(code, kind(code)) for code in sessions.kinds()]


def vaccine(code: str) -> str:
    """A vaccine's name in the reader's language; its code where it is on no list."""
    listed = vaccines().get(code)
    return str(getattr(listed.names, words.language())) if listed else code


def short(codes: Iterable[str]) -> str:
    """Codes of vaccines as they stand on a card."""
    return ", ".join(codes)


def reason(code: str, on: date) -> str:
    """A reason of the examination, in the reader's language."""
    known = screening.reasons(on).get(code)
    return str(getattr(known.names, words.language())) if known else code


def reaction(words_of: str, code: str, on: date) -> str:
    """A word of adverse events (kinds, severity, causality, outcomes), in the reader's language."""
    known = reactions.words(words_of, on).get(code)
    return str(getattr(known, words.language())) if known else code


def listed(words_of: str, on: date) -> list[tuple[str, str]]:
    """A list of words of adverse events as choices."""
    return [(code, reaction(words_of, code, on)) for code in reactions.words(words_of, on)]


def said(refusal: Refusal | Outcome, on: date) -> str:
    """A refusal as a sentence: codes of states, measures, questions and vaccines by their words."""
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    values = refusal.values
    if isinstance(values.get("state"), str):
        values["state"] = words.word(STATE, values["state"]).lower()
    if isinstance(values.get("measure"), str):
        values["measure"] = words.word(MEASURE, values["measure"])
    if isinstance(values.get("missing"), str):
        codes = values["missing"].split(", ")
        values["missing"] = ", ".join(
            words.word(MEASURE, code) if code in MEASURE else reason(code, on) for code in codes
        )
    if values.get("reason") == "A serious adverse event":
        values["reason"] = gettext("A serious adverse event")
    for name, value in values.items():
        moment = words_of_moment(value)
        if moment:
            values[name] = moment
    return words.said(refusal)


def words_of_moment(value: Any) -> str:
    """A moment of a refusal, as it is kept or as it is in memory, in the province's time."""
    from datetime import datetime

    from tuyen.kernel.zone import VIETNAM

    if isinstance(value, str) and len(value) > 15 and value[4:5] == "-" and "T" in value:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    return ""
