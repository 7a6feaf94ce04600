"""A figure as a person reads it in a document, and the operation it makes."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tuyen.apps.indicators.operations import CorrectFigure, PublishFigure
from tuyen.apps.indicators.queries import FigureRow
from tuyen.kernel.period import Period
from tuyen.rules.indicators import indicator, indicators, unit_words
from tuyen.web.indicators import words
from tuyen.web.indicators.numbers import NumberField

CALENDARS = [("statistics", _("Statistics calendar")), ("administrative", _("Administrative calendar"))]  # fmt: skip
FEWEST_YEARS = 1990


def parts_of_a_year() -> list[tuple[str, str]]:
    """The periods that reports are made for, by the tail of their label."""
    return [
        ("", gettext("The whole year")),
        ("-H1", gettext("First half")),
        ("-H2", gettext("Second half")),
        ("-9M", gettext("First nine months")),
        *((f"-Q{n}", gettext("Quarter %(n)s") % {"n": n}) for n in range(1, 5)),
        *((f"-{n:02d}", gettext("Month %(n)s") % {"n": n}) for n in range(1, 13)),
    ]


class FigureForm(forms.Form):
    """Everything that a document may say of a figure; what it does not say stays empty."""

    indicator = forms.ChoiceField(label=_("Indicator"))
    unit = forms.CharField(label=_("Unit"), max_length=200)
    unit_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    year = forms.IntegerField(
        label=_("Year"),
        min_value=FEWEST_YEARS,
        max_value=2100,
        localize=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    part = forms.ChoiceField(label=_("Part of the year"), required=False)
    calendar = forms.ChoiceField(
        label=_("Reporting calendar"),
        choices=CALENDARS,
        widget=forms.RadioSelect,
        help_text=_(
            "The statistics calendar counts calendar months; the administrative one closes on the"
            " 14th (six months: 15 December to 14 June)."
        ),
    )
    value = NumberField(
        label=_("Value"), help_text=_("As printed, with all its decimals: they are kept.")
    )
    qualifier = forms.ChoiceField(
        label=_("The document says"),
        choices=[
            ("exact", _("exactly this")),
            ("at-least", _("more than this, at least this")),
            ("about", _("about this")),
        ],
        widget=forms.RadioSelect,
    )
    document = forms.CharField(
        label=_("Document"),
        min_length=3,
        max_length=300,
        help_text=_("Its number and title, so that somebody else finds it."),
    )
    dated = forms.DateField(label=_("Date of the document"), required=False)
    numerator = NumberField(label=_("Numerator"), required=False)
    denominator = NumberField(label=_("Denominator"), required=False)
    completeness = NumberField(
        label=_("Completeness, in per cent of the reports due"), required=False
    )
    definition = forms.CharField(label=_("Its own definition"), max_length=300, required=False)
    map_on = forms.DateField(label=_("On the map of"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose an indicator")),
            *(
                (code, f"{words.of(one.name)} ({words.of(unit_words(one.unit))})")
                for code, one in indicators().items()
            ),
        ]
        self.fields["part"].choices = parts_of_a_year()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("numerator") is None) != (data.get("denominator") is None):
            missing = "denominator" if data.get("denominator") is None else "numerator"
            if missing not in self.errors:
                self.add_error(missing, gettext("Give both parts as published, or neither."))
        return data

    def content(self) -> dict[str, Any]:
        """The fields of the payload, from clean data."""
        data = self.cleaned_data
        known = indicator(data["indicator"])
        tail = "+A" if data["calendar"] == "administrative" else ""
        share = data["completeness"]
        return {
            "indicator": data["indicator"],
            "period": f"{data['year']}{data['part']}{tail}",
            "value": data["value"],
            "measure_unit": known.unit if known else "",
            "document": data["document"],
            "dated": data["dated"],
            "qualifier": data["qualifier"],
            "numerator": data["numerator"],
            "denominator": data["denominator"],
            "completeness": None if share is None else share / 100,
            "definition": data["definition"],
            "map_on": data["map_on"],
        }

    def publication(self) -> PublishFigure:
        return PublishFigure(**self.content())

    @property
    def shows_more(self) -> bool:
        """Whether the seldom used fields hold something or must be mended."""
        names = ("numerator", "denominator", "completeness", "definition", "map_on")
        return any(self[name].errors or self[name].value() for name in names)


class CorrectionForm(FigureForm):
    """The same for a figure that is there: all of it again, and why. Its unit stays."""

    unit = None  # type: ignore[assignment]
    unit_id = None  # type: ignore[assignment]
    reason = forms.CharField(
        label=_("Why it is corrected"),
        min_length=3,
        max_length=300,
        help_text=_("The earlier version stays readable, with this reason beside it."),
    )

    @classmethod
    def of(cls, row: FigureRow, data: Any = None) -> "CorrectionForm":
        return cls(data, initial=given(row))

    def correction(self, row: FigureRow) -> CorrectFigure:
        return CorrectFigure(**self.content(), figure=row.id, reason=self.cleaned_data["reason"])


def given(row: FigureRow) -> dict[str, Any]:
    """What a figure says, as the fields of the form."""
    share = row.completeness
    return {
        "indicator": row.indicator,
        "year": row.period.end.year,
        "part": row.period.label.removesuffix("+A")[4:],
        "calendar": row.period.calendar,
        "value": row.value,
        "qualifier": row.qualifier,
        "document": row.document,
        "dated": row.dated,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "completeness": None if share is None else short(share * 100),
        "definition": row.definition,
        "map_on": None if row.map_on == row.period.end else row.map_on,
    }


def short(value: Decimal) -> Decimal:
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


class FilterForm(forms.Form):
    """What to show of the list; every field may be empty, and nonsense shows everything."""

    indicator = forms.ChoiceField(label=_("Indicator"), required=False)
    year = forms.CharField(
        label=_("Year"),
        required=False,
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    calendar = forms.ChoiceField(label=_("Reporting calendar"), required=False)
    text = forms.CharField(label=_("Document"), required=False, max_length=100)
    every = forms.BooleanField(label=_("Corrected and void ones too"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [  # type: ignore[attr-defined]
            ("", gettext("All indicators")),
            *((code, words.of(one.name)) for code, one in indicators().items()),
        ]
        self.fields["calendar"].choices = [("", gettext("Both calendars")), *CALENDARS]  # type: ignore[attr-defined]

    def clean_year(self) -> str:
        year: str = self.cleaned_data["year"].strip()
        return year if year.isdecimal() and len(year) == 4 else ""


def last_period(today: date) -> dict[str, Any]:
    """The half-year that ended last: what most figures are typed in for."""
    period = Period.of("half", today).previous()
    return {
        "year": period.end.year,
        "part": period.label[4:],
        "calendar": "statistics",
        "qualifier": "exact",
    }
