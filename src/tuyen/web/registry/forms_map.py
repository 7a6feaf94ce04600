"""What the map shows, as a GET form."""

from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tuyen.rules.surveillance import all_diseases, diseases
from tuyen.web.registry.words import language

WEEKS = (1, 4, 13, 26, 52)
LAYERS = {
    "station": _("Stations"),
    "point": _("Satellite points"),
    "centre": _("Health centres"),
    "hospital": _("Hospitals"),
    "gate": _("Border gates"),
    "laboratory": _("Laboratories"),
}
EARLIEST = date(1945, 9, 2)


class Wish(NamedTuple):
    """A map asked for: the day of the map, what colours it, and what stands on it."""

    on: date
    show: str  # units, people or cases
    disease: str
    weeks: int
    last: date  # the period of cases ends with the week of this day
    layers: tuple[str, ...]


class MapForm(forms.Form):
    """The filters over the map; what is left out or wrong falls back to the plain map of today."""

    on = forms.DateField(label=_("Map of the day"), required=False)
    show = forms.ChoiceField(label=_("Colour by"), required=False)
    disease = forms.ChoiceField(label=_("Disease"), required=False)
    weeks = forms.TypedChoiceField(label=_("Period"), required=False, coerce=int)
    last = forms.DateField(label=_("Period ends"), required=False)
    layer = forms.MultipleChoiceField(
        label=_("Facilities shown"),
        required=False,
        choices=list(LAYERS.items()),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, today: date, counts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        shown = [("units", _("Type of commune")), ("people", _("People"))]
        shown += [("cases", _("Cases"))] if counts else []
        self.fields["show"].choices = shown  # type: ignore[attr-defined]
        listed = {each.id for each in diseases(today)}
        old = [each for each in all_diseases() if each.id not in listed]
        self.fields["disease"].choices = [  # type: ignore[attr-defined]
            ("", _("All diseases")),
            *((each.id, each.name(language())) for each in diseases(today)),
            *([(_("No longer on the list"), [(d.id, d.name(language())) for d in old])]
              if old else []),
        ]  # fmt: skip
        self.fields["weeks"].choices = [  # type: ignore[attr-defined]
            (n, ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n}) for n in WEEKS
        ]

    def clean_on(self) -> date | None:
        return self._possible("on")

    def clean_last(self) -> date | None:
        return self._possible("last")

    def _possible(self, name: str) -> date | None:
        day: date | None = self.cleaned_data.get(name)
        latest = self.today.replace(year=self.today.year + 5, day=1)
        if day is not None and not EARLIEST <= day <= latest:
            raise forms.ValidationError(_("Give a day from 1945 to five years from now."))
        return day

    def wish(self) -> Wish:
        """What was asked, with defaults where nothing, or nothing usable, was given."""
        self.is_valid()
        given = self.cleaned_data
        shown = [key for key, _label in self.fields["show"].choices]  # type: ignore[attr-defined]
        return Wish(
            on=given.get("on") or self.today,
            show=given.get("show") or shown[-1],
            disease=given.get("disease") or "",
            weeks=given.get("weeks") or 4,
            last=min(given.get("last") or self.today, self.today),
            layers=tuple(given.get("layer") or ()),
        )
