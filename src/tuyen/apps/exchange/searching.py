"""A search as it was asked, taken apart: closed names only, so nothing of it becomes a column."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from tuyen.apps.exchange import r4
from tuyen.apps.exchange.indexing import Facts, local_id, span_of
from tuyen.apps.exchange.models import Token
from tuyen.apps.exchange.refusals import BadParameter, NoSuchParameter, UnknownParameter
from tuyen.kernel.text import fold
from tuyen.rules.exchange.fhir_types import FhirType, fhir_types

PAGE, MOST = 20, 500
MOST_VALUES = 200
MOST_REVERSED = 10
"""Patients whose resources a search of patients may bring with it."""
_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d.*)", re.DOTALL)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
RESULTS = (
    "_count", "_sort", "_include", "_revinclude", "_summary", "_format", "_pretty", "_total",
    "_cursor",
)  # fmt: skip
_FORMATS = ("json", "application/json", "application/fhir+json", "application/fhir json")
_SAID = {  # what a parameter of the answer may say that asks for nothing beyond what is sent anyway
    "_format": _FORMATS, "_pretty": ("true", "false"), "_total": ("none", "estimate", "accurate"),
    "_summary": ("false",),
}  # fmt: skip
_FAR = datetime.max.replace(tzinfo=UTC)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Span = tuple[str, datetime, datetime]  # prefix, first moment, first moment after
Codes = tuple[tuple[str | None, str], ...]  # one of these; a system of None is any


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in one type. Every list is a row of conditions that all must hold; the
    values of one condition are alternatives."""

    type: FhirType
    ids: tuple[str, ...] | None = None
    subject: tuple[str, ...] | None = None
    encounter: tuple[str, ...] | None = None
    tokens: tuple[tuple[str, Codes], ...] = ()
    statuses: tuple[tuple[str, ...], ...] = ()
    genders: tuple[tuple[str, ...], ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    dates: tuple[Span, ...] = ()
    updated: tuple[Span, ...] = ()
    count: int = PAGE
    sort: str = ""
    include: tuple[str, ...] = ()
    revinclude: tuple[str, ...] = ()  # names of types
    only_count: bool = False
    cursor: str = ""


@dataclass(slots=True)
class _Made:
    said: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, value: Any) -> None:
        self.said[name] = (*self.said.get(name, ()), value)

    def narrow(self, name: str, values: Iterable[str]) -> None:
        """One of these; where it was asked before, what both allow."""
        one_of = tuple(values)
        before = self.said.get(name)
        self.said[name] = one_of if before is None else tuple(v for v in before if v in one_of)


def parsed(type: FhirType, query: Mapping[str, Sequence[str]], base: str = "") -> Search:
    """The search of a query string, as name: values. ``base``: the address of this door, which
    references may begin with.

    Raises
    ------
    UnknownParameter
        For a name that is no parameter of the type: a condition that is passed over would show more
        than was asked for.
    BadParameter
    """
    made, known = _Made(), type.parameters
    for name, values in query.items():
        for value in values:
            if len(value) > 2000:
                raise BadParameter(
                    name=name, value=value[:40] + "…", expected="at most 2000 letters"
                )
            if name in RESULTS:
                _result(made, type, name, value)
            elif (mine := _own(type, name)) in known:
                if base and known[mine] == "reference":
                    value = value.replace(f"{base}/", "")
                _condition(made, type, mine, known[mine], value)
            else:
                every = ", ".join([*known, *RESULTS[:5]])
                raise UnknownParameter(value=name[:60], type=type.name, known=every)
    found = Search(type=type, **made.said)
    if found.revinclude and (found.ids is None or len(found.ids) > MOST_REVERSED):
        raise BadParameter(
            name="_revinclude", value=query["_revinclude"][0][:60],
            expected=f"it beside _id, of at most {MOST_REVERSED} patients",
        )  # fmt: skip
    return found


def _own(type: FhirType, name: str) -> str:
    """A parameter by its own name: others may say which type it refers to, or its name in the standard."""
    plain = (
        name.removesuffix(":Patient") if name in ("subject:Patient", "patient:Patient") else name
    )
    return type.also.get(plain, plain)


def _condition(made: _Made, type: FhirType, name: str, kind: str, value: str) -> None:
    values = _split(value)
    if not values or "\0" in value:
        raise BadParameter(name=name, value=repr(value[:40]), expected="a value")
    if len(values) > MOST_VALUES:
        raise BadParameter(
            name=name, value=f"{len(values)} values", expected=f"at most {MOST_VALUES}"
        )
    if name == "_id":
        made.narrow("ids", (_id(name, each) for each in values))
    elif name in ("patient", "subject"):
        made.narrow("subject", (_reference(name, each, "Patient") for each in values))
    elif name == "encounter":
        made.narrow("encounter", (_reference(name, each, "Encounter") for each in values))
    elif kind == "date":
        for each in values[:1]:
            made.add("updated" if name == "_lastUpdated" else "dates", _date(name, each))
        if len(values) > 1:
            raise BadParameter(
                name=name, value=value[:60], expected="one date; repeat it for a span"
            )
    elif name == "status":
        made.add("statuses", _plain_codes(type, type.status, name, values))
    elif name == "gender":
        made.add("genders", _plain_codes(type, type.gender, name, values))
    elif name == "name":
        names = tuple(fold(each)[:100] for each in values)
        if not all(names):
            raise BadParameter(name=name, value=repr(value[:40]), expected="letters of a name")
        made.add("names", names)
    else:
        made.add("tokens", (name, tuple(_token(name, each) for each in values)))


