"""Programmes of care in words: values, readings, what is to be done, what came of a call."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuyen.apps.clinical.queries import PatientRow
from tuyen.kernel.refusal import N_
from tuyen.rules.clinical import calls
from tuyen.rules.clinical.programme import Programme, programmes
from tuyen.web.templatetags import figures

LISTS = {
    "late": N_("To call"),
    "waiting": N_("Called, to be tried again"),
    "all": N_("Everybody in it"),
    "uncontrolled": N_("Not on target"),
    "not-measured": N_("Not measured"),
    "refer": N_("To be referred"),
}
PARTS = {
    "registered": N_("In the programme"),
    "under_care": N_("Under care"),
    "contacted": N_("Seen this month"),
    "late": N_("Overdue"),
    "counted": N_("Counted for control"),
    "controlled": N_("On target"),
    "uncontrolled": N_("Not on target"),
    "not_measured": N_("Not measured"),
    "missed": N_("Not seen in 3 months"),
    "old": N_("In it for 12 months"),
    "lost": N_("Lost to follow-up"),
}
BUDGET = {
    "budget-people": N_("Money was spent on this year"),
    "budget-near": N_("Near the cap of the year, or at it"),
    "budget-above": N_("Above the cap of the year"),
}
OUTCOMES = {
    "controlled": N_("On target"),
    "uncontrolled": N_("Not on target"),
    "not-measured": N_("Not measured"),
    "missed": N_("Not seen in 3 months"),
    "lost": N_("Lost to follow-up"),
    "died": N_("Died"),
    "moved": N_("Moved away"),
    "left": N_("Left for another reason"),
}
MONTH = {
    "people": N_("People seen"),
    "women": N_("Women"),
    "new": N_("Newly found"),
    "on_target": N_("On target"),
    "not_on_target": N_("Not on target"),
    "not_assessed": N_("Not assessed"),
}
READINGS = (
    (N_("Not on target"), "bad"), (N_("On target"), "good"), (N_("Not measured"), "plain"),
)  # fmt: skip
STEPS = {
    "refer": (N_("Refer"), "bad"),
    "step-up": (N_("Step up"), "warn"),
    "step-down": (N_("Step down"), "calm"),
    "look": (N_("Look at"), "calm"),
}
ENDS = {
    "died": N_("Died"),
    "moved": N_("Moved away"),
    "refused": N_("Refuses care"),
    "error": N_("Entered in error"),
    "merged": N_("Two records of one person"),
}


def language() -> str:
    return get_language() or "vi"


def named(key: str) -> str:
    """The name of a programme in the reader's language."""
    one = programmes().get(key)
    return one.names.of(language()) if one else key


def values(row: PatientRow) -> str:
    """The last values that the target asks, as they are read at the desk: "152/94", "7.4"."""
    said = row.values
    told = []
    if "systolic" in said and "diastolic" in said:
        told.append(f"{_number(said['systolic'])}/{_number(said['diastolic'])}")
    for what, unit in (("glucose_fasting", "mmol/L"), ("hba1c", "% HbA1c")):
        if what in said:
            told.append(f"{_number(said[what])} {unit}")
    return " · ".join(told) or _answers(row)


def _answers(row: PatientRow) -> str:
    """The answers of a programme whose target is none of the measures: the first that is a choice."""
    one = programmes().get(row.programme)
    for name, asked in one.form.items() if one else ():
        said = row.values.get(f"answer.{name}")
        if asked.kind == "choice" and isinstance(said, str) and said in asked.choices:
            return asked.choices[said].names.of(language())
    return ""


def _number(value: Any) -> str:
    return figures.number(value, 0 if float(value).is_integer() else 1)


def step(row: PatientRow, on: date) -> tuple[str, str, str] | None:
    """What is to be done, why, and in which tone."""
    one = programmes().get(row.programme)
    if one is None or row.step_do not in STEPS:
        return None
    word, tone = STEPS[row.step_do]
    why = next((s.names.of(language()) for s in one.steps(on) if s.key == row.step), "")
    return _(word), why, tone


def reading(row: PatientRow) -> tuple[str, str]:
    word, tone = READINGS[row.reading]
    return _(word), tone


def result(code: str) -> str:
    found = calls.results().get(code)
    return found.names.of(language()) if found else code


def results() -> list[tuple[str, str]]:
    return [(code, one.names.of(language())) for code, one in calls.results().items()]


def ends(one: Programme) -> list[tuple[str, str]]:
    """Why somebody may be let out, by hand."""
    own = [(code, names.of(language())) for code, names in one.outcomes.items()]
    return own + [(code, _(ENDS[code])) for code in ("refused", "moved", "died", "error")]


def why(row: PatientRow) -> str:
    """Why somebody left."""
    one = programmes().get(row.programme)
    if one is not None and row.why in one.outcomes:
        return one.outcomes[row.why].of(language())
    return _(ENDS[row.why]) if row.why in ENDS else row.why


def rest(query: Iterable[tuple[str, Any]], *without: str) -> Sequence[tuple[str, Any]]:
    return [(name, value) for name, value in query if name not in without]
