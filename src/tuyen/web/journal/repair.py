"""A refused operation as a form: each field of its payload, typed again where it was wrong."""

from collections.abc import Callable
from typing import Any

import msgspec
from django import forms

from tuyen.apps.journal.queries import Kept
from tuyen.kernel.operation import KINDS, Payload


class RepairForm(forms.Form):
    """One text field per field of the payload, empty for none; types are those of the kind."""

    def __init__(self, kept: Kept, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._type = KINDS.get(kept.kind).payload
        known = kept.payload if isinstance(kept.payload, dict) else {}
        for field in msgspec.structs.fields(self._type):
            value = known.get(field.name)
            self.fields[field.name] = forms.CharField(
                label=field.name, required=False, initial=_text(value), max_length=4000
            )

    def payload(self, refilled: Callable[[dict[str, Any]], dict[str, Any]]) -> Payload:
        """The payload typed, or ``msgspec.ValidationError`` naming the field that is wrong.

        ``refilled`` puts back what the person at the form may not see and so could not type.
        """
        given = {name: _value(v) for name, v in self.cleaned_data.items() if v != ""}
        return msgspec.convert(refilled(given), self._type, strict=False)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _value(text: str) -> Any:
    """Lists and mappings are typed as JSON; everything else is text for the type to read."""
    if text[:1] in "[{":
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    return text