def _result(made: _Made, type: FhirType, name: str, value: str) -> None:
    if name == "_count":
        if not value.isascii() or not value.isdigit() or len(value) > 6:
            raise BadParameter(name=name, value=value[:40], expected="a whole number")
        made.said["count"] = max(1, min(int(value), MOST))
        if int(value) == 0:
            made.said["only_count"] = True
    elif name == "_sort":
        allowed = ["_lastUpdated", *([type.date_as] if type.date else [])]
        wish = type.also.get(value.removeprefix("-"), value.removeprefix("-"))
        if wish not in allowed:
            raise BadParameter(name=name, value=value[:40], expected=" or ".join(allowed))
        made.said["sort"] = "-" + wish if value.startswith("-") else wish
    elif name == "_include":
        allowed = [f"{type.name}:{n}" for n in includes(type)]
        if value not in allowed:
            raise BadParameter(name=name, value=value[:60], expected=" or ".join(allowed) or "none")
        made.add("include", value.partition(":")[2])
    elif name == "_revinclude":
        allowed = reversed_includes(type)
        if value not in allowed:
            raise BadParameter(name=name, value=value[:60], expected=" or ".join(allowed) or "none")
        made.add("revinclude", value.partition(":")[0])
    elif name == "_summary" and value == "count":
        made.said["only_count"] = True
    elif name == "_cursor":
        made.said["cursor"] = value
    else:
        plainly(name, value)


def plainly(name: str, value: str, known: Sequence[str] = ()) -> None:
    """Take a parameter that asks for the whole answer as it is sent, and no other. ``known``: what
    else this address takes, for the sentence.

    Raises
    ------
    NoSuchParameter, BadParameter
    """
    allowed = _SAID.get(name)
    if allowed is None:
        raise NoSuchParameter(name=name[:60], known=", ".join([*known, "_format"]))
    if value not in allowed:
        raise BadParameter(name=name, value=value[:40] or "''", expected=" or ".join(allowed))


def includes(type: FhirType) -> list[str]:
    """The names that `_include` takes of a type."""
    found = ["patient", "subject"] if type.subject else []
    return [*found, *(["encounter"] if type.encounter else [])]


def reversed_includes(type: FhirType) -> list[str]:
    """What `_revinclude` takes of a type: resources that name the patient, where patients are looked for."""
    if type.name != "Patient":
        return []
    return [f"{other.name}:patient" for other in fhir_types().values() if other.subject]


def _split(value: str) -> list[str]:
    """Alternatives, which commas part; ``\\,`` is a comma."""
    parts = re.split(r"(?<!\\),", value)
    return [re.sub(r"\\([,|$\\])", r"\1", part) for part in parts if part]


def _id(name: str, value: str) -> str:
    if not _ID.fullmatch(value):
        raise BadParameter(name=name, value=value[:70], expected="an id")
    return value


def _reference(name: str, value: str, type: str) -> str:
    return _id(name, local_id(value, type) if "/" in value else value)


def _token(name: str, value: str) -> tuple[str | None, str]:
    system, bar, code = value.partition("|")
    if not (system or code):
        raise BadParameter(name=name, value=value, expected="a code, system|code or system|")
    return (system, code) if bar else (None, value)


def _plain_codes(type: FhirType, element: str, name: str, values: Sequence[str]) -> tuple[str, ...]:
    """The codes of an element that holds plain codes, whose system follows from the element: those of
    another system, or said to be of none, are none of it."""
    found: list[str] = []
    for system, code in (_token(name, each) for each in values):
        mine = r4.model().code_systems(type.name, element) if system is not None else {}
        if system is None:
            found.append(code)
        elif code:
            found += [code] if code in mine.get(system, ()) else []
        else:
            found += mine.get(system, ())
    return tuple(found)


def _date(name: str, value: str) -> Span:
    match = _PREFIX.fullmatch(value)
    span = span_of(match[2]) if match else None
    if match is None or span is None or span[0] is None or span[1] is None:
        raise BadParameter(
            name=name, value=value[:40], expected="a date as 2026, 2026-03 or ge2026-03-01"
        )
    return (match[1] or "eq", span[0], span[1])


