"""The form of a case report: what is asked, how it is read, and beside which field a refusal stands.

The first fields are all that a report needs; the others of form 01 are folded away. Everything
typed is text first: what cannot be read is said beside its field and stays as it was typed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuyen.apps.surveillance.operations import ReportCase
from tuyen.kernel.refusal import Refusal
from tuyen.rules import surveillance as rules
from tuyen.web.surveillance import ages, filters, words

_NOT_A_DAY = gettext_lazy("Write the day like 07/03/2026.")


class DayField(forms.CharField):
    """A day typed as dd/mm/yyyy; the form keeps what was typed when it is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=10, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = filters.day(text)
        if found is None:
            raise forms.ValidationError(_NOT_A_DAY)
        return found


def _text(label: Any, longest: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, **kwargs)


def _choice(label: Any, known: words.Words, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=words.choices(known, gettext_lazy("Not said")),
        **kwargs,
    )


def _chosen() -> forms.CharField:
    return forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)


class CaseForm(forms.Form):
    """A case report or its amendment. ``asked`` are the fields that are always in sight."""

    asked = ("disease", "onset_on", "name", "sex", "age", "place", "classification")
    folded = (
        (gettext_lazy("The person"), ("identity", "phone", "ethnicity", "occupation", "workplace",
                              "address")),
        (gettext_lazy("Diagnosis and laboratory"), ("diagnosed_on", "test", "result", "sampled_on",
                                            "result_on")),
        (gettext_lazy("Care and outcome"), ("care", "facility", "admitted_on", "outcome", "outcome_on")),
        (gettext_lazy("Vaccination and exposure"), ("vaccinated", "doses", "last_dose_on", "cluster",
                                            "history")),
        (gettext_lazy("About this report"), ("reporter", "external_id", "note")),
    )  # fmt: skip

    disease = forms.CharField(
        label=words.FIELD["disease"],
        max_length=200,
        help_text=gettext_lazy("Name in any language, or ICD-10 code"),
    )
    disease_id = _chosen()
    onset_on = DayField(label=words.FIELD["onset_on"])
    name = _text(
        gettext_lazy("Who is ill"),
        200,
        help_text=gettext_lazy("Choose a resident, or type the name as it is"),
    )
    person = _chosen()
    sex = forms.ChoiceField(
        label=words.FIELD["sex"],
        choices=words.choices(words.SEX),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one; “not known” is an answer too.")},
    )
    age = forms.CharField(
        label=gettext_lazy("Age or date of birth"),
        max_length=20,
        help_text=gettext_lazy("34, 8 months, 1990 or 15/03/1990"),
        error_messages={
            "required": gettext_lazy(
                "Give the age or the date of birth; a guess is better than none."
            )
        },
    )
    place = forms.CharField(
        label=gettext_lazy("Commune or village on that day"),
        max_length=200,
        help_text=gettext_lazy("As it was on the day of onset; old names are found too"),
        error_messages={"required": gettext_lazy("Give the commune or the village.")},
    )
    place_id = _chosen()
    classification = forms.ChoiceField(
        label=words.FIELD["classification"], choices=words.choices(words.CLASSIFICATION),
        widget=forms.RadioSelect, initial="suspected",
    )  # fmt: skip

    identity = _text(words.FIELD["identity"], 20)
    phone = _text(words.FIELD["phone"], 30)
    ethnicity = _text(words.FIELD["ethnicity"], 60)
    occupation = _text(words.FIELD["occupation"], 200)
    workplace = _text(words.FIELD["workplace"], 200)
    address = _text(words.FIELD["address"], 200)
    diagnosed_on = DayField(
        label=words.FIELD["diagnosed_on"], required=False,
        help_text=gettext_lazy("Left empty: today. The clock of the report runs from it."),
    )  # fmt: skip
    test = _choice(words.FIELD["test"], words.TEST)
    result = _choice(words.FIELD["result"], words.RESULT)
    sampled_on = DayField(label=words.FIELD["sampled_on"], required=False)
    result_on = DayField(label=words.FIELD["result_on"], required=False)
    care = _choice(words.FIELD["care"], words.CARE)
    facility = _text(words.FIELD["facility"], 200)
    facility_id = _chosen()
    admitted_on = DayField(label=words.FIELD["admitted_on"], required=False)
    outcome = _choice(words.FIELD["outcome"], words.OUTCOME)
    outcome_on = DayField(label=words.FIELD["outcome_on"], required=False)
    vaccinated = forms.ChoiceField(
        label=words.FIELD["vaccinated"], required=False, choices=words.choices(words.ANSWER),
        initial="unknown",
    )  # fmt: skip
    doses = forms.IntegerField(
        label=words.FIELD["doses"], required=False, min_value=0, max_value=20
    )
    last_dose_on = DayField(label=words.FIELD["last_dose_on"], required=False)
    cluster = _text(words.FIELD["cluster"], 60)
    history = _text(words.FIELD["history"], 4000, widget=forms.Textarea)
    reporter = _text(words.FIELD["reporter"], 200)
    external_id = _text(words.FIELD["external_id"], 100)
    note = _text(words.FIELD["note"], 4000, widget=forms.Textarea)

    draft = _chosen()
    unit = forms.ChoiceField(label=gettext_lazy("Reported for"), required=False)

    def __init__(
        self, *args: Any, places: Any, on: date, units: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.on = places, on
        self.fields["unit"].choices = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._settle_disease(data)
        self._settle_place(data, "place", ("commune", "ward", "town", "special_zone", "village"))
        self._settle_place(data, "facility", None)
        self._settle_age(data)
        return data

    def report(self, person: Any = None, apart_from: tuple[UUID, ...] = ()) -> ReportCase:
        """The report that a valid form stands for."""
        data = self.cleaned_data
        old: ages.Old = data["old"]
        place: UUID | None = data["place_unit"]
        level = self.places.level(place) if place else None
        plain = {name: data[name] for name in _SAME if data.get(name) not in (None, "")}
        return ReportCase(
            disease=data["disease_key"],
            sex=data["sex"],
            onset_on=data["onset_on"],
            classification=data["classification"],
            birth_date=old.born,
            age=old.years,
            commune=place if level != _VILLAGE else None,
            village=place if level == _VILLAGE else None,
            person=person,
            facility=data["facility_unit"],
            not_a_duplicate_of=apart_from,
            **plain,
        )

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal beside the field that it is about."""
        name = _BESIDE.get(refusal.code)
        self.add_error(name, words.said(refusal))

    def _settle_disease(self, data: dict[str, Any]) -> None:
        key, text = data.get("disease_id", ""), data.get("disease", "")
        if not text:
            return
        known = {disease.id for disease in rules.all_diseases()}
        if key not in known:
            key = _one_disease(text, self.on)
        if not key:
            near = ", ".join(d.name(words.language()) for d in rules.find(text, self.on, limit=3))
            self.add_error("disease", _("“{text}” is not one disease of the list.").format(
                text=text) + (" " + _("Did you mean: {names}?").format(names=near) if near else "")
            )  # fmt: skip
        data["disease_key"] = data["disease_id"] = key

    def _settle_place(self, data: dict[str, Any], name: str, types: tuple[str, ...] | None) -> None:
        data[f"{name}_unit"] = None
        text = data.get(name, "")
        if not text:
            return
        try:
            chosen: UUID | None = UUID(data.get(f"{name}_id") or "")
        except ValueError:
            chosen = None
        if chosen is None or self.places.unit(chosen) is None:
            chosen = self._find(text, types)
        if chosen is None:
            found = self.places.find(text, self.on, types=types, limit=3)
            near = ", ".join(self.places.full_name(one.unit, self.on) for one in found)
            self.add_error(name, _("“{text}” is not one place of the map.").format(text=text)
                + (" " + _("Did you mean: {names}?").format(names=near) if near else ""))  # fmt: skip
        data[f"{name}_unit"] = chosen

    def _find(self, text: str, types: tuple[str, ...] | None) -> UUID | None:
        """The one unit that a text means: the only one, or the only one called exactly so."""
        found = self.places.find(text, self.on, types=types, limit=3)
        exact = [one for one in found if one.score >= 1 and one.current] or [
            one for one in found if one.score >= 1
        ]
        if len(exact) == 1:
            return exact[0].unit
        return found[0].unit if len(found) == 1 else None

    def _settle_age(self, data: dict[str, Any]) -> None:
        text = data.get("age", "")
        if not text:
            data["old"] = ages.Old()
            return
        old = ages.read(text, data.get("onset_on"))
        if old is None:
            self.add_error("age", _("“{text}” is no age and no date: write 34, 8 months or 15/03/1990.")
                           .format(text=text))  # fmt: skip
        data["old"] = old or ages.Old()


class ReasonForm(forms.Form):
    """Why a case is taken out of all counts."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, read by others"),
        min_length=3,
        max_length=500,
        widget=forms.Textarea,
    )


