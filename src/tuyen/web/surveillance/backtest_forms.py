"""The decision on a threshold, as it is written."""

from django import forms
from django.utils.translation import gettext_lazy


class PointForm(forms.Form):
    """Why a threshold is moved, or given back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=3,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
