"""Numbers as people type them: 635.950 and 95,23 in Vietnamese, 635,950 and 95.23 elsewhere."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _

LONGEST = 40
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")


class NumberField(forms.Field):
    """A decimal that keeps the decimals it was typed with.

    The mark that groups thousands stands before every three digits or nowhere, so "95,23" is never
    read as 9523: where the reader's language groups by commas, it is asked about instead.
    """

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "maxlength": LONGEST}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Decimal) or value in self.empty_values:
            return value or None
        return read(str(value))

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, Decimal) else value


def read(text: str) -> Decimal:
    """The number that ``text`` means in the language in use.

    Raises
    ------
    ValidationError
        With a sentence that gives the forms expected.
    """
    mark, group = formats.get_format("DECIMAL_SEPARATOR"), formats.get_format("THOUSAND_SEPARATOR")
    bare = _SPACES.sub("", text).replace("−", "-")[: LONGEST + 1]
    mark_, group_ = re.escape(mark), re.escape(group)
    if len(bare) <= LONGEST and re.fullmatch(
        rf"-?(\d{{1,3}}({group_}\d{{3}})+|\d+)({mark_}\d+)?", bare
    ):
        return Decimal(bare.replace(group, "").replace(mark, "."))
    if re.fullmatch(r"-?\d+\.\d{1,2}", bare) and group == ".":
        return Decimal(bare)  # typed in the other way, and no thousands can be meant
    raise ValidationError(
        _("%(value)s is not a number; write it as %(whole)s or %(part)s."),
        params={
            "value": text[:LONGEST],
            "whole": written(Decimal("635950")),
            "part": written(Decimal("95.23")),
        },
    )


def written(value: Decimal, digits: int | None = None) -> str:
    """A decimal in the language in use, with the decimals it has."""
    exponent = value.as_tuple().exponent
    own = max(0, -exponent) if isinstance(exponent, int) else 0
    return formats.number_format(
        value, own if digits is None else digits, use_l10n=True, force_grouping=True
    )
