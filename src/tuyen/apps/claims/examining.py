"""Claims built from the record and judged by every rule: what the program writes down of them."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import beside, judging, records
from tuyen.apps.claims.operations import Checked, Found, Lacking
from tuyen.apps.claims.records import Material
from tuyen.apps.clinical.queries import VisitFacts
from tuyen.engines.claims import laid_down
from tuyen.engines.claims.answers import corrected
from tuyen.engines.claims.building import build
from tuyen.engines.claims.checker import Finding
from tuyen.engines.claims.checkin import CHECK_IN, check_in
from tuyen.engines.claims.reader import Row, Visit
from tuyen.engines.claims.told import Built, Missing
from tuyen.engines.claims.values import number

MOST_KEPT = 60


class Examined(NamedTuple):
    """A claim as it stands: its tables, and what is wrong with them."""

    material: Material
    tables: dict[str, list[Row]]
    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]

    @property
    def digest(self) -> str:
        return digest(self.tables)


def examine(
    *, by: Actor, ids: Collection[UUID], on: date, changes: Mapping[UUID, str] | None = None
) -> dict[UUID, Examined]:
    """The claims of these visits, built and judged, of those that ``by`` may read. ``changes``:
    cells of corrections, as a claim's row keeps them."""
    return _examined(records.gather(by=by, ids=ids, on=on), on, changes or {})


def examine_one(*, by: Actor, visit: VisitFacts, on: date, changes: str = "") -> Examined:
    """The claim of one visit as it is told here, saved or not."""
    gathered = records.material(by=by, facts=[visit], on=on)
    told = {visit.row.id: changes} if changes else {}
    return _examined(gathered, on, told)[visit.row.id]


def _examined(
    gathered: Mapping[UUID, Material], on: date, changes: Mapping[UUID, str]
) -> dict[UUID, Examined]:
    built = {
        id: _changed(build(one.care, one.patient, one.catalogue, judging.benefits(one.ended)),
                     changes.get(id, "[]"))
        for id, one in gathered.items()
    }  # fmt: skip
    visits = [_visit(built[id], gathered[id], on) for id in gathered]
    judged = judging.check(visits)
    together = beside.findings([
        beside.Laid(visit, one.record, one.unit, one.care.began, one.catalogue, one.others)
        for visit, one in zip(visits, gathered.values(), strict=True)
    ])  # fmt: skip
    return {
        id: Examined(gathered[id], built[id].tables, built[id].missing,
                     (*_without_told(findings, built[id].missing), *more,
                      *_unpurchased(built[id], gathered[id]),
                      *laid_down.beside(
                          gathered[id].care, built[id].tables, gathered[id].catalogue
                      )))
        for id, findings, more in zip(gathered, judged, together, strict=True)
    }  # fmt: skip


_sorted = msgspec.json.Encoder(order="sorted").encode


def check_ins(*, by: Actor, ids: Collection[UUID], on: date) -> dict[UUID, Row]:
    """The check-ins of these visits that can be posted: there is a cost, the facility posts them, and
    nothing is wrong with them."""
    gathered = records.gather(by=by, ids=ids, on=on)
    rows = {}
    for id, one in gathered.items():
        if one.catalogue.facility.get("check_in", "yes") != "yes":
            continue
        built = build(one.care, one.patient, one.catalogue, judging.benefits(one.ended))
        if row := check_in(built.tables):
            rows[id] = row
    judged = judging.check([Visit({CHECK_IN: [row]}, [], {}, 1) for row in rows.values()])
    return {
        id: row
        for (id, row), findings in zip(rows.items(), judged, strict=True)
        if not any(finding.severity == "error" for finding in findings)
    }


def checked(claim: UUID, version: int, one: Examined) -> Checked:
    """What is written down of a check of one version of a claim."""
    header = one.tables["XML1"][0]
    errors = sum(finding.severity == "error" for finding in one.findings)
    return Checked(
        claim=claim, version=version, digest=one.digest,
        total=number(header["T_TONGCHI_BV"]) or Decimal(0),
        fund=number(header["T_BHTT"]) or Decimal(0),
        errors=errors, warnings=len(one.findings) - errors,
        findings=tuple(
            Found(
                code=f.code, severity="error" if f.severity == "error" else "warning",
                table=f.table, row=f.row, field=f.field,
                # What stands apart is not written down a second time; it is judged anew on its page.
                value="" if one.material.apart else f.value[:200],
                expected="" if one.material.apart else f.expected[:200],
            )
            for f in one.findings[:MOST_KEPT]
        ),
        missing=tuple(
            Lacking(table=m.table, row=m.row, field=m.field, where=m.where, key=m.key[:200])
            for m in one.missing[:MOST_KEPT]
        ),
    )  # fmt: skip


def digest(tables: Mapping[str, list[Row]]) -> str:
    """SHA-256 of the tables of a claim, whatever the order of their cells."""
    return hashlib.sha256(_sorted(tables)).hexdigest()


def _changed(built: Built, changes: str) -> Built:
    """The claim with the cells of a correction. A cell that is not there any more is left out: the
    record was amended since, and the check says what it still lacks."""
    tables = built.tables
    for table, row, field, text in json.loads(changes):
        try:
            tables = corrected(tables, [(table, row, field, text)])
        except LookupError:
            if tables.get(table) and 0 < row <= len(tables[table]):
                tables[table][row - 1][field] = text
    return Built(tables, built.missing)


def _visit(built: Built, material: Material, on: date) -> Visit:
    facility = material.catalogue.facility.get("insurer_code", "")
    made = max(on, material.ended)
    envelope = {"MACSKCB": facility, "NGAYLAP": f"{made:%Y%m%d}", "SOLUONGHOSO": "1"}
    return Visit(built.tables, [], envelope, 1)


def _unpurchased(built: Built, material: Material) -> Iterator[Finding]:
    """Lines of drugs of which the ledger did not hold so many; expected is what it held."""
    for n, (drug, row) in enumerate(
        zip(material.care.drugs, built.tables.get("XML2", ()), strict=False), 1
    ):
        if short := material.unheld.get(drug.item, 0):
            held = max(drug.quantity - short, Decimal(0))
            yield Finding(
                "XML2.SO_LUONG.purchases", "warning", "XML2", n, "SO_LUONG",
                row.get("SO_LUONG", ""), f"{held.normalize():f}",
            )  # fmt: skip


def _without_told(findings: list[Finding], missing: tuple[Missing, ...]) -> tuple[Finding, ...]:
    """Findings but those that only repeat that a row's line is in no catalogue."""
    lost = {(one.table, one.row) for one in missing if one.where in ("drug", "service")}
    return tuple(f for f in findings if f.value or (f.table, f.row) not in lost)
