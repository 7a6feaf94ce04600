"""A row of a line list as a case report."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.surveillance.imports.findings import OnsetMissing, SexUnknown, UnitMissing
from tuyen.apps.surveillance.imports.lookups import Places, find_disease
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.zone import VIETNAM

_NOON = time(12)
_TEXTS = {
    "name": ("person_name", 200),
    "identity": ("personal_id", 20),
    "phone": ("phone", 30),
    "ethnicity": ("ethnicity", 60),
    "nationality": ("nationality", 60),
    "occupation": ("occupation", 200),
    "workplace": ("workplace", 200),
    "permanent_address": ("permanent_address", 200),
    "history": ("epi_history", 4000),
    "cluster": ("outbreak", 60),
    "reporter": ("reporter", 200),
    "note": ("note", 4000),
    "external_id": ("source_code", 100),
}
"""Field of the report -> field of the line list, and how much of it is kept."""
_AS_THEY_ARE = {
    "sampled_on": "sample_date",
    "test": "test_type",
    "result": "test_result",
    "result_on": "result_date",
    "doses": "doses",
    "care": "care",
    "admitted_on": "admission_date",
    "outcome_on": "outcome_date",
}


class Draft(NamedTuple):
    """A report and what it was made with: its unit, its day, and remarks by field."""

    case: ReportCase
    unit: UUID
    happened_on: date
    remarks: list[tuple[str, ExchangeRefusal]]


class RowRefused(Exception):
    """A row that cannot become a report: the field at fault and why."""

    def __init__(self, field: str, refusal: ExchangeRefusal) -> None:
        super().__init__(field)
        self.field, self.refusal = field, refusal


def draft(row: Mapping[str, Any], places: Places, unit: UUID | None) -> Draft:
    """The report that a row makes, or :class:`RowRefused`.

    The same row makes the same report whenever it is read, so that its id can follow from it.
    """
    onset = row.get("onset_date")
    if onset is None:
        raise RowRefused("onset_date", OnsetMissing())
    diagnosed = row.get("diagnosis_date")
    reported = row.get("report_date")
    happened = diagnosed or reported or onset
    remarks: list[tuple[str, ExchangeRefusal]] = []
    try:
        field = "disease" if row.get("disease") else "icd10"
        disease = find_disease(row.get("disease", ""), row.get("icd10", ""), happened)
        field = "current_commune_code" if row.get("current_commune_code") else "current_commune"
        commune, village = _place(row, places, onset, remarks)
        field = "reporting_unit_code" if row.get("reporting_unit_code") else "reporting_unit"
        reporter = _unit(row, places, unit, happened)
    except ExchangeRefusal as refusal:
        raise RowRefused(field, refusal) from None
    if "sex" not in row:
        remarks.append(("sex", SexUnknown()))
    outcome = row.get("outcome")
    case = ReportCase(
        disease=disease,
        sex=row.get("sex", "unknown"),
        onset_on=onset,
        classification=row.get("diagnosis_class", "suspected"),
        birth_date=_birth(row),
        age=_age(row, onset),
        commune=commune,
        village=village,
        address=_address(row, village),
        diagnosed_on=diagnosed,
        reported_at=datetime.combine(reported, _NOON, VIETNAM) if reported else None,
        vaccinated=row.get("vaccinated", "unknown"),
        outcome=outcome if outcome != "in_treatment" else None,
        **_plain(row),
    )
    return Draft(case, reporter, happened, remarks)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that need no looking up."""
    texts = {name: str(row.get(key, ""))[:most] for name, (key, most) in _TEXTS.items()}
    return texts | {name: row.get(key) for name, key in _AS_THEY_ARE.items()}


def _place(
    row: Mapping[str, Any], places: Places, onset: date, remarks: list[tuple[str, ExchangeRefusal]]
) -> tuple[UUID | None, UUID | None]:
    code, name = row.get("current_commune_code", ""), row.get("current_commune", "")
    around = (row.get("current_district", ""), row.get("current_province", ""))
    if not code and not name:
        name = row.get("current_address", "")
        if not name:
            return None, None
    found = places.commune(code, name, around, onset)
    if found.remark is not None:
        remarks.append(("current_commune", found.remark))
    village = row.get("current_village", "")
    known = places.village(village, found.id, onset) if village else None
    return found.id, known


def _unit(row: Mapping[str, Any], places: Places, unit: UUID | None, on: date) -> UUID:
    code, name = row.get("reporting_unit_code", ""), row.get("reporting_unit", "")
    if code or name:
        return places.unit(code, name, on).id
    if unit is None:
        raise UnitMissing()
    return unit


def _birth(row: Mapping[str, Any]) -> date | None:
    born = row.get("birth_date")
    return born.day if born is not None and born.precision == "day" else None


def _age(row: Mapping[str, Any], onset: date) -> int | None:
    """The age as given, else from a year of birth; a whole birth date makes its own."""
    given, born = row.get("age"), row.get("birth_date")
    if given is not None:
        return min(given.years, 130)
    if born is None or born.precision == "day":
        return None
    before = born.precision == "month" and (onset.month < born.day.month)
    return max(0, onset.year - born.day.year - before)


def _address(row: Mapping[str, Any], village: UUID | None) -> str:
    """What was written of the place beyond the commune; the village too when the map lacks it."""
    parts = [row.get("current_address", "")]
    if village is None:
        parts.insert(0, row.get("current_village", ""))
    return ", ".join(part for part in parts if part)[:200]
