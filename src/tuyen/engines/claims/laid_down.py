"""What a facility laid down, laid beside the lines of a claim: whether the insurer took a line of its
catalogue, and for what, until when and at which hours a practitioner is licensed (the topics scope of the
site, scope and hours of the practitioner of the insurer's audit)."""

from collections.abc import Iterator, Mapping

from tuyen.engines.claims import values
from tuyen.engines.claims.checker import Finding
from tuyen.engines.claims.reader import Row
from tuyen.engines.claims.told import Care, Catalogue

NOT_TAKEN = "no"
Line = Mapping[str, str]


def beside(care: Care, tables: Mapping[str, list[Row]], laid: Catalogue) -> Iterator[Finding]:
    """Findings of the drugs and services of a claim. What nobody laid down is not compared; what is
    wrong with a practitioner is told once, at the first line."""
    told: set[tuple[str, str]] = set()
    for table, code, n, row, line in _lines(care, tables, laid):
        if line.get("accepted", "") == NOT_TAKEN:
            yield Finding(
                f"{table}.{code}.not-accepted", "error", table, n, code, row.get(code, "")
            )
        for finding in _practitioner(table, n, row, laid):
            if (finding.code, finding.value) not in told:
                told.add((finding.code, finding.value))
                yield finding


def _lines(
    care: Care, tables: Mapping[str, list[Row]], laid: Catalogue
) -> Iterator[tuple[str, str, int, Row, Line]]:
    """(table, its field of the code, row from 1, the row, the line of the catalogue)."""
    drugs = zip(care.drugs, tables.get("XML2", ()), strict=False)
    for n, (drug, row) in enumerate(drugs, start=1):
        yield "XML2", "MA_THUOC", n, row, laid.drugs.get(drug.item, {})
    services = {line["code"]: line for line in laid.services.values() if line.get("code")}
    for n, row in enumerate(tables.get("XML3", ()), start=1):
        yield "XML3", "MA_DICH_VU", n, row, services.get(row.get("MA_DICH_VU", ""), {})


def _practitioner(table: str, n: int, row: Row, laid: Catalogue) -> Iterator[Finding]:
    ordered = row.get("NGAY_YL", "")
    for licence in _named(row.get("MA_BAC_SI", "")) if values.is_moment(ordered) else ():
        line = laid.practitioners.get(licence, {})
        if (until := line.get("until", "")) and ordered[:8] > until:
            yield Finding(
                f"{table}.MA_BAC_SI.licence-over", "error", table, n, "MA_BAC_SI", licence, until
            )
        if (hours := line.get("hours", "")) and not within(ordered[8:12], hours):
            yield Finding(
                f"{table}.MA_BAC_SI.hours", "warning", table, n, "MA_BAC_SI", licence, hours
            )
    if table != "XML3" or not row.get("MA_DICH_VU"):
        return
    field = "NGUOI_THUC_HIEN" if row.get("NGUOI_THUC_HIEN") else "MA_BAC_SI"
    for licence in _named(row.get(field, "")):
        may = laid.practitioners.get(licence, {}).get("services", "")
        if may and not row["MA_DICH_VU"].startswith(_named(may)):
            yield Finding(f"XML3.{field}.scope", "warning", "XML3", n, field, licence, may)


def _named(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def within(minute: str, hours: str) -> bool:
    """Whether a minute (HHMM) lies within hours; those that end before they begin go over midnight.

    >>> [within(at, "0700-1130;2200-0600") for at in ("0700", "1130", "1131", "2359", "0600")]
    [True, True, False, True, True]
    """
    for part in _named(hours):
        begins, _, ends = part.partition("-")
        if begins <= minute <= ends or (ends < begins and (minute >= begins or minute <= ends)):
            return True
    return False
