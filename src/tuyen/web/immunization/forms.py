"""Recording a visit, copying a booklet, taking a dose out."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tuyen.apps.immunization.operations import (
    Given,
    RecordDoses,
    RecordHistory,
    Remembered,
    ResolveDuplicate,
    VoidDose,
)
from tuyen.rules.immunization import lists
from tuyen.web.immunization import words

LINES = 4
HISTORY_LINES = 8
PRECISIONS = [
    ("day", _("The whole date")),
    ("month", _("Month and year")),
    ("year", _("The year only")),
]
SHOWN = [
    ("booklet", _("The immunisation booklet")),
    ("certificate", _("A certificate")),
    ("register", _("An older register")),
    ("told", _("Nothing: as the family tells it")),
]


def vaccine_choices(on: date) -> list[tuple[str, str]]:
    """Vaccines of a day, those of the programme first."""
    known = lists.vaccines(on).values()
    ordered = sorted(known, key=lambda one: one.payer != "state")
    return [
        ("", "—"),
        *((one.code, f"{words.vaccine_name(one.code)} · {one.code}") for one in ordered),
    ]


class VisitForm(forms.Form):
    """What was given today, after a passed screening: up to four vaccines."""

    on = forms.DateField(label=_("Given on"))
    programme = forms.ChoiceField(label=_("Programme"))
    place_kind = forms.ChoiceField(label=_("Where it was given"))
    vaccinator = forms.CharField(label=_("Vaccinator"), max_length=200, required=False)
    screened = forms.BooleanField(
        label=_("The screening was passed today"), required=False,
        help_text=_("No dose is taken without it. A deferred child comes again another day."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = words.choices("programme")  # type: ignore[attr-defined]
        self.fields["place_kind"].choices = words.choices("place-kind")  # type: ignore[attr-defined]
        offered = vaccine_choices(today)
        for n in range(LINES):
            self.fields[f"vaccine{n}"] = forms.ChoiceField(
                label=_("Vaccine"), choices=offered, required=n == 0
            )
            self.fields[f"lot{n}"] = forms.CharField(label=_("Lot"), max_length=40, required=False)

    def lines(self) -> list[tuple[Any, Any]]:
        return [(self[f"vaccine{n}"], self[f"lot{n}"]) for n in range(LINES)]

    def payload(self, person: UUID) -> RecordDoses:
        said = self.cleaned_data
        return RecordDoses(
            person=person, programme=said["programme"], place_kind=said["place_kind"],
            screening="passed" if said["screened"] else "deferred",
            vaccinator=said["vaccinator"], note=said["note"],
            given=tuple(
                Given(vaccine=said[f"vaccine{n}"], lot=said[f"lot{n}"])
                for n in range(LINES) if said[f"vaccine{n}"]
            ),
        )  # fmt: skip


class BookletForm(forms.Form):
    """Doses of the past, from what the family shows."""

    shown = forms.ChoiceField(label=_("From what they are copied"), choices=SHOWN)
    place = forms.CharField(
        label=_("Where they were given"), max_length=200, required=False,
        help_text=_("As it is written there; leave it blank when it says nothing."),
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = vaccine_choices(today)
        for n in range(HISTORY_LINES):
            self.fields[f"vaccine{n}"] = forms.ChoiceField(
                label=_("Vaccine"), choices=offered, required=n == 0
            )
            self.fields[f"on{n}"] = forms.DateField(label=_("Given on"), required=n == 0)
            self.fields[f"precision{n}"] = forms.ChoiceField(
                label=_("Of the date is known"), choices=PRECISIONS, initial="day", required=False
            )

    def lines(self) -> list[tuple[Any, ...]]:
        return [
            (self[f"vaccine{n}"], self[f"on{n}"], self[f"precision{n}"])
            for n in range(HISTORY_LINES)
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for n in range(HISTORY_LINES):
            if said.get(f"vaccine{n}") and not said.get(f"on{n}") and f"on{n}" not in self.errors:
                self.add_error(f"on{n}", _("Give the date of this dose, as far as it is known."))
        return said

    def payload(self, person: UUID) -> RecordHistory:
        said = self.cleaned_data
        return RecordHistory(
            person=person, shown=said["shown"],
            doses=tuple(
                Remembered(vaccine=said[f"vaccine{n}"], on=said[f"on{n}"], place=said["place"],
                           precision=said[f"precision{n}"] or "day")
                for n in range(HISTORY_LINES) if said[f"vaccine{n}"]
            ),
        )  # fmt: skip


class VoidForm(forms.Form):
    """Why a dose is taken out."""

    reason = forms.CharField(
        label=_("Reason"), min_length=3, max_length=500,
        help_text=_("The dose stays on the card, struck out, with this reason."),
    )  # fmt: skip

    def payload(self, dose: UUID) -> VoidDose:
        return VoidDose(dose=dose, reason=self.cleaned_data["reason"])


class SameForm(forms.Form):
    """What two entries of one day are."""

    answer = forms.ChoiceField(label=_("What they are"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, entries: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [*entries, ("apart", _("Two doses: both are counted"))]  # type: ignore[attr-defined]

    def payload(self, dose: UUID) -> ResolveDuplicate:
        answer = self.cleaned_data["answer"]
        if answer == "apart":
            return ResolveDuplicate(dose=dose, same=False)
        return ResolveDuplicate(dose=dose, same=True, keep=UUID(answer))
