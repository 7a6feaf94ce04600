"""Correcting a dose: the dose as it stands, to be typed over where it is wrong."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tuyen.apps.immunization.operations import AmendDose, DoseChanges
from tuyen.apps.immunization.queries import DoseRow
from tuyen.rules.immunization import lists
from tuyen.web.immunization import words
from tuyen.web.immunization.forms import PRECISIONS, vaccine_choices

_COLUMN = {"on": "given_on"}  # where the form's word is not the register's
_MOMENTS = ("arrived_at", "screened_at", "injected_at", "left_at")
_CHOSEN_OR_NOT = ("site", "route", "place_kind")


class AmendForm(forms.Form):
    """A dose as it stands. Only what is changed is sent, with the reason."""

    vaccine = forms.ChoiceField(label=_("Vaccine"))
    on = forms.DateField(label=_("Given on"))
    precision = forms.ChoiceField(label=_("Of the date is known"), choices=PRECISIONS)
    product = forms.ChoiceField(label=_("Product"), required=False)
    lot = forms.CharField(label=_("Lot"), max_length=40, required=False)
    number = forms.IntegerField(
        label=_("Number in the series, as it was written"),
        min_value=1,
        max_value=20,
        required=False,
    )
    programme = forms.ChoiceField(label=_("Programme"))
    place_kind = forms.ChoiceField(label=_("Kind of place"), required=False)
    place = forms.CharField(label=_("Where it was given"), max_length=200, required=False)
    site = forms.ChoiceField(label=_("Where on the body"), required=False)
    route = forms.ChoiceField(label=_("Route"), required=False)
    vaccinator = forms.CharField(label=_("Vaccinator"), max_length=200, required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    reason = forms.CharField(
        label=_("Why it is corrected"), min_length=3, max_length=500,
        help_text=_("What stood before stays to be seen, with this reason."),
    )  # fmt: skip

    def __init__(self, *args: Any, dose: DoseRow, today: date, **kwargs: Any) -> None:
        self.dose = dose
        kwargs["initial"] = _as_it_stands(dose)
        super().__init__(*args, **kwargs)
        for name in ("programme", "place-kind", "site", "route"):
            offered = words.choices(name)
            field = self.fields[name.replace("-", "_")]
            field.choices = offered if field.required else [("", "–"), *offered]  # type: ignore[attr-defined]
        held = [(dose.vaccine, words.vaccine_name(dose.vaccine))]
        known = [each for each in vaccine_choices(today) if each[0]]
        inside = any(code == dose.vaccine for code, _name in known)
        self.fields["vaccine"].choices = known if inside else held + known  # type: ignore[attr-defined]
        self.fields["product"].choices = [("", "–"), *_products()]  # type: ignore[attr-defined]
        if dose.facility is not None:  # it is on the map, and needs no words
            del self.fields["place"]

    def rows(self) -> list[Any]:
        """The fields that say what the dose is, in their order."""
        return [self[name] for name in self.fields if name != "reason"]

    def changes(self) -> DoseChanges:
        """What is not as it stands. A dose on another day loses the moments of the day it was
        entered for: they were of that day's clock."""
        stands, said = _as_it_stands(self.dose), self.cleaned_data
        new: dict[str, Any] = {
            name: said[name] or None if name in _CHOSEN_OR_NOT else said[name]
            for name in self.fields
            if name != "reason" and name in said and said[name] != stands[name]
        }
        if "vaccine" in new and not _is_of(said["product"], new["vaccine"]):
            new["product"] = ""
        if "on" in new:
            new |= {name: None for name in _MOMENTS if getattr(self.dose, name) is not None}
        return DoseChanges(**new)

    def payload(self, dose: UUID, revision: int) -> AmendDose:
        return AmendDose(
            dose=dose, changes=self.changes(), reason=self.cleaned_data["reason"], revision=revision
        )


def _as_it_stands(dose: DoseRow) -> dict[str, Any]:
    names = ("vaccine", "on", "precision", "product", "lot", "number", "programme", "place_kind",
             "place", "site", "route", "vaccinator", "note")  # fmt: skip
    return {name: getattr(dose, _COLUMN.get(name, name)) for name in names}


def _products() -> list[tuple[str, str]]:
    return [
        (one.code, f"{one.trade_name} · {words.vaccine_name(one.vaccine)}")
        for one in lists.products().values()
    ]


def _is_of(product: str, vaccine: str) -> bool:
    known = lists.products().get(product)
    return known is None or known.vaccine == vaccine
