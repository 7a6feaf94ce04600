"""Is the content of a certificate as its form says? One walker for every form that the rules give.

A form is plain data (``rules/certificates``): ``fields`` by name, each with its ``kind`` (text, whole,
object, rows) and what else must hold of it. The walker knows no country, vaccine or version.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

# Letters, marks, digits, punctuation and blanks make names; pictures, controls and private signs do not.
_NO_NAME = {"So", "Cc", "Cn", "Co", "Cs"}
_KINDS: dict[str, type | tuple[type, ...]] = {
    "text": str, "whole": int, "object": Mapping, "rows": Sequence,
}  # fmt: skip


class Fault(NamedTuple):
    """Where in the content (``v.0.co``), and what is wrong with it: a code of `FAULTS`."""

    where: str
    what: str


FAULTS = (
    "missing", "kind", "form", "length", "range", "list", "letters", "future", "groups", "rows",
)  # fmt: skip


def faults(
    claim: Any,
    form: Mapping[str, Any],
    lists: Mapping[str, Collection[str]],
    *,
    issued_on: str = "",
    version: str = "",
) -> list[Fault]:
    """What in ``claim`` (as `message.plain` gives it) departs from ``form``; empty where nothing does.

    Parameters
    ----------
    lists : values that a field with ``list`` may have, by the list's name
    issued_on : day on which it was signed, ISO; no field marked ``past`` may be later
    version : of the form; without it the claim's own ``ver`` is taken
    """
    if not isinstance(claim, Mapping):
        return [Fault("", "kind")]
    said = claim.get("ver")
    of = said if isinstance(said, str) else version
    found = list(_object(claim, form, lists, "", _Terms(issued_on, _order(of))))
    groups = [name for name in form.get("groups", ()) if claim.get(name) is not None]
    if form.get("groups") and len(groups) != 1:
        found.append(Fault(",".join(groups), "groups"))
    return found


class _Terms(NamedTuple):
    issued_on: str
    version: tuple[int, ...]


def _object(
    value: Mapping[str, Any],
    form: Mapping[str, Any],
    lists: Mapping[str, Collection[str]],
    where: str,
    terms: _Terms,
) -> list[Fault]:
    found: list[Fault] = []
    for name, field in form["fields"].items():
        at = f"{where}.{name}" if where else name
        inner = value.get(name)
        if inner is None:  # null stands for absent: a million signed certificates write it so
            if field.get("needs") == "always":
                found.append(Fault(at, "missing"))
            continue
        found += _field(inner, field, lists, at, terms)
    some = form.get("one_of", ())
    if some and all(value.get(name) is None for name in some):
        found.append(Fault(f"{where}.{some[0]}" if where else some[0], "missing"))
    return found


def _field(
    value: Any,
    field: Mapping[str, Any],
    lists: Mapping[str, Collection[str]],
    at: str,
    terms: _Terms,
) -> list[Fault]:
    kind = field["kind"]
    if not _is(kind, value):
        return [Fault(at, "kind")]
    if kind == "object":
        return _object(value, field, lists, at, terms)
    if kind == "rows":
        found = [] if field["least"] <= len(value) <= field["most"] else [Fault(at, "rows")]
        for number, row in enumerate(value[: field["most"]]):
            one = {"kind": "object", "fields": field["fields"], "one_of": field.get("one_of", ())}
            found += _field(row, one, lists, f"{at}.{number}", terms)
        return found
    if kind == "whole":
        inside = field["least"] <= value <= field["most"]
        return [] if inside else [Fault(at, "range")]
    return [Fault(at, what) for what in _text(value, field, lists, terms)]


def _is(kind: str, value: Any) -> bool:
    """Whether a value is of the kind; a text is no list of rows, true and false are no numbers."""
    wrong = isinstance(value, bool) or (kind == "rows" and isinstance(value, str))
    return not wrong and isinstance(value, _KINDS[kind])


def _text(
    value: str, field: Mapping[str, Any], lists: Mapping[str, Collection[str]], terms: _Terms
) -> list[str]:
    """What is wrong with one text."""
    if value == "" and field.get("empty"):
        return []
    found = []
    if len(value) > field.get("longest", 200):
        found.append("length")
    if (pattern := field.get("pattern")) and not _compiled(pattern).fullmatch(value):
        found.append("form")
    if field.get("letters") and _NO_NAME & {unicodedata.category(sign) for sign in value}:
        found.append("letters")
    if field.get("past") and terms.issued_on and value[:10] > terms.issued_on[: len(value[:10])]:
        found.append("future")
    if name := field.get("list"):
        # Only a code of the register can be missing from it: free text is no claim to stand there.
        coded = "codes" not in field or _compiled(field["codes"]).fullmatch(value)
        since = _order(field.get("listed_from", ""))
        if coded and terms.version >= since and value not in lists[name]:
            found.append("list")
    return found


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _order(version: str) -> tuple[int, ...]:
    """``"1.2.1"`` as numbers, so that versions can be compared; nothing where it is not one.

    >>> _order("1.10.0") > _order("1.9.9")
    True
    """
    parts = version.split(".")
    return (
        tuple(map(int, parts))
        if all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts)
        else ()
    )
