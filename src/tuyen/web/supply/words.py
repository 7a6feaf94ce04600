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
    "dispensed": _("Handed out in a visit"),
    "handed-out": _("Handed out later"),
    "given-back": _("Given back: the visit was corrected"),
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
    "suspended": _("suspended"),
}
DISCARD = ("broken", "expired", "vvm", "frozen", "heat", "open-vial", "recalled", "other")
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
BAND: Words = {
    "out": _("none left"),
    "low": _("low"),
    "fair": _("less than wished"),
    "target": _("as wished"),
    "ample": _("ample"),
    "over": _("too much"),
    "unknown": _("not used yet"),
}
ONLY: Words = {
    "tracer": _("tracer medicines"),
    "out": _("none left"),
    "low": _("low"),
    "near": _("expiring"),
    "over": _("too much"),
    "order": _("to order"),
}
WHY: Words = {
    "not-enough": _("the shelf held too few"),
    "no-lot": _("the lot is not in the ledger"),
    "other-item": _("the lot is of another medicine"),
    "unknown-item": _("not on the list of medicines"),
}
HOW: Words = {
    "receipt": _("it had come in, and was received later"),
    "count": _("the shelf was counted since"),
}
COUNTED: Words = {
    "waiting": _("waits for a second person"),
    "witnessed": _("confirmed"),
    "disputed": _("not confirmed"),
}
CHECK: Words = {
    "none": _("not needed"),
    "never": _("never checked"),
    "overdue": _("overdue"),
    "soon": _("due within 30 days"),
    "good": _("valid"),
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


def items(listed: str = "") -> list[tuple[str, str]]:
    """The items of immunisation as choices; the medicines, where ``listed`` is ``medicines``."""
    codes = rules.medicines() if listed == "medicines" else rules.immunisation()
    return [(code, item(code)) for code in codes]


def counted_in(code: str) -> str:
    """The word in which an item is counted and handed out."""
    medicine = rules.medicine(code)
    return rules.unit_name(medicine.unit if medicine else "vial", language())


def controlled_class(code: str) -> str:
    """The class of a drug under special control; nothing of any other."""
    medicine = rules.medicine(code)
    return rules.class_name(medicine.controlled, language()) if medicine else ""


def kind(code: str) -> str:
    """What a kind of equipment is called."""
    found = rules.equipment_kind(code)
    return found.name(language()) if found else code


def kinds() -> list[tuple[str, str]]:
    """Every kind of equipment as a choice."""
    return [(code, kind(code)) for code in rules.equipment_kinds()]


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
