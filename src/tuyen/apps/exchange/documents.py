"""Documents: a patient's summary after the International Patient Summary, and kept compositions.

The summary holds what the reader may read, made when it is asked for. Of observations it holds the
latest of each code; medicines are those of the last year.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import codec, queries
from tuyen.apps.exchange.indexing import LOCAL, facts, references
from tuyen.apps.exchange.patients import as_uuid
from tuyen.apps.exchange.queries import Row
from tuyen.apps.exchange.refusals import NotThere
from tuyen.apps.exchange.subjects import coded, named
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View
from tuyen.kernel.ids import derived_id
from tuyen.rules.exchange.fhir_types import fhir_types

_LOINC = "http://loinc.org"
_XHTML = "http://www.w3.org/1999/xhtml"
_RECENT = timedelta(days=366)
_MOST_SUMMARIES = 20


class Section(NamedTuple):
    """A section of the summary: its LOINC code, title and the types it holds. ``always``: it stands
    there even when nothing is known, and says so."""

    code: str
    title: str
    types: tuple[str, ...]
    always: bool = False


SECTIONS = (
    Section("11450-4", "Problem list", ("Condition",), True),
    Section("48765-2", "Allergies and intolerances", ("AllergyIntolerance",), True),
    Section(
        "10160-0", "Medication summary",
        ("MedicationStatement", "MedicationRequest", "MedicationDispense"), True,
    ),
    Section("11369-6", "Immunizations", ("Immunization",)),
    Section("47519-4", "History of procedures", ("Procedure",)),
    Section("30954-2", "Results", ("DiagnosticReport",)),
    Section("8716-3", "Vital signs and measurements", ("Observation",)),
    Section("18776-5", "Plan of care", ("CarePlan", "Appointment", "ServiceRequest")),
)  # fmt: skip
_BESIDE = ("Patient", "Encounter", "Practitioner", "Organization", "Location", "Medication")


class Document(NamedTuple):
    """A document as JSON, and the rows in it, whose reading the door notes."""

    body: bytes
    rows: list[Row]


def summary(*, by: Actor, id: str, at: datetime, base: str) -> Document:
    """The summary of a patient, a Bundle of type document.

    Raises
    ------
    NotThere
    """
    rows = _gathered(by, id, at)
    own = str(derived_id(UUID(int=0), "summary", id))
    composition = _composition(own, id, at.isoformat(timespec="seconds"), by.name, rows)
    made = Row("Composition", composition["id"], "1", at, codec.encoder.encode(composition), None)
    return Document(_bundle([made, *rows], at, base), rows)


def of_person(by: Actor, subject: Subject) -> list[Seen]:
    """The summary of a person of the register as a composition, of the reader's day."""
    at = datetime(by.on.year, by.on.month, by.on.day, tzinfo=LOCAL) + timedelta(days=1)
    try:
        rows = _gathered(by, subject.fhir_id, at)
    except NotThere:
        return []
    day, id = by.on.isoformat(), str(subject.person)
    return [Seen(_composition(id, subject.fhir_id, day, "", rows), None, subject.person)]


def by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    wanted = [id for text in ids[:_MOST_SUMMARIES] if (id := as_uuid(text))]
    known = named(by, wanted) if wanted else {}
    return [seen for id in wanted for seen in of_person(by, Subject(id, known[id]))]


VIEWS["Composition"] = View(of_person, by_ids, made_of_others=True)


def _gathered(by: Actor, id: str, at: datetime) -> list[Row]:
    types = {name for section in SECTIONS for name in section.types} | set(_BESIDE)
    return _chosen(queries.everything(by=by, id=id, types=types), at)


def _composition(
    id: str, subject: str, day: str, author: str, rows: Sequence[Row]
) -> dict[str, Any]:
    told = {(row.type, row.id): codec.plain(row.body) for row in rows}
    return {
        "resourceType": "Composition",
        "id": id,
        "status": "final",
        "type": coded(_LOINC, "60591-5", "Patient summary Document"),
        "subject": {"reference": f"Patient/{subject}"},
        "date": day,
        "author": [{"display": author or "Tuyến"}],
        "title": "Patient summary",
        "section": [s for each in SECTIONS if (s := _section(each, rows, told)) is not None],
    }


