"""Read what a rule file declares into frozen dataclasses, strictly: no word is left over or missing."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


class Slip(ValueError):
    """Something is not as it is declared; the sentence names the place."""


def read(value: Any, shape: Any, at: str = "") -> Any:
    """``value`` (mappings, tuples, plain values) as ``shape``: a dataclass whose fields are shapes,
    ``tuple[shape, ...]``, ``dict[str, shape]``, ``Literal``, ``shape | None`` or a plain type.

    A dataclass may say ``WRITTEN``: the names of the file whose fields are called otherwise.

    Raises
    ------
    Slip
        With the place and what was expected.

    >>> read((1, 2), tuple[float, ...])
    (1.0, 2.0)
    """
    if is_dataclass(shape):
        return _structure(value, shape, at)
    origin, inner = get_origin(shape), get_args(shape)
    if origin is tuple:
        if not isinstance(value, tuple):
            raise Slip(f"{at or 'the value'}: write a list, not {value!r}")
        return tuple(read(one, inner[0], f"{at}[{n}]") for n, one in enumerate(value, start=1))
    if origin is dict:
        if not isinstance(value, Mapping):
            raise Slip(f"{at or 'the value'}: write names with what they mean, not {value!r}")
        return {
            read(name, str, f"{at}.{name}"): read(one, inner[1], f"{at}.{name}")
            for name, one in value.items()
        }
    if origin is Literal:
        if value not in inner:
            raise Slip(f"{at}: {value!r} is none of {', '.join(map(str, inner))}")
        return value
    if origin in (Union, types.UnionType):
        (only,) = (one for one in inner if one is not type(None))
        return None if value is None else read(value, only, at)
    if shape is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not shape:
        raise Slip(f"{at or 'the value'}: {value!r} is not of kind {shape.__name__}")
    return value


def _structure(value: Any, shape: Any, at: str) -> Any:
    if not isinstance(value, Mapping):
        raise Slip(f"{at or 'the value'}: write {', '.join(_hints(shape))}, not {value!r}")
    written = getattr(shape, "WRITTEN", {})
    hints, found = _hints(shape), {}
    known = {field.name: field for field in fields(shape)}
    for name, one in value.items():
        attribute = written.get(name, name)
        if attribute not in known or name in written.values():
            raise Slip(f"{at or 'the value'}: {name!r} is not known here; write {', '.join(hints)}")
        found[attribute] = read(one, hints[attribute], f"{at}.{name}".lstrip("."))
    for name, field in known.items():
        if name not in found and field.default is MISSING and field.default_factory is MISSING:
            raise Slip(f"{at or 'the value'}: {name} is missing")
    return shape(**found)


@cache
def _hints(shape: Any) -> dict[str, Any]:
    hints = get_type_hints(shape)
    return {field.name: hints[field.name] for field in fields(shape)}
