"""Proving and enrolling a second factor."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tuyen.web.access.passkeys import LONGEST


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the app"),
        max_length=12,
        help_text=_("Six digits; a new one every half minute."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false",
                   "class": "input-short"}
        ),
    )  # fmt: skip


class RecoveryForm(forms.Form):
    recovery = forms.CharField(
        label=_("Recovery code"),
        max_length=40,
        help_text=_("One of those that you printed. Each works once."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                   "class": "input-medium"}
        ),
    )  # fmt: skip


class PasskeyForm(forms.Form):
    """The browser's answer, put in by a script."""

    answer = forms.CharField(max_length=LONGEST, widget=forms.HiddenInput)


class NewPasskeyForm(PasskeyForm):
    label = forms.CharField(
        label=_("Name of the passkey"),
        max_length=80,
        help_text=_("So that you know it again: “My phone”, “Key on the ring”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("label", "answer")


class ResetFactorForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), min_length=3, max_length=300)