def document(*, by: Actor, id: str, at: datetime, base: str) -> Document:
    """A kept composition with everything that it names, of what the reader may read.

    Raises
    ------
    NotThere, Gone
    """
    first = queries.read(by=by, type=fhir_types()["Composition"], id=id)
    wanted: dict[tuple[str, str], None] = {}
    for reference in references(codec.plain(first.body)):
        type, _, rest = reference.partition("/")
        if rest:
            wanted[(type, rest.partition("/")[0])] = None
    rows = queries.several(by=by, wanted=list(wanted))
    return Document(_bundle([first, *rows], at, base), [first, *rows])


def _chosen(rows: Sequence[Row], at: datetime) -> list[Row]:
    """What belongs into a summary: the latest observation of each code, recent medicines."""
    found: list[Row] = []
    latest: dict[tuple[tuple[str, str, str], ...], tuple[datetime, Row]] = {}
    for row in rows:
        if row.type not in ("Observation", "MedicationRequest", "MedicationDispense"):
            found.append(row)
            continue
        known = facts(fhir_types()[row.type], codec.plain(row.body))
        moment = known.begins or datetime.min.replace(tzinfo=at.tzinfo)
        if row.type != "Observation":
            if known.begins is None or moment > at - _RECENT:
                found.append(row)
            continue
        code = tuple(token for token in known.tokens if token[0] == "code")
        if code not in latest or moment >= latest[code][0]:
            latest[code] = (moment, row)
    return found + [row for _, row in latest.values()]


def _section(
    section: Section, rows: Sequence[Row], told: dict[tuple[str, str], dict[str, Any]]
) -> dict[str, Any] | None:
    held = [row for row in rows if row.type in section.types]
    if not held and not section.always:
        return None
    lines = [_line(told[(row.type, row.id)]) for row in held]
    found: dict[str, Any] = {
        "title": section.title,
        "code": coded(_LOINC, section.code),
        "text": {"status": "generated", "div": _narrative(lines)},
    }
    if held:
        found["entry"] = [{"reference": f"{row.type}/{row.id}"} for row in held]
    else:
        found["emptyReason"] = coded(
            "http://terminology.hl7.org/CodeSystem/list-empty-reason", "unavailable"
        )
    return found


def _line(content: dict[str, Any]) -> str:
    """One resource in one line: what it is of, and when."""
    concept: dict[str, Any] = next(
        (
            content[name]
            for name in ("code", "vaccineCode", "medicationCodeableConcept", "appointmentType")
            if isinstance(content.get(name), dict)
        ),
        {},
    )
    coding: dict[str, Any] = next(iter(concept.get("coding") or [{}]), {})
    what = (
        concept.get("text")
        or coding.get("display")
        or coding.get("code")
        or content["resourceType"]
    )
    days = (
        content.get(name)
        for name in (
            "effectiveDateTime",
            "occurrenceDateTime",
            "recordedDate",
            "authoredOn",
            "start",
        )
    )
    day = next((str(value)[:10] for value in days if value), "")
    return f"{what} ({day})" if day else str(what)


def _narrative(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    inside = f"<ul>{items}</ul>" if items else "<p>Nothing on record.</p>"
    return f'<div xmlns="{_XHTML}">{inside}</div>'


def _bundle(rows: Collection[Row], at: datetime, base: str) -> bytes:
    moment = at.isoformat(timespec="seconds")
    named = "/".join(f"{row.type}/{row.id}" for row in list(rows)[:2])
    entries = [
        {
            "fullUrl": f"{base}/{row.type}/{row.id}",
            "resource": msgspec.Raw(codec.shown(row.body, version=row.version, at="")),
        }
        for row in rows
    ]
    identifier = {"system": "urn:ietf:rfc:3986",
                  "value": f"urn:uuid:{derived_id(UUID(int=0), 'document', named, moment)}"}  # fmt: skip
    return codec.encoder.encode(
        {
            "resourceType": "Bundle", "identifier": identifier, "type": "document",
            "timestamp": moment, "entry": entries,
        }
    )  # fmt: skip