def initial_of(case: ReportCase, places: Any, on: date) -> dict[str, Any]:
    """The values with which a form shows a case."""
    place = case.village or case.commune
    same = {name: getattr(case, name) for name in _SAME}
    return {
        **same,
        "disease": words.disease(case.disease),
        "disease_id": case.disease,
        "onset_on": case.onset_on,
        "sex": case.sex,
        "age": ages.write(case.birth_date, case.age),
        "place": places.full_name(place, case.onset_on),
        "place_id": str(place or ""),
        "classification": case.classification,
        "facility": places.full_name(case.facility, on) if case.facility else "",
        "facility_id": str(case.facility or ""),
        "person": str(case.person or ""),
    }


def changes(before: ReportCase, after: ReportCase) -> dict[str, Any]:
    """The fields that differ, with their new values, as an amendment names them."""
    plain_before, plain_after = msgspec.structs.asdict(before), msgspec.structs.asdict(after)
    found = {
        name: value for name, value in plain_after.items()
        if value != plain_before[name] and name in AMENDABLE
    }  # fmt: skip
    # What one field of the form stands for is not taken away because the form shows it once.
    if before.birth_date is not None and "birth_date" not in found:
        found.pop("age", None)
    if before.village is not None and "village" not in found:
        found.pop("commune", None)
    return found


