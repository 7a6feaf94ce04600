"""Signing in, choosing a password, and giving out accounts and posts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tuyen.apps.access.actors import Actor
from tuyen.rules.access import role_table


class SignInForm(forms.Form):
    login = forms.CharField(
        label=_("Login"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """Two times the same new password; its strength is judged by the service."""

    password = forms.CharField(
        label=_("New password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 characters. A few words you can remember are better than one hard one."
        ),
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ; type the same one twice."))
        return data


class WelcomeForm(PasswordForm):
    """The one-time link's form. The token stands in the address's fragment, which browsers do not
    send; a script moves it here, and it can be pasted by hand."""

    token = forms.CharField(
        label=_("One-time code"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "data-from-fragment": ""}
        ),
    )
    login = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]+$",
        label=_("Login"),
        max_length=64,
        required=False,
        help_text=_("Only for the first administrator: small letters, digits, dots and dashes."),
        error_messages={"invalid": _("Use small letters without marks, digits, dots and dashes.")},
    )
    name = forms.CharField(label=_("Full name"), max_length=200, required=False)
    field_order = ("token", "login", "name", "password", "again")


class OpenAccountForm(forms.Form):
    login = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]+$",
        label=_("Login"),
        min_length=2,
        max_length=64,
        error_messages={"invalid": _("Use small letters without marks, digits, dots and dashes.")},
    )
    name = forms.CharField(label=_("Full name"), max_length=200)
    role = forms.ChoiceField(label=_("Post"))
    unit = forms.CharField(label=_("Unit"), max_length=200)
    unit_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    since = forms.DateField(label=_("From"))

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = {"zh-hans": "zh"}.get(language, language)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.code, role.name[key]) for role in role_table().roles.values()
        ]


class PurposeForm(forms.Form):
    """Why somebody needs what needs a purpose, for this session."""

    purpose = forms.ChoiceField(
        label=_("Purpose of this session"),
        choices=[
            ("duty", _("Ordinary duty")),
            ("care", _("Care of a person")),
            ("statistics", _("Statistics")),
        ],
    )

    @classmethod
    def of(cls, actor: Actor) -> "PurposeForm":
        return cls(initial={"purpose": actor.purpose})
