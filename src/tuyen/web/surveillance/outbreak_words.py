"""The words of outbreaks: what each of their codes is called on a screen."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tuyen.rules.surveillance import outbreaks as law
from tuyen.web.surveillance import words

AUTHORITY: words.Words = {
    "station": _("Director of the commune station"),
    "commune-committee": _("Chair of the commune People’s Committee"),
    "province-committee": _("Chair of the provincial People’s Committee"),
    "minister": _("Minister of Health"),
    "prime-minister": _("Prime Minister"),
    "state": _("Authority under the law on emergencies"),
}
NEED: words.Words = {
    "criterion": _("the criterion of an epidemic is met"),
    "fails": _("a test of capacity failed"),
    "commune": _("the commune government still copes"),
    "province": _("only the province still copes"),
    "none": _("the province no longer copes"),
}
CAPACITY: words.Words = {
    "technical": _("The station cannot do the technical tasks"),
    "station": _("The station lacks staff or resources"),
    "forces": _("The local forces lack staff or resources"),
}
COPES: words.Words = {
    "": _("Not stated"),
    "commune": _("The commune government"),
    "province": _("The province"),
    "none": _("Not even the province"),
}
CRITERION: words.Words = {
    "EP-B1": words.RULE["EP-B1"],
    "EP-B2": words.RULE["EP-B2"],
    "EP-A": _("Group A: by the guidance for the disease"),
    "guidance": _("By the guidance of the Ministry for the disease"),
}
BECAUSE: words.Words = {
    "rule": _("Closed by the closing rule"),
    "ruled-out": _("Ruled out: it was no outbreak"),
    "joined": _("Part of another outbreak"),
}
EVIDENCE: words.Words = {
    "same-house": _("Live in the same house"),
    "same-class": _("Same class or school"),
    "care": _("Cared for the case"),
    "work": _("Same workplace"),
    "travel": _("Travelled together"),
    "genetic": _("Same strain in the laboratory"),
    "event": _("Same event"),
    "other": pgettext_lazy("evidence", "Something else"),
}
CONTACT_STATE: words.Words = {
    "watched": _("Watched"),
    "ill": pgettext_lazy("contact", "Ill"),
    "case": _("Became a case"),
}
FOLLOW: words.Words = {
    "well": pgettext_lazy("contact", "Well"),
    "ill": pgettext_lazy("contact", "Ill"),
    "not-found": pgettext_lazy("contact", "Not found"),
}
FOLLOW_MARK = {"well": "✓", "ill": "!", "not-found": "?"}
GRID_STATE: words.Words = {
    "": _("All contacts"),
    "due": _("To be seen today"),
    "ill": pgettext_lazy("contacts", "Ill"),
    "case": _("Became cases"),
    "over": _("No longer watched"),
}
SETTING: words.Words = {
    "home": _("At home"),
    "facility": _("In a health facility"),
    "gate": _("At the border gate"),
    "other": _("At another site"),
}
STEP: words.Words = {
    "listed": _("List made by the station"),
    "asked": _("Isolation asked for"),
    "decided": _("Isolation decided"),
    "informed": _("Person informed"),
    "moved": _("Person moved"),
    "started": _("Isolation and medical measures begun"),
    "hold": _("End of holding in place"),
    "handed-over": _("Handed over"),
    "ended": _("Completion certified"),
}
STAGE: words.Words = {
    "detect": _("Detection"),
    "notify": _("Notification"),
    "respond": _("Response"),
}
MILESTONE: words.Words = {
    "case": _("first case"),
    "alarm": _("alarm"),
    "signal": _("event signal"),
    "outbreak": _("opening of the outbreak"),
}
ORIGIN: words.Words = {
    "action": _("Early action"),
    "review": _("Finding of the review"),
    "other": pgettext_lazy("task", "Further task"),
}
FIGURE: words.Words = {
    "cases": _("Cases"),
    "confirmed": _("Confirmed"),
    "probable": _("Probable"),
    "suspected": _("Suspected"),
    "discarded": _("Ruled out"),
    "deaths": _("Deaths"),
    "recovered": _("Recovered"),
    "communes": _("Communes with cases"),
    "first_onset": _("First onset"),
    "last_onset": _("Last onset"),
    "sampled": _("Cases with a sample"),
    "positive": _("Positive results"),
    "pending": _("Results awaited"),
    "contacts": _("Contacts"),
    "watched": _("Contacts watched"),
    "ill": _("Contacts fallen ill"),
    "became": _("Contacts who became cases"),
    "linked": _("Cases with a known source"),
    "actions": _("Early actions"),
    "actions_done": _("Early actions done"),
    "level": _("Level declared"),
}
LEVEL_TYPE: words.Words = {
    "commune": _("Commune"),
    "ward": _("Ward"),
    "special_zone": _("Special zone"),
    "province": _("Province"),
    "station": _("Commune station"),
    "health_centre": _("Regional health centre"),
    "cdc": _("Provincial CDC"),
    "hospital": _("Hospital"),
}


def level(code: str, on: date) -> str:
    """The level that was declared, by the words of the rule of its day."""
    found = law.level(code, on) if code else None
    return found.name(words.language()) if found else ""


def action(code: str, on: date) -> str:
    """One of the seven early actions."""
    return _named(law.early_actions(on), code)


def hindrance(code: str, on: date) -> str:
    """Why a stage took long."""
    return _named(law.bottlenecks(on), code)


def relation(code: str, on: date) -> str:
    """How a contact met the case."""
    return _named(law.contact_kinds(on), code)


def _named(items: Any, code: str) -> str:
    language = words.language()
    return next((item.name(language) for item in items if item.code == code), code)
