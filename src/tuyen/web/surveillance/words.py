"""The words of surveillance: what each code is called on a screen, in the reader's language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tuyen.apps.surveillance.explaining import Sentence
from tuyen.apps.surveillance.queries import NO_OUTCOME, AlarmMark, AlarmRow
from tuyen.kernel.operation import Outcome
from tuyen.kernel.refusal import Refusal
from tuyen.rules import surveillance as rules

Words = Mapping[str, Any]  # code -> its word, translated when it is shown
_ISO_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")

SEX: Words = {"male": _("Male"), "female": _("Female"), "unknown": _("Not known")}
CLASSIFICATION: Words = {
    "suspected": _("Suspected"),
    "probable": _("Probable"),
    "confirmed": _("Confirmed"),
    "discarded": _("Ruled out"),
}
OUTCOME: Words = {
    "recovered": _("Recovered"),
    "discharged": _("Discharged"),
    "transferred": _("Transferred"),
    "died": _("Died"),
    "other": pgettext_lazy("outcome", "Other"),
}
TOLD: Words = {**OUTCOME, NO_OUTCOME: _("Not told yet")}
CARE: Words = {
    "outpatient": _("Outpatient"),
    "inpatient": _("Inpatient"),
    "home": _("Treated at home"),
}
ANSWER: Words = {"yes": _("Yes"), "no": _("No"), "unknown": _("Not known")}
TEST: Words = {
    "rapid": _("Rapid test"),
    "serology": _("Serology"),
    "pcr": _("PCR"),
    "culture": _("Culture"),
    "microscopy": _("Microscopy"),
    "other": pgettext_lazy("test", "Other"),
}
RESULT: Words = {
    "positive": _("Positive"),
    "negative": _("Negative"),
    "suspect": _("Inconclusive"),
    "pending": _("Waiting for the result"),
}
WINDOW: Words = {
    "24h": _("report within 24 hours"),
    "48h": _("report within 48 hours"),
    "weekly": _("weekly report"),
    "monthly": _("monthly report"),
}
STATE: Words = {
    "new": _("New"),
    "verified": _("Verified"),
    "dismissed": _("Dismissed"),
    "outbreak": _("Outbreak opened"),
}
LEVEL: Words = {
    "signal": _("Signal"),
    "alert": _("Alert"),
    "epidemic": _("Epidemic"),
    "ended": _("Ended"),
}
DECISION: Words = {
    "take": _("Taken on"),
    "verify": _("Verified"),
    "dismiss": _("Dismissed"),
    "open-outbreak": _("Outbreak opened"),
}
CLOSED: Words = {
    "END-B": _("No further case for the period the law asks for"),
    "count-corrected": _("The count was corrected"),
    "by-hand": _("Closed by hand"),
}
GROUP: Words = {"A": _("Group A"), "B": _("Group B"), "C": _("Group C")}
RULE: Words = {
    "AL-A": _("Alert of group A: one confirmed case"),
    "AL-B1": _("Alert by history: above the same weeks of earlier years"),
    "AL-B2": _("Alert by linked cases in a week"),
    "EP-B1": _("Epidemic by history: above the same months of earlier years"),
    "EP-B2": _("Epidemic by linked cases in a month"),
    "EARS-C1": _("Statistical signal EARS C1"),
    "EARS-C2": _("Statistical signal EARS C2"),
    "EARS-C3": _("Statistical signal EARS C3"),
    "FAR-FLEX": _("Statistical signal Farrington: above the same weeks of earlier years"),
    "SCAN-ST": _("Statistical signal: cluster of neighbouring communes"),
}
FIELD: Words = {
    "disease": _("Disease"),
    "sex": _("Sex"),
    "onset_on": _("Day of onset"),
    "classification": _("Classification"),
    "birth_date": _("Date of birth"),
    "age": _("Age"),
    "commune": _("Commune"),
    "village": _("Village"),
    "person": _("Person in the registry"),
    "name": _("Full name"),
    "identity": _("Personal number"),
    "phone": _("Phone"),
    "ethnicity": _("Ethnic group"),
    "nationality": _("Nationality"),
    "occupation": _("Occupation"),
    "workplace": _("Workplace or school"),
    "address": _("Address"),
    "permanent_address": _("Permanent address"),
    "diagnosed_on": _("Day of diagnosis"),
    "diagnosed_at": _("Moment of diagnosis"),
    "reported_at": _("Reported"),
    "sampled_on": _("Day of the sample"),
    "test": _("Kind of test"),
    "result": _("Laboratory result"),
    "result_on": _("Day of the result"),
    "vaccinated": _("Vaccinated"),
    "doses": _("Doses"),
    "last_dose_on": _("Day of the last dose"),
    "care": _("Care"),
    "facility": _("Treated at"),
    "admitted_on": _("Admitted"),
    "outcome": _("Outcome"),
    "outcome_on": _("Day of the outcome"),
    "history": _("Exposure and history"),
    "cluster": _("Cluster or outbreak"),
    "linked_to": _("Linked to cases"),
    "reporter": _("Reported by"),
    "note": _("Note"),
    "external_id": _("Number at the source"),
    "not_a_duplicate_of": _("Not a duplicate of"),
}
_CODED: Mapping[str, Words] = {
    "sex": SEX,
    "classification": CLASSIFICATION,
    "outcome": OUTCOME,
    "care": CARE,
    "vaccinated": ANSWER,
    "test": TEST,
    "result": RESULT,
}


def language() -> str:
    """The reader's language, as the rules name it: vi, en or zh."""
    return (get_language() or "vi")[:2]


def disease(id: str) -> str:
    return rules.disease(id).name(language())


def word(words: Words, code: str | None) -> str:
    """The word of a code; an unknown code is shown as it is, no code as nothing."""
    return str(words.get(code, code)) if code else ""


def choices(words: Words, blank: Any = None) -> list[tuple[str, Any]]:
    """The codes as choices of a field, with an empty one before them if ``blank`` names it."""
    return [*([("", blank)] if blank is not None else []), *words.items()]


def level(row: AlarmRow | AlarmMark) -> str:
    """The level under which an alarm is drawn: signal, alert, epidemic or ended."""
    if row.closed_on is not None:
        return "ended"
    return {"EP": "epidemic", "AL": "alert"}.get(row.rule[:2], "signal")


def explained(sentence: Sentence) -> str:
    """The sentence of an alarm in the reader's language."""
    return sentence.text(gettext)


def said(refusal: Refusal | Outcome) -> str:
    """A refusal as a sentence in the reader's language, its days written as days."""
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    for name, value in refusal.values.items():
        if isinstance(value, str) and _ISO_DAY.fullmatch(value):  # as a receipt keeps it
            value = date.fromisoformat(value)
        if isinstance(value, date):
            refusal.values[name] = f"{value:%d/%m/%Y}"
    return refusal.sentence(gettext(refusal.message))


def value_of(name: str, value: Any, places: Any, on: date) -> str | None:
    """A field of a case as it is read: codes by their words, days as days, places by name."""
    if value in (None, "", [], ()):
        return None
    if name in _CODED:
        return word(_CODED[name], str(value))
    if name == "disease":
        return disease(str(value))
    if name in ("commune", "village", "facility"):
        return places.full_name(value, on) or str(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)


def labelled(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(name, label) of fields."""
    for name in names:
        yield name, word(FIELD, name)
