"""What came in of a visit or a dose, in the words of the rooms that keep them; no store is asked.

Only what means one thing here is taken: a diagnosis by its ICD-10 code, a value by its LOINC code in a
unit that is known for it, a medicine or a service by our own code. The rest stays with the kept resource,
and is told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from tuyen.apps.clinical.operations import (
    Content,
    Diagnosed,
    Dispensed,
    Measured,
    Prescribed,
    Served,
)
from tuyen.apps.exchange.indexing import LOCAL, local_id
from tuyen.apps.exchange.refusals import (
    NoCodeHere,
    NotAtThisUnit,
    NotFinished,
    NothingOfCare,
    NoTimeOfDay,
    UnitNotKnown,
)
from tuyen.apps.immunization.operations.doses import Remembered
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import codes, measures
from tuyen.rules.exchange import units
from tuyen.rules.exchange.fhir_types import facility_codes, measure_codes
from tuyen.rules.immunization import lists

PARTS = (
    "Condition", "Observation", "MedicationRequest", "MedicationDispense", "Procedure",
    "DiagnosticReport",
)  # fmt: skip
"""The types that are parts of a visit, by their element `encounter` or `context`."""
_SETTINGS = {"AMB": "station", "HH": "home"}
_STANDS = {"final", "amended", "corrected", "completed", "active", "stopped"}
_CVX, _LOINC, _UCUM = (
    "http://hl7.org/fhir/sid/cvx",
    "http://loinc.org",
    "http://unitsofmeasure.org",
)
_DENIED, _DOUBTED = (
    {"refuted", "entered-in-error"},
    {"provisional", "differential", "unconfirmed"},
)
_OF_FIELD = {
    "Condition": "diagnosed", "Observation": "measured", "MedicationRequest": "prescribed",
    "MedicationDispense": "dispensed", "Procedure": "served", "DiagnosticReport": "served",
}  # fmt: skip


@dataclass(slots=True)
class Place:
    """The unit that takes the visit: its id and codes, by which others name it."""

    unit: UUID
    codes: frozenset[tuple[str, str]] = frozenset()
    organizations: frozenset[str] = frozenset()  # ids of Organizations that are this unit

    def is_meant(self, provider: Any) -> bool:
        if not isinstance(provider, dict):
            return False
        said = local_id(str(provider.get("reference", "")), "Organization")
        identifier = provider.get("identifier")
        named = identifier if isinstance(identifier, dict) else {}
        pair = (str(named.get("system")), str(named.get("value")))
        return said == str(self.unit) or said in self.organizations or pair in self.codes


@dataclass(slots=True)
class Assembled:
    """A visit as it can be filed, or None; and what of it stays only kept, with the reason."""

    content: Content | None = None
    kept: list[tuple[str, str, Refusal]] = field(default_factory=list)  # (type, id, why)


def unit_codes(known: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """The (system, value) by which a unit is known, of (the registry's name, code)."""
    systems = facility_codes()
    return frozenset((systems[name], code) for name, code in known if code and name in systems)


def visit(
    encounter: dict[str, Any], parts: Sequence[dict[str, Any]], person: UUID, place: Place,
    insured: bool,
) -> Assembled:  # fmt: skip
    """The visit that an Encounter and its parts tell of."""
    found, id = Assembled(), str(encounter.get("id"))
    period = encounter.get("period")
    period = period if isinstance(period, dict) else {}
    began, ended = moment(period.get("start")), moment(period.get("end"))
    setting = _SETTINGS.get(str((encounter.get("class") or {}).get("code")))
    why: Refusal | None = None
    if not place.is_meant(encounter.get("serviceProvider")):
        why = NotAtThisUnit()
    elif encounter.get("status") != "finished" or setting is None:
        why = NotFinished()
    elif began is None:
        why = NoTimeOfDay(element="Encounter.period.start")
    if why is not None:
        found.kept.append(("Encounter", id, why))
        return found
    assert began is not None
    on = began.astimezone(LOCAL).date()
    told: dict[str, list[Any]] = {name: [] for name in _OF_FIELD.values()}
    for part in sorted(parts, key=lambda part: _rank(encounter, part)):
        values = _value(part, on)
        if not values:
            type = str(part.get("resourceType"))
            found.kept.append((type, str(part.get("id")), _why(type, part)))
        told[_OF_FIELD[str(part["resourceType"])]] += values
    if not any(told.values()):
        found.kept.append(("Encounter", id, NothingOfCare()))
        return found
    found.content = Content(
        person=person, began_at=began, ended_at=ended if ended and ended > began else None,
        setting=setting,  # type: ignore[arg-type]  # one of the two above
        care=_code(encounter.get("type"), "urn:tuyen:care-type") or "01",
        payer="insurance" if insured else "self", reason=_reason(encounter)[:2000],
        diagnosed=_main_first(told["diagnosed"], on), measured=tuple(told["measured"]),
        prescribed=tuple(told["prescribed"]), dispensed=tuple(told["dispensed"]),
        served=tuple(told["served"]),
    )  # fmt: skip
    return found


def _rank(encounter: dict[str, Any], part: dict[str, Any]) -> tuple[int, str]:
    """Diagnoses in the order of their rank, the rest by their ids."""
    id = str(part.get("id"))
    for each in _dicts(encounter.get("diagnosis")):
        reference = (each.get("condition") or {}).get("reference", "")
        if local_id(str(reference), "Condition") == id and isinstance(each.get("rank"), int):
            return each["rank"], id
    return 1_000_000, id


def _main_first(told: Sequence[Diagnosed], on: date) -> tuple[Diagnosed, ...]:
    """Each code once; the first that may be one is the main diagnosis."""
    once = list({each.code: each for each in reversed(told)}.values())[::-1][:13]
    main = next((each.code for each in once if codes.may_be_main(each.code, on)), None)
    return tuple(
        Diagnosed(code=e.code, main=e.code == main, certainty=e.certainty, note=e.note)
        for e in once
    )


def _value(part: dict[str, Any], on: date) -> list[Any]:
    """What one part says in our words; nothing where it says it in words that are not ours."""
    if part["resourceType"] == "Condition":
        return _diagnosed(part, on)
    if part.get("status") not in _STANDS:
        return []
    return {
        "Observation": _measured, "MedicationRequest": _prescribed,
        "MedicationDispense": _dispensed, "Procedure": _served, "DiagnosticReport": _served,
    }[str(part["resourceType"])](part)  # fmt: skip


def _diagnosed(part: dict[str, Any], on: date) -> list[Any]:
    standing = {c.get("code") for c in _codings(part.get("verificationStatus"))}
    if standing & _DENIED:
        return []
    for coding in _codings(part.get("code")):
        code = coding.get("code")
        if "icd-10" not in str(coding.get("system")) or not isinstance(code, str):
            continue
        if codes.judge(code, on).standing == "known":
            certainty = "suspected" if standing & _DOUBTED else "confirmed"
            return [Diagnosed(code=code, certainty=certainty)]  # type: ignore[arg-type]
    return []


def _measured(part: dict[str, Any]) -> list[Any]:
    at = moment(part.get("effectiveDateTime"))
    found = []
    for each in (part, *_dicts(part.get("component"))):
        what, quantity = _measure(each), each.get("valueQuantity")
        rule = measures.measure(what) if what else None
        if rule is None or not isinstance(quantity, dict):
            continue
        value = _ours(what, quantity, rule.decimals)
        if value is not None:
            found.append(Measured(what=what, value=_kept(value, rule.decimals), at=at))
    return found


def _ours(what: str, quantity: dict[str, Any], decimals: int) -> Decimal | None:
    """A quantity in the record's own unit; None where its unit is none that is known for it."""
    value = number(quantity.get("value"))
    if value is None or not value.is_finite() or quantity.get("system") != _UCUM:
        return None
    own = measure_codes()[what].unit
    return units.converted(what, str(quantity.get("code")), own, value, decimals)


def _why(type: str, part: dict[str, Any]) -> Refusal:
    """Why a part is kept only: of a measure that is known, its unit."""
    if type == "Observation":
        for each in (part, *_dicts(part.get("component"))):
            what, quantity = _measure(each), each.get("valueQuantity")
            if what and isinstance(quantity, dict) and number(quantity.get("value")) is not None:
                found = str(quantity.get("code") or quantity.get("unit") or "–")[:40]
                return UnitNotKnown(measure=what, found=found, expected=measure_codes()[what].unit)
    return NoCodeHere(type=type)


def _kept(value: Decimal, decimals: int) -> Decimal:
    """As exactly as the record keeps a value; the kept resource has all its digits."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        return value.quantize(Decimal(1).scaleb(-decimals))
    return value


def _measure(observed: dict[str, Any]) -> str:
    """The measure of a value by its code; in which unit it is, is another question."""
    said = {(c.get("system"), c.get("code")) for c in _codings(observed.get("code"))}
    for name, known in measure_codes().items():
        here = ((_LOINC, known.loinc) in said and known.loinc) or (
            "urn:tuyen:measure",
            name,
        ) in said
        if here:
            return name
    further = units.further_loinc()
    return next(
        (further[code] for system, code in said if system == _LOINC and code in further), ""
    )


def _prescribed(part: dict[str, Any]) -> list[Any]:
    item = _code([part.get("medicationCodeableConcept")], "urn:tuyen:medicine")
    dosage = (_dicts(part.get("dosageInstruction")) or [{}])[0]
    repeat = (dosage.get("timing") or {}).get("repeat") or {}
    rates = _dicts(dosage.get("doseAndRate")) or [{}]
    dose = number((rates[0].get("doseQuantity") or {}).get("value"))
    supply = part.get("dispenseRequest") or {}
    quantity = number((supply.get("quantity") or {}).get("value"))
    days = number((supply.get("expectedSupplyDuration") or {}).get("value"))
    times = repeat.get("frequency")
    daily = repeat.get("period") == 1 and repeat.get("periodUnit") == "d"
    if not (item and dose and quantity and days and isinstance(times, int) and daily):
        return []
    return [Prescribed(item=item, dose=dose, times=times, days=int(days), quantity=quantity)]


def _dispensed(part: dict[str, Any]) -> list[Any]:
    item = _code([part.get("medicationCodeableConcept")], "urn:tuyen:medicine")
    quantity = number((part.get("quantity") or {}).get("value"))
    days = number((part.get("daysSupply") or {}).get("value"))
    if not item or not quantity:
        return []
    return [Dispensed(item=item, quantity=quantity, days=int(days or 0))]


def _served(part: dict[str, Any]) -> list[Any]:
    code = _code([part.get("code")], "urn:tuyen:service")
    said = part.get("conclusion")
    return [Served(code=code, result=said if isinstance(said, str) else "")] if code else []


def dose(resource: dict[str, Any], here: Sequence[UUID]) -> Remembered | Refusal:
    """The dose that an Immunization tells of; ``here``: the units of this map that it may name."""
    if resource.get("status") != "completed":
        return NotFinished()
    vaccine = _vaccine(resource)
    if not vaccine:
        return NoCodeHere(type="Immunization")
    text = resource.get("occurrenceDateTime")
    day, precision = _day(text)
    if day is None:
        return NoTimeOfDay(element="Immunization.occurrenceDateTime")
    applied = (_dicts(resource.get("protocolApplied")) or [{}])[0]
    count = applied.get("doseNumberPositiveInt")
    where = resource.get("location") or {}
    place = where.get("display")
    facility = next(
        (
            unit
            for unit in here
            if local_id(str(where.get("reference", "")), "Location") == str(unit)
        ),
        None,
    )
    lot = resource.get("lotNumber")
    return Remembered(
        vaccine=vaccine, on=day, precision=precision,  # type: ignore[arg-type]  # one of three
        lot=lot[:40] if isinstance(lot, str) else "", facility=facility,
        place=place[:200] if isinstance(place, str) and facility is None else "",
        number=count if isinstance(count, int) and 0 < count < 20 else None,
        external_id=f"Immunization/{resource.get('id')}",
    )  # fmt: skip


def _vaccine(resource: dict[str, Any]) -> str:
    for coding in _codings(resource.get("vaccineCode")):
        code = str(coding.get("code"))
        if coding.get("system") == "urn:tuyen:vaccine" and code in lists.vaccines():
            return code
        if coding.get("system") == _CVX and code.lstrip("0"):
            known = lists.by_cvx().get(code) or lists.by_cvx().get(code.lstrip("0"))
            if known is not None:
                return known.code
    return ""


def moment(text: Any) -> datetime | None:
    """A dateTime with a time of day; None for a day or less."""
    if not isinstance(text, str) or len(text) <= 10:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=LOCAL)


def number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _day(text: Any) -> tuple[date | None, str]:
    if not isinstance(text, str):
        return None, "day"
    at = moment(text)
    if at is not None:
        return at.astimezone(LOCAL).date(), "day"
    precision = {4: "year", 7: "month"}.get(len(text), "day")
    try:
        return date.fromisoformat((text + "-01-01")[:10]), precision
    except ValueError:
        return None, "day"


def _reason(encounter: dict[str, Any]) -> str:
    for concept in _dicts(encounter.get("reasonCode")):
        for text in (concept.get("text"), *(c.get("display") for c in _codings(concept))):
            if isinstance(text, str) and text.strip():
                return text.strip()
    return ""


def _code(concepts: Any, system: str) -> str:
    """The code of a system among some concepts; '' where there is none."""
    for concept in _dicts(concepts):
        for coding in _codings(concept):
            if coding.get("system") == system and isinstance(coding.get("code"), str):
                return str(coding["code"])
    return ""


def _codings(concept: Any) -> list[dict[str, Any]]:
    return _dicts(concept.get("coding")) if isinstance(concept, dict) else []


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
