"""The check-in of a visit (table 0): posted when its first cost arose. All of it is in its claim."""

from collections.abc import Mapping, Sequence

from tuyen.engines.claims.reader import CHECK_IN, HEADER, Row

_COPIED = (
    "MA_LK", "MA_BN", "HO_TEN", "SO_CCCD", "NGAY_SINH", "GIOI_TINH", "MA_THE_BHYT", "MA_DKBD",
    "GT_THE_TU", "GT_THE_DEN", "MA_DOITUONG_KCB", "NGAY_VAO", "NGAY_VAO_NOI_TRU", "LY_DO_VNT",
    "MA_LY_DO_VNT", "MA_LOAI_KCB", "MA_CSKCB",
)  # fmt: skip
_COSTS = (
    ("XML3", "MA_DICH_VU", "TEN_DICH_VU"),
    ("XML2", "MA_THUOC", "TEN_THUOC"),
    ("XML3", "MA_VAT_TU", "TEN_VAT_TU"),
)  # table, code, name: what stands first of costs of one minute


def check_in(tables: Mapping[str, Sequence[Row]]) -> Row | None:
    """The row of the check-in, from the tables of a claim; None while the visit has no cost.

    >>> head = {"MA_LK": "1", "MA_BN": "2"}
    >>> check_in({"XML1": [head], "XML2": [{"MA_THUOC": "40.1", "NGAY_YL": "202610040931"}]})["MA_THUOC"]
    '40.1'
    """
    costs = [
        (row["NGAY_YL"], order, {code: row[code], name: row.get(name, "")})
        for order, (table, code, name) in enumerate(_COSTS)
        for row in tables.get(table, ())
        if row.get(code) and row.get("NGAY_YL")
    ]
    header = next(iter(tables.get(HEADER, ())), None)
    if not costs or header is None:
        return None
    at, _, told = min(costs, key=lambda cost: cost[:2])
    copied = {name: header[name] for name in _COPIED if header.get(name)}
    return {"STT": "1", **copied, **told, "NGAY_YL": at}


__all__ = ["CHECK_IN", "check_in"]
