"""The words of people at work, in the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tuyen.apps.access import clock
from tuyen.kernel.operation import Outcome
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules

SEX: Mapping[str, Any] = {
    "unknown": pgettext_lazy("sex", "Unknown"),
    "female": pgettext_lazy("sex", "Female"),
    "male": pgettext_lazy("sex", "Male"),
}
STATE: Mapping[str, Any] = {
    "waiting": pgettext_lazy("request", "waits for an answer"),
    "proposed": pgettext_lazy("request", "waits for an answer"),
    "accepted": pgettext_lazy("request", "agreed"),
    "declined": pgettext_lazy("request", "declined"),
}
TONE = {"waiting": "warn", "proposed": "warn", "accepted": "good", "declined": "bad"}
SEAT: Mapping[str, Any] = {
    "wanted": pgettext_lazy("seat", "wants to go"), "asked": pgettext_lazy("seat", "put forward"),
    "waiting": pgettext_lazy("seat", "on the waiting list"),
    "granted": pgettext_lazy("seat", "has a seat"), "declined": pgettext_lazy("seat", "no seat"),
    "withdrawn": pgettext_lazy("seat", "withdrawn"),
}  # fmt: skip
COURSE: Mapping[str, Any] = {
    "planned": pgettext_lazy("course", "planned"), "closed": pgettext_lazy("course", "closed"),
    "cancelled": pgettext_lazy("course", "cancelled"),
}  # fmt: skip
HANDOVER: Mapping[str, Any] = {
    "planned": pgettext_lazy("technique", "being learnt"),
    "signed": pgettext_lazy("technique", "signed off"), "lapsed": pgettext_lazy("technique", "lapsed"),
    "ended": pgettext_lazy("technique", "ended"), "has": pgettext_lazy("technique", "there"),
    "lacks": pgettext_lazy("technique", "lacking"), "learns": pgettext_lazy("technique", "being learnt"),
}  # fmt: skip
LACK: Mapping[str, Any] = {
    "missing": pgettext_lazy("need", "never had it"), "ended": pgettext_lazy("need", "ended"),
    "behind": pgettext_lazy("need", "behind with hours"), "ending": pgettext_lazy("need", "ends soon"),
}  # fmt: skip
TONES = {
    "wanted": "warn", "asked": "warn", "waiting": "warn", "granted": "good", "declined": "bad",
    "withdrawn": "plain", "planned": "calm", "closed": "good", "cancelled": "bad", "signed": "good",
    "lapsed": "bad", "ended": "bad", "has": "good", "lacks": "bad", "learns": "calm",
    "missing": "bad", "behind": "warn", "ending": "warn",
}  # fmt: skip
WHY: Mapping[str, Any] = {
    "nobody": _("nobody of this cadre can be spared anywhere"),
    "far": _("whoever can be spared is too far away"),
    "bound": _("whoever is near is bound to their post"),
    "taken": _("whoever could go fills another post"),
}
_LISTS = {
    "cadre": rules.cadres, "position": rules.positions, "contract": rules.contracts,
    "kind": rules.kinds, "qualification": rules.degrees, "language": rules.languages,
    "field": rules.wishes, "competence": rules.competence_names,
    "technique": rules.technique_names, "service": rules.service_names, "funding": rules.funding,
}  # fmt: skip
_ABOUT: Mapping[str, Any] = {
    "cadre": _("Cadre"), "position": pgettext_lazy("staff", "Position"), "contract": _("Contract"),
    "kind": pgettext_lazy("entry", "Kind"), "qualification": _("Qualification"),
    "language": _("Language"), "field": _("What to correct"), "competence": _("Competence"),
    "technique": _("Technique"), "service": _("Service"), "funding": _("Paid by"),
}  # fmt: skip


def language() -> str:
    """The reader's language, as the rules name it: vi, en or zh."""
    return (get_language() or "vi")[:2]


def named(what: str, key: str) -> str:
    """The word of a key of a list: cadre, position, contract, kind, qualification, language, field."""
    return rules.named(_LISTS[what](), key, language()) if key else ""


def options(what: str) -> list[tuple[str, str]]:
    """A list as a form offers it."""
    return [(key, named(what, key)) for key in _LISTS[what]()]


def position(key: str) -> str:
    """A cadre, or a group of cadres that fills a position."""
    return named("cadre", key)


def shown(kind: str, what: str) -> str:
    """What somebody has to show, in words."""
    if kind in ("qualification", "language"):
        return named(kind, what)
    if kind == "competence":  # of the list, a technique that was signed off, or in words
        return technique(named(kind, what))
    return what


def technique(what: str) -> str:
    """A technique of the list in words; one that was written in words as it is."""
    return named("technique", what)


def said(refusal: Refusal | Outcome) -> str:
    """A refusal as a sentence, its codes in words and its days written as days."""
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    values = refusal.values
    what = str(values.get("what", ""))
    if refusal.code == "workforce.unknown-word" and what in _LISTS:
        known = list(_LISTS[what]())
        values["known"] = ", ".join(named(what, key) for key in known)
        values["what"] = str(_ABOUT[what])
    _duty(refusal.code, values)
    if refusal.code == "workforce.wish-unreadable":
        values["field"] = named("field", str(values.get("field", "")))
    if "technique" in values:
        values["technique"] = technique(str(values["technique"]))
    for name, value in values.items():
        if isinstance(value, str) and _is_day(value):
            values[name] = f"{value[8:10]}/{value[5:7]}/{value[:4]}"
    return refusal.sentence(gettext(refusal.message))


def _duty(code: str, values: dict[str, Any]) -> None:
    """Put the codes of duty into words: rules of rest, kinds of leave, lists that are asked for."""
    from tuyen.web.workforce import words_roster  # which says its words in this module's language

    if code == "workforce.rest-broken":
        values["rule"] = str(words_roster.RULES.get(str(values.get("rule")), values.get("rule")))
    told = words_roster.lists(clock.today())
    if code == "workforce.away-then":
        values["why"] = told["leave"].get(str(values.get("why")), str(values.get("why")))
    what = str(values.get("what", ""))
    if code == "workforce.unknown-word" and what in told:
        values["known"] = ", ".join(told[what].values())
        values["what"] = words_roster.LISTS[what]


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10


def as_uuid(text: str) -> UUID | None:
    """An id as an address or a form carries it; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
