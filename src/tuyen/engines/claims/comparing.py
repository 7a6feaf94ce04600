"""Two versions of a claim side by side, and where each of its fields is entered."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tuyen.engines.claims.reader import Row


class Difference(NamedTuple):
    """A cell that two versions of a claim tell differently; "" where a row is not there."""

    table: str
    row: int
    field: str
    before: str
    after: str


def differences(
    before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]]
) -> list[Difference]:
    """What two versions of a claim tell differently, by table, row and field."""
    found = []
    for table in sorted(before.keys() | after.keys(), key=lambda name: int(name[3:] or 0)):
        old, new = list(before.get(table, ())), list(after.get(table, ()))
        for n in range(max(len(old), len(new))):
            was = old[n] if n < len(old) else {}
            now = new[n] if n < len(new) else {}
            for field in dict.fromkeys([*was, *now]):
                if was.get(field, "") != now.get(field, ""):
                    told = was.get(field, ""), now.get(field, "")
                    found.append(Difference(table, n + 1, field, *told))
    return found


def source_of(table: str, field: str) -> str:
    """Where a field is entered: visit, its papers, patient, facility, drug, service or practitioner."""
    if field in _PRACTITIONER:
        return "practitioner"
    if field in _FACILITY:
        return "facility"
    if table == "XML2" and field in _DRUG:
        return "drug"
    if table in ("XML3", "XML4") and field in _SERVICE:
        return "service"
    if field in _PATIENT:
        return "patient"
    return "paper" if table in _PAPERS and field not in _OF_THE_VISIT else "visit"


_PAPERS = frozenset({"XML7", "XML9", "XML10", "XML11"})
_OF_THE_VISIT = frozenset({
    "MA_LK", "NGAY_VAO", "NGAY_RA", "CHAN_DOAN_RV", "SO_KCB", "NGAY_CT", "GIOI_TINH_CON", "SO_CON",
    "CAN_NANG_CON", "NGAY_SINH_CON", "TINH_TRANG_CON", "SINHCON_PHAUTHUAT", "SINHCON_DUOI32TUAN",
})  # fmt: skip
_PRACTITIONER = frozenset({"MA_BS", "TEN_BS", "MA_BAC_SI", "NGUOI_THUC_HIEN", "MA_BS_DOC_KQ"})
_FACILITY = frozenset({"MA_CSKCB", "MACSKCB", "MA_KHOA", "MA_TTDV", "PHUONGTIEN_VC", "MAHUYEN_CU_TRU", "MA_KHOA_RV"})  # fmt: skip
_DRUG = frozenset({
    "MA_THUOC", "MA_PP_CHEBIEN", "MA_CSKCB_THUOC", "MA_NHOM", "TEN_THUOC", "DON_VI_TINH",
    "HAM_LUONG", "DUONG_DUNG", "DANG_BAO_CHE", "SO_DANG_KY", "TT_THAU", "PHAM_VI", "TYLE_TT_BH",
    "DON_GIA", "NGUON_CTRA", "MA_PTTT",
})  # fmt: skip
_SERVICE = frozenset({
    "MA_DICH_VU", "MA_NHOM", "TEN_DICH_VU", "DON_VI_TINH", "PHAM_VI", "DON_GIA_BV", "DON_GIA_BH",
    "TYLE_TT_DV", "TYLE_TT_BH", "MA_MAY", "MA_CHI_SO", "TEN_CHI_SO", "DON_VI_DO", "MA_PTTT",
})  # fmt: skip
_PATIENT = frozenset({
    "MA_BN", "HO_TEN", "SO_CCCD", "NGAY_SINH", "GIOI_TINH", "MA_QUOCTICH", "MA_DANTOC",
    "MA_NGHE_NGHIEP", "DIA_CHI", "MATINH_CU_TRU", "MAXA_CU_TRU", "DIEN_THOAI", "MA_THE_BHYT",
    "MA_DKBD", "GT_THE_TU", "GT_THE_DEN", "NGAY_MIEN_CCT", "MA_KHUVUC", "NAM_NAM_LIEN_TUC",
    "HO_TEN_NND", "NGAYSINH_NND", "MA_DANTOC_NND", "SO_CCCD_NND", "NOI_CU_TRU_NND", "MA_THE_NND",
    "MA_BHXH_NND",
})  # fmt: skip
