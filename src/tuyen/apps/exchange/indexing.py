"""What finds a resource: drawn from its content by the elements that the rule names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from tuyen.kernel.text import fold
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.clinical.sensitive import kind_of
from tuyen.rules.exchange.fhir_types import FhirType, fhir_types, sensitive

LOCAL = VIETNAM  # a day without a zone is a day in Việt Nam
_WRITTEN = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
MOST_TOKENS = 1000
_LONGEST = 200
_ICD10 = ("icd-10", "2.16.840.1.113883.6.3", "2.16.840.1.113883.6.90")
_SNOMED = "http://snomed.info/sct"
_CODED = ("code", "category", "reasonCode", "vaccineCode", "medicationCodeableConcept", "type")


@dataclass(slots=True)
class Facts:
    """What a search compares. ``tokens`` are (parameter, system, code)."""

    subject: str = ""
    encounter: str = ""
    status: str = ""
    gender: str = ""
    words: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    sensitive: bool = False
    tokens: tuple[tuple[str, str, str], ...] = ()


def facts(type: FhirType, resource: dict[str, Any]) -> Facts:
    """The facts of one resource. What does not have the shape its element should have is passed
    over: it is kept, and not found by that."""
    found = Facts()
    found.subject = target(resource, type.subject, "Patient")
    if type.name == "Patient":
        found.subject = str(resource.get("id", ""))[:64]
    found.encounter = target(resource, type.encounter, "Encounter")
    if type.name == "Encounter":
        found.encounter = str(resource.get("id", ""))[:64]
    status = resource.get(type.status) if type.status else None
    if isinstance(status, str):
        found.status = status[:40]
    gender = resource.get(type.gender) if type.gender else None
    if isinstance(gender, str):
        found.gender = gender[:10]
    for name in type.date:
        span = next((s for value in _values(resource, name) if (s := span_of(value))), None)
        if span:
            found.begins, found.ends = span
            break
    if type.names:
        said = dict.fromkeys(
            word for n in type.names for v in _values(resource, n) for word in _named(v)
        )
        found.words = fold(" ".join(said))[:300]
    tokens = [
        ("identifier", *pair)
        for value in _values(resource, "identifier")
        for pair in _tokens(value)
    ]
    for param, name in type.tokens:
        tokens += [(param, *pair) for value in _values(resource, name) for pair in _tokens(value)]
    found.tokens = tuple(dict.fromkeys(tokens))[:MOST_TOKENS]
    found.sensitive = is_sensitive(resource)
    return found


def span_of(value: Any) -> tuple[datetime | None, datetime | None] | None:
    """The half-open span of time that a FHIR date, dateTime, instant or Period means, in UTC."""
    if isinstance(value, str):
        return _span(value)
    if isinstance(value, dict):
        first, last = value.get("start"), value.get("end")
        begins = _span(first) if isinstance(first, str) else None
        ends = _span(last) if isinstance(last, str) else None
        if begins or ends:
            return (begins[0] if begins else None, ends[1] if ends else None)
    return None


def _span(text: str) -> tuple[datetime, datetime] | None:
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        if len(text) > 10:
            at = datetime.fromisoformat(text)
            at = at if at.tzinfo else at.replace(tzinfo=LOCAL)
            step = timedelta(milliseconds=1) if "." in text else timedelta(seconds=1)
            if text.count(":", 0, 19) == 1:  # no seconds, as a search may have it
                step = timedelta(minutes=1)
            return at.astimezone(UTC), (at + step).astimezone(UTC)
        parts = [int(part) for part in text.split("-")]
        begins = date(*[*parts, 1, 1][:3])
        if len(parts) == 1:
            ends = date(parts[0] + 1, 1, 1)
        elif len(parts) == 2:
            ends = date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
        else:
            ends = begins + timedelta(days=1)
        return _midnight(begins), _midnight(ends)
    except (ValueError, OverflowError):
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL).astimezone(UTC)


def references(value: Any) -> Iterator[str]:
    """Every literal reference below a value."""
    if isinstance(value, dict):
        for name, child in value.items():
            if name == "reference" and isinstance(child, str):
                yield child
            else:
                yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def is_sensitive(resource: dict[str, Any]) -> bool:
    """Whether a code or a security label of it, or of what stands inside it, is one that the rule keeps
    for a purpose."""
    rule = sensitive()
    meta = resource.get("meta")
    for label in _listed(meta.get("security")) if isinstance(meta, dict) else ():
        if isinstance(label, dict) and label.get("code") in rule.labels:
            return True
    for name in _CODED:
        for concept in _listed(resource.get(name)):
            for coding in _listed(concept.get("coding")) if isinstance(concept, dict) else ():
                if isinstance(coding, dict) and _is_sensitive_code(coding):
                    return True
    inside = _listed(resource.get("contained"))
    if resource.get("resourceType") == "Bundle":
        inside = [*inside, *_values(resource, "entry.resource")]
    return any(isinstance(each, dict) and is_sensitive(each) for each in inside)


def _is_sensitive_code(coding: dict[str, Any]) -> bool:
    system, code = coding.get("system"), coding.get("code")
    if not isinstance(system, str) or not isinstance(code, str):
        return False
    if system == _SNOMED:
        return code in sensitive().snomed
    return any(part in system for part in _ICD10) and bool(kind_of(code))


def target(
    resource: dict[str, Any], elements: tuple[str, ...], type: str,
    names: Mapping[str, str] = MappingProxyType({}),
) -> str:  # fmt: skip
    """The id of the first reference to a resource of a type at some elements; '' where none is.
    ``names``: what references that only a bundle can mean are called here."""
    for element in elements:
        for value in _values(resource, element):
            reference = value.get("reference") if isinstance(value, dict) else None
            if isinstance(reference, str):
                id = local_id(names.get(reference, reference), type)
                if id:
                    return id
    return ""


def local_id(reference: str, type: str) -> str:
    """The id in a relative reference to a resource of a type: "Patient/1", "Patient/1/_history/2"."""
    kind, _, rest = reference.partition("/")
    return rest.partition("/")[0][:64] if kind == type else ""


@cache
def _parts(name: str) -> tuple[str, ...]:
    return tuple(name.split("."))


def _values(resource: dict[str, Any], name: str) -> list[Any]:
    """The values at a dotted element, lists on the way walked through."""
    found: list[Any] = [resource]
    for part in _parts(name):
        deeper: list[Any] = []
        for value in found:
            child = value.get(part) if isinstance(value, dict) else None
            if isinstance(child, list):
                deeper += child
            elif child is not None:
                deeper.append(child)
        found = deeper
        if not found:
            break
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _named(value: Any) -> Iterator[str]:
    """The words of a HumanName, or a plain name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in (value.get("text"), value.get("family"), *_listed(value.get("given"))):
            if isinstance(part, str):
                yield from part.split()


def _tokens(value: Any) -> list[tuple[str, str]]:
    """(system, code) of a code, a Coding, a CodeableConcept or an Identifier."""
    if isinstance(value, str):
        return [("", value)] if 0 < len(value) <= _LONGEST else []
    if not isinstance(value, dict):
        return []
    if "coding" in value:
        return [pair for coding in _listed(value["coding"]) for pair in _tokens(coding)]
    system, code = value.get("system", ""), value.get("code", value.get("value"))
    if not isinstance(system, str) or not isinstance(code, str):
        return []
    return [(system, code)] if len(system) <= _LONGEST and 0 < len(code) <= _LONGEST else []


def typed(name: str) -> FhirType | None:
    """The type of that name, if it is one that is exchanged."""
    return fhir_types().get(name)
