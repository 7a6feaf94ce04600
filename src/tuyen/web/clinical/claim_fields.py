"""Which field of the form of a visit a cell of its claim is typed in."""

from collections.abc import Mapping

from tuyen.web.clinical.cells import Cell, Typed
from tuyen.web.clinical.reading import NO_LOT

HEADER = "XML1"
FIELDS: Mapping[str, str] = {
    "LY_DO_VV": "reason", "MA_DOITUONG_KCB": "attendance", "MA_LOAI_KCB": "care",
    "KET_QUA_DTRI": "outcome", "MA_LOAI_RV": "leaving", "NGAY_VAO": "began", "NGAY_RA": "began",
    "CAN_NANG": "weight", "NGAY_TAI_KHAM": "next_on", "PP_DIEU_TRI": "advice",
    "MA_NOI_DEN": "refer_name", "MA_THE_BHYT": "card", "MA_BAC_SI": "practitioner",
}  # fmt: skip
"""Cells of the summary, and those of other tables that repeat them."""
OF_TABLE: Mapping[tuple[str, str], str] = {
    ("XML5", "DIEN_BIEN_LS"): "course", ("XML8", "QT_BENHLY"): "course",
    ("XML8", "TOMTAT_KQ"): "course", ("XML8", "PP_DIEUTRI"): "advice",
    ("XML13", "QT_BENHLY"): "course", ("XML13", "DAU_HIEU_LS"): "refer_findings",
    ("XML13", "PP_DIEUTRI"): "refer_treatment", ("XML13", "HUONG_DIEU_TRI"): "refer_reason",
    ("XML14", "NGAY_HEN_KL"): "next_on",
}  # fmt: skip
DIAGNOSES: Mapping[str, str] = {
    "MA_BENH_CHINH": "text", "MA_BENH_KT": "text", "CHAN_DOAN_VAO": "text", "CHAN_DOAN_RV": "text",
    "MA_BENH": "text", "MA_BENH_YHCT": "traditional",
}  # fmt: skip
LINES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "XML2": ("rx", {"SO_LUONG": "quantity", "LIEU_DUNG": "dose", "CACH_DUNG": "note"}),
    "XML3": ("sv", {"SO_LUONG": "quantity"}),
}
NO_FIELD_OF_A_LINE = frozenset({"MA_BAC_SI", "NGUOI_THUC_HIEN", "NGAY_YL", "NGAY_TH_YL", "NGAY_KQ"})


def cell_of(typed: Typed, rows: Mapping[str, int], table: str, row: int, field: str) -> Cell | None:
    """The field in which a cell is typed; None where the form has none of it. ``rows``: how many
    rows each table of the claim has."""
    if field in DIAGNOSES:
        told = typed.tables["dx"]
        further = field == "MA_BENH_KT" and len(told) > 1
        return told[1 if further else 0][DIAGNOSES[field]] if told else None
    if table in LINES and field not in NO_FIELD_OF_A_LINE:
        return _of_line(typed, rows, table, row, field)
    name = OF_TABLE.get((table, field)) or FIELDS.get(field, "")
    return typed.cells.get(name)


def _of_line(
    typed: Typed, rows: Mapping[str, int], table: str, row: int, field: str
) -> Cell | None:
    """A line of the prescription or of the services; what the facility charges by itself stands
    before what was typed, and has no line of its own."""
    key, fields = LINES[table]
    lines = [
        one for one in typed.tables[key]
        if one.text("text") and (key == "sv" or one.text("lot") != NO_LOT)
    ]  # fmt: skip
    at = row - 1 - (max(0, rows.get(table, 0) - len(lines)) if key == "sv" else 0)
    return lines[at][fields.get(field, "text")] if 0 <= at < len(lines) else None