# -- The same conditions, asked of the store and of plain facts -----------------------------------


def wanted(search: Search) -> Q:
    """The conditions on the rows of resources."""
    found = Q(type=search.type.name, deleted=False)
    if search.ids is not None:
        found &= Q(fhir_id__in=search.ids)
    if search.subject is not None:
        found &= Q(subject__in=search.subject)
    if search.encounter is not None:
        found &= Q(encounter__in=search.encounter)
    for statuses in search.statuses:
        found &= Q(status__in=statuses)
    for genders in search.genders:
        found &= Q(gender__in=genders)
    for names in search.names:
        found &= _any(_begins(name) for name in names)
    for param, codes in search.tokens:
        found &= having(param, codes)
    for prefix, low, high in search.dates:
        found &= _when(prefix, low, high)
    return found & updated(search.updated)


def having(param: str, codes: Codes) -> Q:
    """One of some tokens stands at a parameter."""
    return Q(Exists(_tokens(param, codes)))


def updated(spans: Sequence[Span]) -> Q:
    """The version that stands was kept within each of some spans."""
    found = Q()
    for prefix, low, high in spans:
        found &= _at(prefix, low, high)
    return found


def _any(conditions: Any) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _begins(name: str) -> Q:
    found = Q()
    for word in name.split():
        found &= Q(words__startswith=word) | Q(words__contains=f" {word}")
    return found


def _tokens(param: str, codes: Codes) -> Any:
    one = Q()
    for system, code in codes:
        here = Q(code=code) if code else Q()
        one |= here if system is None else here & Q(system=system)
    return Token.objects.filter(one, resource=OuterRef("pk"), param=param)


def _when(prefix: str, low: datetime, high: datetime) -> Q:
    begins_before, ends_after = Q(begins=None) | Q(begins__lt=low), Q(ends=None) | Q(ends__gt=high)
    within = Q(begins__gte=low, ends__lte=high)
    dated = ~Q(begins=None, ends=None)
    conditions = {
        "eq": within,
        "ne": dated & ~within,
        "gt": ends_after & dated,
        "ge": (ends_after & dated) | within,
        "lt": begins_before & dated,
        "le": (begins_before & dated) | within,
        "sa": Q(begins__gte=high),
        "eb": Q(ends__lte=low),
        "ap": dated & (Q(begins=None) | Q(begins__lt=high)) & (Q(ends=None) | Q(ends__gt=low)),
    }
    return conditions[prefix]


def _at(prefix: str, low: datetime, high: datetime) -> Q:
    conditions = {
        "eq": Q(updated_at__gte=low, updated_at__lt=high),
        "ne": Q(updated_at__lt=low) | Q(updated_at__gte=high),
        "gt": Q(updated_at__gte=high),
        "sa": Q(updated_at__gte=high),
        "ge": Q(updated_at__gte=low),
        "lt": Q(updated_at__lt=low),
        "eb": Q(updated_at__lt=low),
        "le": Q(updated_at__lt=high),
        "ap": Q(updated_at__gte=low, updated_at__lt=high),
    }
    return conditions[prefix]


def matches(search: Search, id: str, facts: Facts, at: datetime | None) -> bool:
    """The same of a view, whose facts stand in no table."""
    if search.ids is not None and id not in search.ids:
        return False
    if search.subject is not None and facts.subject not in search.subject:
        return False
    if search.encounter is not None and facts.encounter not in search.encounter:
        return False
    if any(facts.status not in statuses for statuses in search.statuses):
        return False
    if any(facts.gender not in genders for genders in search.genders):
        return False
    words = f" {facts.words}"
    for names in search.names:
        if not any(all(f" {word}" in words for word in name.split()) for name in names):
            return False
    for param, codes in search.tokens:
        held = [(system, code) for name, system, code in facts.tokens if name == param]
        if not any(_is_one(pair, codes) for pair in held):
            return False
    if not all(_falls(span, facts.begins, facts.ends) for span in search.dates):
        return False
    return not search.updated or (
        at is not None and all(_falls(span, at, at) for span in search.updated)
    )


def _is_one(held: tuple[str, str], codes: Codes) -> bool:
    return any(
        (system is None or held[0] == system) and (not code or held[1] == code)
        for system, code in codes
    )


def _falls(span: Span, begins: datetime | None, ends: datetime | None) -> bool:
    if begins is None and ends is None:
        return False
    prefix, low, high = span
    first, after = begins or _LONG_AGO, ends or _FAR
    within = first >= low and after <= high
    tests: dict[str, Callable[[], bool]] = {
        "eq": lambda: within,
        "ne": lambda: not within,
        "gt": lambda: after > high,
        "ge": lambda: after > high or within,
        "lt": lambda: first < low,
        "le": lambda: first < low or within,
        "sa": lambda: first >= high,
        "eb": lambda: after <= low,
        "ap": lambda: first < high and after > low,
    }
    return tests[prefix]()
