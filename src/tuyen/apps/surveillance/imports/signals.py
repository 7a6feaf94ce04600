"""Lists of event signals from files: each good row a report of a sign, planned before it is sent."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.imports.drafts import RowRefused
from tuyen.apps.surveillance.imports.findings import (
    ImportedDifferently,
    NumberRepeated,
    RowRepeated,
    SignNotFound,
    UnitMissing,
    UnitNotYours,
    VillageNotFound,
    spoken,
)
from tuyen.apps.surveillance.imports.lookups import Places, find_disease
from tuyen.apps.surveillance.imports.plan import Choices, ImportPlan, note_of
from tuyen.apps.surveillance.models import EventSignal
from tuyen.apps.surveillance.operations import ReportSignal
from tuyen.apps.surveillance.services.events import check_told
from tuyen.engines.exchange.columns import propose
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.reading import parse_table
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.text import fold
from tuyen.rules.loader import load
from tuyen.rules.surveillance.signs import signs

REPORT = "surveillance.signal.report"
_IMPORTS = UUID("8a7d3b56-25c1-5b0a-9c43-6de0f1a2b7c8")


class _Draft(NamedTuple):
    signal: ReportSignal
    unit: UUID
    id: UUID
    remarks: list[tuple[str, ExchangeRefusal]]


@cache
def fields() -> Fields:
    """The fields of a list of event signals, with the headers and words that name them."""
    return Fields.of(load("exchange/signal_list"))


def plan(
    *, by: Actor, table: Table, on: date, at: datetime, choices: Choices | None = None
) -> ImportPlan:
    """Read a table of signals and say what would become of each row. Writes nothing.

    A row is one signal, told by its own unit or by that of the choices. Its id follows from its own
    number in its unit, else from all that it says: a file sent again changes nothing. Three queries.
    """
    chosen = choices or Choices()
    policies.check(by, REPORT, chosen.unit)
    columns = propose(table, fields(), chosen.columns)
    reading = parse_table(
        table, columns, fields(), today=on, date_order=chosen.date_order,
        date_orders=dict(chosen.date_orders), language=by.language,
    )  # fmt: skip
    made = ImportPlan(table, columns, reading, findings=list(reading.findings), right=REPORT)
    if reading.refused or columns.doubts:
        return made
    unit = chosen.unit or (by.posts[0].unit if by.posts else None)
    lookup = Places(places.atlas(), accept_successors=chosen.accept_successors)
    drafts: list[tuple[int, _Draft]] = []
    for number, row in reading.records():
        try:
            drafts.append((number, _draft(row, lookup, unit)))
        except RowRefused as refused:
            note_of(made, number, refused.field, refused.refusal)
    _sort(by, made, drafts, at)
    made.findings.sort(key=lambda f: (f.row or 0, len(f.letter), f.letter))
    return made


def _sort(by: Actor, made: ImportPlan, drafts: list[tuple[int, _Draft]], at: datetime) -> None:
    """Drafts into operations, rows already there and rows to mend."""
    stored = _stored(one.id for _, one in drafts)
    scope, map_ = policies.scope(by, REPORT), places.atlas()
    first: dict[UUID, tuple[int, ReportSignal]] = {}
    for number, one in drafts:
        if one.id in first:
            _again(made, number, one.signal, first[one.id])
            continue
        first[one.id] = (number, one.signal)
        if one.id in stored:
            # What was verified may have other numbers by now; what was seen and when stays.
            if stored[one.id] == (one.signal.sign, one.signal.seen_on):
                made.already.append(number)
            else:
                refusal = ImportedDifferently(number=_number(made, number))
                note_of(made, number, "source_code", refusal)
        elif not scope.covers(one.unit):
            note_of(made, number, "reporting_unit", UnitNotYours(unit=map_.full_name(one.unit)))
        else:
            operation = Operation.of(
                one.signal, id=one.id, unit=one.unit, happened_on=by.on, recorded_at=at
            )
            try:
                check_told(one.signal, one.unit, by.on, map_)
            except Refusal as refusal:
                field = _FIELD_OF.get(refusal.code.partition(".")[2], "")
                note_of(made, number, field, spoken(refusal))
                continue
            for field, remark in one.remarks:
                note_of(made, number, field, remark, "warning")
            made.rows.append(number)
            made.operations.append(operation)


_FIELD_OF = {
    "seen-in-the-future": "seen_date",
    "more-deaths-than-affected": "deaths",
    "unknown-sign": "sign",
    "unknown-disease": "disease",
    "commune-closed": "commune",
    "commune-not-yet": "commune",
    "no-commune": "commune",
    "village-elsewhere": "village",
}


def _draft(row: Mapping[str, Any], lookup: Places, unit: UUID | None) -> _Draft:
    seen = row["seen_date"]
    remarks: list[tuple[str, ExchangeRefusal]] = []
    field = "sign"
    try:
        sign = _sign(row["sign"], seen)
        field = "disease"
        disease = find_disease(row["disease"], "", seen) if row.get("disease") else ""
        field = "commune_code" if row.get("commune_code") else "commune"
        found = lookup.commune(row.get("commune_code", ""), row.get("commune", ""), (), seen)
        if found.remark is not None:
            remarks.append((field, found.remark))
        village = None
        if named := row.get("village", ""):
            village = lookup.village(named, found.id, seen)
            if village is None:
                remarks.append(("village", VillageNotFound(value=named)))
        code, name = row.get("reporting_unit_code", ""), row.get("reporting_unit", "")
        field = "reporting_unit_code" if code else "reporting_unit"
        teller = lookup.unit(code, name, seen).id if code or name else unit
        if teller is None:
            raise UnitMissing()
    except ExchangeRefusal as refusal:
        raise RowRefused(field, refusal) from None
    note = str(row.get("note", ""))
    if village is None and row.get("village"):
        note = f"{row['village']}. {note}".strip()  # what the map lacks is not lost
    signal = ReportSignal(
        sign=sign, source=row.get("source") or "village", seen_on=seen, village=village,
        commune=found.id if village is None else None, affected=row.get("affected"),
        deaths=row.get("deaths") or 0, disease=disease, phone=str(row.get("phone", ""))[:30],
        reporter=str(row.get("reporter", ""))[:200], link=str(row.get("link", ""))[:200],
        note=note[:4000],
    )  # fmt: skip
    own = str(row.get("source_code", ""))
    id = (
        derived_id(_IMPORTS, teller, "number", own)
        if own
        else derived_id(_IMPORTS, teller, _content(signal))
    )
    return _Draft(signal, teller, id, remarks)


def _content(signal: ReportSignal) -> str:
    return msgspec.json.encode(signal).decode()


@lru_cache(maxsize=1024)
def _sign(text: str, on: date) -> str:
    """The sign of a day's list that a code or a name in any language means, or a refusal."""
    wanted, listed = fold(text), signs(on)
    for sign in listed.values():
        if wanted in {fold(sign.code), *map(fold, sign.names.values())}:
            return sign.code
    inside = [s.code for s in listed.values()
              if len(wanted) > 5 and any(wanted in fold(name) for name in s.names.values())]  # fmt: skip
    if len(inside) == 1:
        return inside[0]
    near = ", ".join(sign.name("vi") for code, sign in listed.items() if code in inside)
    raise SignNotFound(value=text, on=on, suggestions=near or ", ".join(listed))


def _again(
    made: ImportPlan, number: int, signal: ReportSignal, before: tuple[int, ReportSignal]
) -> None:
    if before[1] == signal:
        made.repeated.append(number)
        note_of(made, number, "", RowRepeated(first=before[0]), "warning")
    else:
        refusal = NumberRepeated(number=_number(made, number), first=before[0])
        note_of(made, number, "source_code", refusal)


def _number(made: ImportPlan, row: int) -> str:
    """A row's own number, as it stands in the file."""
    letter = made.columns.letter_of("source_code")
    column = next((c for c in made.table.columns if c.letter == letter), None)
    return str(column.values[made.lines[row]]) if column else ""


def _stored(ids: Iterable[UUID]) -> dict[UUID, tuple[str, date]]:
    """What was seen, and when, of the signals already imported under these ids."""
    wanted = list(ids)
    held: dict[UUID, tuple[str, date]] = {}
    for start in range(0, len(wanted), 5000):
        rows = EventSignal.objects.filter(pk__in=wanted[start : start + 5000])
        held |= {id: (sign, seen) for id, sign, seen in rows.values_list("pk", "sign", "seen_on")}
    return held