def _one_disease(text: str, on: date) -> str:
    """The disease that a typed text means, when it can only be one."""
    found = rules.find(text, on, limit=2)
    if len(found) == 1 or (found and found[0].name(words.language()).casefold() == text.casefold()):
        return found[0].id
    try:
        candidates = rules.by_icd10(text, on)
    except ValueError:
        return ""
    return candidates[0].disease.id if len(candidates) == 1 else ""


_VILLAGE = 4
_SAME = (
    "name", "identity", "phone", "ethnicity", "occupation", "workplace", "address",
    "diagnosed_on", "test", "result", "sampled_on", "result_on", "care", "admitted_on", "outcome",
    "outcome_on", "vaccinated", "doses", "last_dose_on", "cluster", "history", "reporter",
    "external_id", "note",
)  # fmt: skip
AMENDABLE = frozenset(
    (*_SAME, "disease", "sex", "onset_on", "classification", "birth_date", "age", "commune",
     "village", "person", "facility", "not_a_duplicate_of")
)  # fmt: skip
_BESIDE: Mapping[str, str] = {
    "surveillance.unknown-disease": "disease",
    "surveillance.not-on-the-list": "disease",
    "surveillance.onset-in-the-future": "onset_on",
    "surveillance.onset-after-report": "onset_on",
    "surveillance.onset-before-birth": "onset_on",
    "surveillance.diagnosis-before-onset": "diagnosed_on",
    "surveillance.diagnosis-in-the-future": "diagnosed_on",
    "surveillance.outcome-before-onset": "outcome_on",
    "surveillance.outcome-before-admission": "outcome_on",
    "surveillance.outcome-in-the-future": "outcome_on",
    "surveillance.admission-in-the-future": "admitted_on",
    "surveillance.result-before-sample": "result_on",
    "surveillance.dose-before-birth": "last_dose_on",
    "surveillance.unknown-person": "name",
    "surveillance.age-contradicts-birth": "age",
    "surveillance.age-missing": "age",
    "surveillance.too-old": "age",
    "surveillance.no-commune": "place",
    "surveillance.unknown-place": "place",
    "surveillance.not-a-commune": "place",
    "surveillance.commune-closed": "place",
    "surveillance.commune-not-yet": "place",
    "surveillance.village-elsewhere": "place",
    "surveillance.facility-not-there": "facility",
    "surveillance.already-reported": "external_id",
}
