"""The words of signals: kinds, steps, risks and sources, and how a signal says itself."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tuyen.kernel.signalling import Fact, Signal
from tuyen.rules.surveillance.signs import laboratory
from tuyen.web.surveillance import words
from tuyen.web.surveillance.words import Words

KIND: Words = {
    "legal": _("Alarm of the law"),
    "statistical": _("Statistical alarm"),
    "event": _("Event signal"),
    "laboratory": _("Laboratory result"),
    "series": _("Measured series"),
    "aefi": _("Serious adverse event"),
}
PROGRAMME: Words = {
    "infectious": _("Infectious disease"),
    "animals": _("Animal health"),
    "chronic": _("Chronic disease"),
    "occupational": _("Occupational disease"),
    "food": _("Food safety"),
    "water": _("Water"),
    "immunization": _("Immunisation"),
}
STATE: Words = {
    "new": _("To be answered"),
    "verified": pgettext_lazy("signal", "Verified"),
    "outbreak": _("Outbreak opened"),
    "dismissed": _("Dismissed"),
    "closed": _("Closed"),
    "note": _("Evidence"),
}
INBOX: Words = {
    "open": _("Open"),
    "new": _("To be answered"),
    "late": _("Past their time, unanswered"),
    "mine": _("Mine"),
    "verified": pgettext_lazy("signal", "Verified"),
    "outbreak": _("Outbreak opened"),
    "below": _("Below the line"),
    "silenced": _("Silenced"),
    "ended": _("Dismissed or closed"),
    "all": _("All"),
}
ORDER: Words = {
    "score": _("Highest score first"),
    "newest": _("Newest first"),
    "due": _("Due first"),
}
LEVEL: Words = {code: words.LEVEL[code] for code in ("signal", "alert", "epidemic")}
PART: Words = {
    "hazard": _("Danger of the disease or sign"),
    "evidence": _("Strength of the evidence"),
    "excess": _("Excess over what was expected"),
    "agreement": _("Kinds of signals that agree"),
    "freshness": _("How new it is"),
}
EVENT_STATE: Words = {
    "reported": _("Told, not screened yet"),
    "relevant": _("Screened, to be verified"),
    "real": _("Verified, risk to be assessed"),
    "assessed": _("Risk assessed"),
    "discarded": _("Set aside"),
    "duplicate": _("Duplicate"),
}
STEP: Words = {
    "screen": _("Screen"),
    "verify": pgettext_lazy("step", "Verify"),
    "assess": _("Assess the risk"),
}
SOURCE: Words = {
    "village": _("Village health worker or resident"),
    "facility": _("Health facility"),
    "gate": _("Border gate"),
    "school": _("School or workplace"),
    "media": _("Media"),
    "animal-health": _("Animal health"),
}
HOW: Words = {
    "call": _("By a call"),
    "visit": _("By a visit"),
    "records": _("From records"),
    "laboratory": _("By a laboratory result"),
}
RISK: Words = {
    "low": _("Low"),
    "medium": _("Medium"),
    "high": _("High"),
    "very-high": _("Very high"),
}
NEXT: Words = {
    "watch": _("Watch on"),
    "respond": _("Send a team"),
    "outbreak": _("Open an outbreak"),
    "hand-over": _("Hand over to another level or sector"),
}
TOPIC: Words = {
    "water": _("Water"),
    "food": _("Food"),
    "animals": _("Animals"),
}


def sentence(said: Signal | Fact) -> str:
    """The sentence of a signal or a fact, its days and names in the reader's language."""
    if not said.message:
        return ""
    values = {name: _value(value) for name, value in said.values.items()}
    return gettext(said.message).format_map(values)


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Mapping):  # a name in several languages
        return value.get(words.language()) or value.get("vi") or ""
    return value


def address(signal: Signal, on: date) -> str:
    """Where a signal stands by itself: its own page, its rows, or nowhere."""
    match signal.kind:
        case "legal" | "statistical":
            return reverse("signal", args=[signal.id])
        case "event":
            return reverse("event", args=[signal.id])
        case "laboratory":
            days, _windows = laboratory(on)
            asked = {
                "disease": signal.subject.partition(":")[2],
                "area": signal.commune,
                "changed": f"{on - timedelta(days=days):%d/%m/%Y}",
            }
            return f"{reverse('cases')}?{urlencode(asked)}"
    return signal.href


def route(name: str, *args: Any) -> str:
    """An address of a screen that another room may not have opened yet; empty without it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
