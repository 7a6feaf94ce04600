"""The words of the stock: what each code is called on a screen, in the reader's language."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tuyen.kernel.operation import Outcome
from tuyen.kernel.refusal import Refusal
from tuyen.rules import supply as rules

Words = Mapping[str, Any]

STATE: Words = {
    "usable": _("usable"),
    "open": pgettext_lazy("vial", "opened"),
    "quarantined": _("set apart"),
    "transit": _("on the way"),
    "supplied": _("from outside"),
    "used": pgettext_lazy("vial", "used"),
    "discarded": _("destroyed"),
    "adjusted": _("difference of a count"),
}
KIND: Words = {
    "received": _("Received from outside"),
    "sent": _("Sent"),
    "arrived": _("Arrived"),
    "broken": _("Broken on the way"),
    "missing": _("Missing"),
    "shifted": _("Put into another fridge"),
    "issued": _("Given to a session"),
    "returned": _("Brought back from a session"),
    "used": _("Opened in a session"),
    "kept-open": _("Opened, kept for another day"),
    "set-apart": _("Set apart"),
    "released": _("Let be used"),
    "discarded": _("Destroyed"),
    "counted": _("Stock counted"),
    "adjusted": _("Adjusted"),
}
REASON: Words = {
    "broken": _("Broken"),
    "expired": _("Expired"),
    "vvm": _("Vial monitor at stage 3 or 4"),
    "frozen": _("Frozen"),
    "heat": _("Too warm"),
    "open-vial": _("Opened too long ago"),
    "recalled": _("Recalled"),
    "other": pgettext_lazy("reason", "Other"),
    "missing": _("Missing"),
    "session": _("Lost in a session"),
    "by-hand": _("Set apart by hand"),
}
DISCARD = ("broken", "expired", "vvm", "frozen", "heat", "open-vial", "recalled", "other")
EQUIPMENT: Words = {
    "fridge": _("Fridge"),
    "freezer": _("Freezer"),
    "cold-room": _("Cold room"),
    "cold-box": _("Cold box"),
    "carrier": _("Vaccine carrier"),
    "logger": _("Temperature logger"),
}
CONDITION: Words = {
    "working": _("working"),
    "faulty": _("faulty"),
    "retired": _("out of use"),
}
SERVICING: Words = {
    "calibration": _("Calibration"),
    "fault": _("Out of order"),
    "repair": _("Repaired"),
    "maintenance": _("Maintenance"),
}
HALF: Words = {"am": _("Morning"), "pm": _("Afternoon")}
RULE: Words = {
    "heat": _("Too warm"),
    "cold": _("Too cold"),
    "freeze": _("Frozen"),
}
EXCURSION: Words = {"open": _("to be decided"), "decided": _("decided")}
TRANSFER: Words = {"sent": _("on the way"), "received": _("received")}


def word(words: Words, code: str | None) -> str:
    """The word of a code; an unknown code is shown as it is, no code as nothing."""
    return str(words.get(code, code)) if code else ""


def language() -> str:
    """The reader's language, as the rules name it: vi, en or zh."""
    return (get_language() or "vi")[:2]


def item(code: str) -> str:
    """The name of an item."""
    found = rules.item(code)
    return found.name(language()) if found else code


def items() -> list[tuple[str, str]]:
    """Every item as a choice."""
    return [(code, one.name(language())) for code, one in rules.items().items()]


_SAID: Mapping[str, Words] = {"state": STATE}


def said(refusal: Refusal | Outcome) -> str:
    """A refusal as a sentence in the reader's language, its days written as days."""
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    for name, value in refusal.values.items():
        if name in _SAID:
            refusal.values[name] = word(_SAID[name], str(value))
        elif name == "item":
            refusal.values[name] = item(str(value))
        elif isinstance(value, str) and _is_day(value):
            refusal.values[name] = f"{value[8:10]}/{value[5:7]}/{value[:4]}"
    return refusal.sentence(gettext(refusal.message))


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdecimal()


def as_uuid(text: str) -> UUID | None:
    """An id as it is typed in an address or a form; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
