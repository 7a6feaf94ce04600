"""A visit's content as it is kept: JSON text of :class:`operations.Content`."""

from datetime import date, datetime
from typing import Any

import msgspec

from tuyen.apps.clinical.operations import Content
from tuyen.kernel.zone import VIETNAM

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Content).decode

Row = dict[str, Any]


def written(content: Content) -> str:
    return _encode(content).decode()


def read(text: str) -> Content:
    return _decode(text)


def day_of(at: datetime) -> date:
    """The local day of a moment."""
    return at.astimezone(VIETNAM).date()


def columns_of(model: Any) -> tuple[str, ...]:
    """Every column of a table, the key first."""
    names = [field.attname for field in model._meta.concrete_fields]
    key = model._meta.pk.attname
    return (key, *(name for name in names if name != key))


def plain(content: Content) -> Content:
    """Any operation that says a visit, as its content alone."""
    if type(content) is Content:
        return content
    return Content(**{name: getattr(content, name) for name in Content.__struct_fields__})
