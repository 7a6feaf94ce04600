"""The decision on which statistical alarms ring, as it is written."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


class LineForm(forms.Form):
    """A share of false alarms, a number for each team and week, and why."""

    share = forms.TypedChoiceField(
        label=gettext_lazy("Share of false alarms allowed"),
        choices=[
            ("", gettext_lazy("no limit")),
            *(
                (text, f"{round(100 * float(text))} %")
                for text in ("0.05", "0.1", "0.2", "0.3", "0.5")
            ),
        ],
        coerce=float,
        empty_value=None,
        required=False,
    )
    budget = forms.IntegerField(
        label=gettext_lazy("Places and diseases for each team and week, at most"),
        help_text=gettext_lazy(
            "Empty: no limit. The likeliest ring; the others are kept below the line."
        ),
        min_value=1,
        max_value=1000,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=3,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        given = "give-back" in self.data or found.get("share") or found.get("budget")
        if not given and not self.errors:
            raise forms.ValidationError(
                gettext_lazy("Give a share of false alarms, a number, or both.")
            )
        return found
