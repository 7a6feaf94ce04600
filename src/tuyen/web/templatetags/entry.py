"""Form fields: ``{% load entry %}``. Label, hint, error and their ties, the same everywhere.

Each takes a Django ``BoundField``, so the name, the value and the errors come from the form.
"""

from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField, Form

from tuyen.apps.access import clock

register = template.Library()


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, label: str = "", hint: str = "", width: str = "", inline: bool = False
) -> dict[str, Any]:
    """A field of any widget. width: short, medium or full. inline: choices side by side."""
    return {
        **_common(bound, label, hint),
        "widget": bound.as_widget(attrs=_attributes(bound, hint, width)),
        "grouped": bound.use_fieldset,
        "checkbox": getattr(bound.field.widget, "input_type", "") == "checkbox"
        and not bound.use_fieldset,
        "inline": inline,
    }


@register.inclusion_tag("components/date_field.html")
def date_field(
    bound: BoundField,
    label: str = "",
    hint: str = "",
    days_ago: int = 7,
    today: date | None = None,
) -> dict[str, Any]:
    """A date typed as dd/mm/yyyy, or chosen as "how many days ago" (0 to ``days_ago``).

    today: the day that counts as today; by default the clock of this door.
    """
    return {
        **_common(bound, label, hint),
        "value": _typed(bound.value()),
        "today": today or clock.today(),
        "days": range(days_ago + 1) if days_ago else (),
        "describedby": _describedby(bound, True),
    }


@register.inclusion_tag("components/combobox.html")
def combobox(
    bound: BoundField,
    url: str,
    label: str = "",
    hint: str = "",
    chosen: BoundField | None = None,
    placeholder: str = "",
) -> dict[str, Any]:
    """A text field that suggests from ``url?q=…`` (an `options` answer).

    chosen: the hidden field that receives the ``value`` of the option taken. It is emptied when the
    text is changed by hand; the form must accept the text alone, since without JavaScript this is a
    plain input.
    """
    return {
        **_common(bound, label, hint),
        "url": url,
        "value": bound.value() or "",
        "chosen": chosen,
        "placeholder": placeholder,
        "describedby": _describedby(bound, bool(hint or bound.help_text)),
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Form) -> dict[str, Any]:
    """Every error of a form above it, each a link to its field."""
    linked = [
        (form[name].id_for_label or f"id_{name}", form[name].label, message)
        for name, messages in form.errors.items()
        if name != "__all__"
        for message in messages
    ]
    return {"general": form.non_field_errors(), "linked": linked}


def _common(bound: BoundField, label: str, hint: str) -> dict[str, Any]:
    return {
        "field": bound,
        "ident": bound.id_for_label or bound.auto_id,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "errors": bound.errors,
        "required": bound.field.required,
    }


def _describedby(bound: BoundField, hinted: bool) -> str:
    names = [f"{bound.auto_id}_hint"] if hinted else []
    names += [f"{bound.auto_id}_error"] if bound.errors else []
    return " ".join(names)


def _attributes(bound: BoundField, hint: str, width: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    describedby = _describedby(bound, bool(hint or bound.help_text))
    if describedby:
        attributes["aria-describedby"] = describedby
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if width in ("short", "medium"):
        attributes["class"] = f"input-{width}"
    return attributes


def _typed(value: Any) -> str:
    """A date back as it is typed; what was typed wrong stays as it was."""
    if isinstance(value, (date, datetime)):
        return value.strftime("%d/%m/%Y")
    return str(value or "")
