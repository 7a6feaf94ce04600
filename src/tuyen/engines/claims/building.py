"""The claim of a visit, built from what the record, the registry and the facility's catalogues say.

Nothing is invented: a field that none of them knows stays blank, the rules of the field find it, and
`comparing.source_of` names where it is entered. A drug, service or practitioner that the catalogue lacks
altogether is told once (`Missing`), and not again at each of its fields.

Built are tables 1 to 5, 8, 13 and 14 here; those of papers that were given out (7, 9, 10, 11) and of
HIV and tuberculosis (6, 15) in `papers`. Table 12 is never sent: it is typed on the portal.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from tuyen.engines.claims.amounts import Line, priced, totals
from tuyen.engines.claims.entitlement import NOTHING, Benefits, levels_due
from tuyen.engines.claims.papers import paper_tables, weights
from tuyen.engines.claims.reader import Row
from tuyen.engines.claims.told import (
    Built,
    Care,
    Catalogue,
    Drug,
    Missing,
    Patient,
    Service,
)
from tuyen.engines.claims.writer import Value, text_of

PROGRESS_DUE = frozenset({"02", "03", "04", "05", "06", "08", "09"})
SUMMARY_DUE = frozenset({"03", "04", "06"})
WITHOUT_EXAMINATION = frozenset({"07"})
STAYS = frozenset({"02", "03", "04", "06"})
UNDETERMINED, DISCHARGED, REFERRED = "7", "1", "2"
UNINSURED = "9"
TESTS = frozenset({"1", "2", "3"})
"""Groups of cost whose services have a result in table 4."""


def build(care: Care, patient: Patient, catalogue: Catalogue, benefits: Benefits) -> Built:
    """The tables of a visit. ``benefits`` is the law of the day it ended."""
    work = _Building(care, patient, catalogue, benefits)
    return Built(work.tables(), tuple(dict.fromkeys(work.missing)))


class _Building:
    """One visit, while its tables are made."""

    def __init__(
        self, care: Care, patient: Patient, catalogue: Catalogue, benefits: Benefits
    ) -> None:
        self.care, self.patient = care, patient
        self.catalogue, self.benefits = catalogue, benefits
        self.missing: list[Missing] = []
        self.insured = care.payer == "insurance"
        self.attendance = care.attendance if self.insured else UNINSURED
        self.main = next((d.code for d in care.diagnoses if d.main), "") or next(
            (d.code for d in care.diagnoses), ""
        )
        self.others = [d.code for d in care.diagnoses if d.code != self.main]
        self.words = "; ".join(d.words or d.code for d in care.diagnoses)

    def tables(self) -> dict[str, list[Row]]:
        drugs = [self._drug(n, one) for n, one in enumerate(self.care.drugs, 1)]
        services = [self._service(n, one) for n, one in enumerate(self._services(), 1)]
        lines = [line for line, _ in (*drugs, *services)]
        level = self._level(sum((line.in_scope for line in lines), NOTHING))
        second = [self._money("XML2", line, row, level) for line, row in drugs]
        third = [self._money("XML3", line, row, level) for line, row in services]
        held: dict[str, list[Row]] = {
            "XML1": [self._summary(second, third)],
            "XML2": second,
            "XML3": third,
            "XML4": self._results(third),
            "XML5": self._progress(),
            "XML8": self._record_summary(second, third),
            "XML13": self._referral(second, third),
            "XML14": self._appointment(),
        }
        held |= paper_tables(
            self.care, self.patient, self.catalogue, insured=self.insured, diagnosis=self.words,
            given="; ".join(row["TEN_THUOC"] for row in second if row["TEN_THUOC"]),
        )  # fmt: skip
        return {table: held[table] for table in sorted(held, key=_number) if held[table]}

    # -- lines ---------------------------------------------------------------------------------

    def _services(self) -> list[Service]:
        """What was done; the examination that the facility charges stands first if nobody wrote it."""
        named = self.catalogue.facility.get("examination", "")
        done = list(self.care.services)
        if named and self.care.care not in WITHOUT_EXAMINATION | {"05"}:
            known = self.catalogue.services
            if not any(known.get(one.code, {}).get("group") == "13" for one in done):
                done.insert(0, Service(named))
        return done

    def _drug(self, n: int, drug: Drug) -> tuple[Line, Row]:
        known = self.catalogue.drugs.get(drug.item)
        if known is None:
            self._lacks("XML2", n, "MA_THUOC", "drug", drug.item)
            known = {}
        line = priced(
            drug.quantity, known.get("price", ""), known.get("price", ""),
            rate=known.get("rate", "100"), inside=self._inside(known),
        )  # fmt: skip
        row = self._common(n) | {
            "MA_THUOC": known.get("code", ""), "MA_PP_CHEBIEN": known.get("processing", ""),
            "MA_CSKCB_THUOC": known.get("origin", ""), "MA_NHOM": known.get("group", ""),
            "TEN_THUOC": known.get("name", ""), "DON_VI_TINH": known.get("unit", ""),
            "HAM_LUONG": known.get("strength", ""), "DUONG_DUNG": known.get("route", ""),
            "DANG_BAO_CHE": known.get("form", ""),
            "LIEU_DUNG": _dose(drug, known.get("unit", "")), "CACH_DUNG": drug.how,
            "SO_DANG_KY": known.get("registration", ""), "TT_THAU": known.get("tender", ""),
            "PHAM_VI": self._scope(known), "TYLE_TT_BH": _plain("percent", line.rate),
            "SO_LUONG": _plain("quantity", drug.quantity), "DON_GIA": known.get("price", ""),
            "NGUON_CTRA": "3" if self.care.payer == "programme" else known.get("funding", "1"),
            "MA_PTTT": known.get("payment", "1"),
        }  # fmt: skip
        return line, row

    def _service(self, n: int, service: Service) -> tuple[Line, Row]:
        known = self.catalogue.services.get(service.code)
        if known is None:
            self._lacks("XML3", n, "MA_DICH_VU", "service", service.code)
            known = {}
        line = priced(
            service.quantity, known.get("price", ""), known.get("insurance_price", ""),
            rate=known.get("rate", "100"), service_rate=known.get("service_rate", "100"),
            inside=self._inside(known),
        )  # fmt: skip
        row = self._common(n, service.at) | {
            "MA_DICH_VU": known.get("code", "") or service.code, "MA_NHOM": known.get("group", ""),
            "TEN_DICH_VU": known.get("name", ""), "DON_VI_TINH": known.get("unit", ""),
            "PHAM_VI": self._scope(known), "SO_LUONG": _plain("quantity", service.quantity),
            "DON_GIA_BV": known.get("price", ""), "DON_GIA_BH": known.get("insurance_price", ""),
            "TYLE_TT_DV": known.get("service_rate", "100"),
            "TYLE_TT_BH": _plain("percent", line.rate), "MA_PTTT": known.get("payment", "1"),
            "MA_MAY": known.get("machine", ""),
            "MA_BENH": ";".join([self.main, *self.others]) if self.main else "",
            "MA_BENH_YHCT": self._traditional(),
        }  # fmt: skip
        row["NGUOI_THUC_HIEN"] = row["MA_BAC_SI"]
        row["NGAY_KQ"] = row["NGAY_TH_YL"]
        return line, row

    def _common(self, n: int, at: datetime | None = None) -> Row:
        ordered = at or self.care.began
        return {
            "MA_LK": self.care.key, "STT": str(n), "MA_KHOA": self._of_facility("department"),
            "MA_BAC_SI": self._licence(),
            "NGAY_YL": _moment(ordered), "NGAY_TH_YL": _moment(max(ordered, self.care.began)),
        }  # fmt: skip

    def _licence(self) -> str:
        """The licence of whoever ordered; one that the facility does not know is told."""
        told = self.care.practitioner
        known = self.catalogue.practitioners
        if told and known and told not in known:
            self._lacks("XML1", 1, "MA_BAC_SI", "practitioner", told)
        return told

    def _inside(self, known: Mapping[str, str]) -> bool:
        return self.insured and known.get("scope", "1") != "2"

    def _scope(self, known: Mapping[str, str]) -> str:
        return known.get("scope", "1") if self.insured else "2"

    def _level(self, in_scope: Decimal) -> Decimal:
        """The benefit level of every line, percent: the best that the law of the day gives."""
        if not self.insured:
            return NOTHING
        exempt = self.patient.exempt_from
        due = levels_due(
            self.benefits,
            tuple(cover.card for cover in self.patient.covers),
            self.attendance, self.care.care, in_scope,
            exempt=exempt is not None and exempt <= self.care.ended.date(),
        )  # fmt: skip
        return max(due) if due else NOTHING

    def _money(self, table: str, line: Line, row: Row, level: Decimal) -> Row:
        payer = self.care.payer
        donor = line.amount if payer in ("programme", "free") else NOTHING
        source = "NSNN" if payer == "programme" else "CL"
        return row | line.cells(level, donor, source, self.benefits.donor_order)

    # -- the other tables ----------------------------------------------------------------------

    def _summary(self, second: Sequence[Row], third: Sequence[Row]) -> Row:
        care, patient = self.care, self.patient
        covers = patient.covers if self.insured else ()
        ended = care.ended
        weight = care.measured.get("weight")
        return {
            "MA_LK": care.key, "STT": "1", "MA_BN": patient.code, "HO_TEN": patient.name,
            "SO_CCCD": patient.citizen, "NGAY_SINH": patient.born, "GIOI_TINH": patient.sex,
            "MA_QUOCTICH": patient.nationality or self._of_facility("nationality_unknown"),
            "MA_DANTOC": patient.ethnic or self._of_facility("ethnic_unknown"),
            "MA_NGHE_NGHIEP": patient.occupation or self._of_facility("occupation_unknown"),
            "DIA_CHI": patient.address, "MATINH_CU_TRU": patient.province,
            "MAHUYEN_CU_TRU": patient.district or self._of_facility("district"),
            "MAXA_CU_TRU": patient.commune, "DIEN_THOAI": patient.telephone,
            "MA_THE_BHYT": ";".join(cover.card for cover in covers),
            "MA_DKBD": ";".join(c.facility for c in covers if c.facility),
            "GT_THE_TU": ";".join(f"{c.since:%Y%m%d}" for c in covers if c.since),
            "GT_THE_DEN": ";".join(f"{c.until:%Y%m%d}" for c in covers if c.until),
            "NGAY_MIEN_CCT": _day(patient.exempt_from) if self.insured else "",
            "LY_DO_VV": care.reason, "CHAN_DOAN_VAO": self.words, "CHAN_DOAN_RV": self.words,
            "MA_BENH_CHINH": self.main, "MA_BENH_KT": ";".join(self.others),
            "MA_BENH_YHCT": self._traditional(), "MA_DOITUONG_KCB": self.attendance,
            "MA_NOI_DEN": care.referral.to if care.referral else "",
            "NGAY_VAO": _moment(care.began), "NGAY_RA": _moment(ended),
            "SO_NGAY_DTRI": str(self._days(third)), "PP_DIEU_TRI": care.advice,
            "KET_QUA_DTRI": care.outcome or UNDETERMINED, "MA_LOAI_RV": self._leaves(),
            "NGAY_TTOAN": _moment(ended), **totals(second, third),
            "NAM_QT": str(ended.year), "THANG_QT": str(ended.month), "MA_LOAI_KCB": care.care,
            "MA_KHOA": self._of_facility("department"), "MA_CSKCB": self._of_facility("insurer_code"),
            "MA_KHUVUC": patient.area if self.insured else "",
            "CAN_NANG": _plain("weight", weight[0]) if weight else "",
            "CAN_NANG_CON": weights(care.born),
            "NAM_NAM_LIEN_TUC": _day(patient.five_years) if self.insured else "",
            "NGAY_TAI_KHAM": _day(care.returns), "MA_HSBA": care.number,
            "MA_TTDV": self._of_facility("head_number"),
        }  # fmt: skip

    def _days(self, third: Sequence[Row]) -> int:
        care = self.care
        if care.care in STAYS:
            return (care.ended.date() - care.began.date()).days + 1
        if care.care == "05":
            return max((drug.days for drug in care.drugs), default=0)
        if care.care == "08":
            return len({row["NGAY_YL"][:8] for row in third}) or 1
        return 0

    def _leaves(self) -> str:
        if self.care.leaving:
            return self.care.leaving
        if self.care.referral is None:
            return DISCHARGED
        return "5" if self.care.referral.on_request else REFERRED

    def _results(self, third: Sequence[Row]) -> list[Row]:
        """A row for each result: as it was written, or as it was measured in the visit."""
        rows: list[Row] = []
        for service, row in zip(self._services(), third, strict=True):
            known = self.catalogue.services.get(service.code, {})
            told = self.care.measured.get(known.get("measure", ""))
            value = service.result or (f"{told[0].normalize():f}" if told else "")
            if known.get("group") not in TESTS or not value:
                continue
            rows.append({
                "MA_LK": self.care.key, "STT": str(len(rows) + 1),
                "MA_DICH_VU": row["MA_DICH_VU"], "MA_CHI_SO": known.get("indicator", ""),
                "TEN_CHI_SO": known.get("indicator_name", "") or known.get("name", ""),
                "GIA_TRI": value[:50], "DON_VI_DO": known.get("indicator_unit", ""),
                "NGAY_KQ": row["NGAY_KQ"], "MA_BS_DOC_KQ": row["MA_BAC_SI"],
            })  # fmt: skip
        return rows

    def _progress(self) -> list[Row]:
        if self.care.care not in PROGRESS_DUE:
            return []
        signs = vital_signs(self.care.measured)
        told = "; ".join(part for part in (signs, self.care.course) if part)
        return [{
            "MA_LK": self.care.key, "STT": "1", "DIEN_BIEN_LS": told,
            "THOI_DIEM_DBLS": _moment(self.care.began), "NGUOI_THUC_HIEN": self.care.practitioner,
        }]  # fmt: skip

    def _record_summary(self, second: Sequence[Row], third: Sequence[Row]) -> list[Row]:
        asked = self.catalogue.facility.get("summary_for_all") == "yes"
        if self.care.care not in SUMMARY_DUE and not asked:
            return []
        care = self.care
        given = "; ".join(row["TEN_THUOC"] for row in second if row["TEN_THUOC"])
        results = self._told_results(third)
        return [{
            "MA_LK": care.key, "MA_LOAI_KCB": care.care, "NGAY_VAO": _moment(care.began),
            "NGAY_RA": _moment(care.ended), "CHAN_DOAN_VAO": self.words,
            "CHAN_DOAN_RV": self.words, "QT_BENHLY": care.course or care.reason,
            "TOMTAT_KQ": results or vital_signs(care.measured),
            "PP_DIEUTRI": given or care.advice, "KET_QUA_DTRI": care.outcome or UNDETERMINED,
            "MA_TTDV": self._of_facility("head_number"), "NGAY_CT": _day(care.ended.date()),
        }]  # fmt: skip

    def _referral(self, second: Sequence[Row], third: Sequence[Row]) -> list[Row]:
        sent = self.care.referral
        if sent is None:
            return []
        care = self.care
        return [self._copied() | {
            "SO_HOSO": care.number, "SO_CHUYENTUYEN": care.number, "GIAY_CHUYEN_TUYEN": care.number,
            "MA_NOI_DEN": sent.to, "DAU_HIEU_LS": sent.findings or vital_signs(care.measured),
            "QT_BENHLY": care.course or care.reason, "TOMTAT_KQ": self._told_results(third),
            "PP_DIEUTRI": sent.treatment,
            "TEN_DICH_VU": "; ".join(row["TEN_DICH_VU"] for row in third if row["TEN_DICH_VU"]),
            "TEN_THUOC": "; ".join(row["TEN_THUOC"] for row in second if row["TEN_THUOC"]),
            "PP_DIEU_TRI": care.advice, "MA_LOAI_RV": self._leaves(),
            "MA_LYDO_CT": "3" if sent.on_request else "1",
            "HUONG_DIEU_TRI": sent.reason, "PHUONGTIEN_VC": self._of_facility("referral_transport"),
            "MA_BAC_SI": care.practitioner, "MA_TTDV": self._of_facility("head_number"),
        }]  # fmt: skip

    def _appointment(self) -> list[Row]:
        care = self.care
        if care.returns is None:
            return []
        at = datetime.combine(care.returns, care.ended.time())
        row = self._copied() | {
            "SO_GIAYHEN_KL": care.number, "NGAY_HEN_KL": _moment(at),
            "MA_DOITUONG_KCB": self.attendance, "MA_BAC_SI": care.practitioner,
            "MA_TTDV": self._of_facility("head_number"), "NGAY_CT": _day(care.ended.date()),
        }  # fmt: skip
        for name in ("MA_QUOCTICH", "MA_DANTOC", "MA_NGHE_NGHIEP"):
            row.pop(name)
        return [row]

    def _copied(self) -> Row:
        """Cells of table 1 that the slips repeat."""
        patient, covers = self.patient, self.patient.covers if self.insured else ()
        return {
            "MA_LK": self.care.key, "MA_CSKCB": self._of_facility("insurer_code"),
            "HO_TEN": patient.name, "NGAY_SINH": patient.born, "GIOI_TINH": patient.sex,
            "MA_QUOCTICH": patient.nationality or self._of_facility("nationality_unknown"),
            "MA_DANTOC": patient.ethnic or self._of_facility("ethnic_unknown"),
            "MA_NGHE_NGHIEP": patient.occupation or self._of_facility("occupation_unknown"),
            "DIA_CHI": patient.address, "MA_THE_BHYT": ";".join(c.card for c in covers),
            "GT_THE_DEN": ";".join(f"{c.until:%Y%m%d}" for c in covers if c.until),
            "NGAY_VAO": _moment(self.care.began), "NGAY_RA": _moment(self.care.ended),
            "CHAN_DOAN_RV": self.words, "MA_BENH_CHINH": self.main,
            "MA_BENH_KT": ";".join(self.others), "MA_BENH_YHCT": self._traditional(),
        }  # fmt: skip

    def _told_results(self, third: Sequence[Row]) -> str:
        return "; ".join(f"{row['TEN_CHI_SO']}: {row['GIA_TRI']}" for row in self._results(third))

    def _traditional(self) -> str:
        return ";".join(d.traditional for d in self.care.diagnoses if d.traditional)

    def _of_facility(self, name: str) -> str:
        return self.catalogue.facility.get(name, "")

    def _lacks(self, table: str, row: int, field: str, where: str, key: str) -> None:
        self.missing.append(Missing(table, row, field, where, key))


def vital_signs(measured: Mapping[str, tuple[Decimal, datetime]]) -> str:
    """Vital signs as table 5 writes them.

    >>> when = datetime(2026, 10, 4, 9, 31)
    >>> vital_signs({"systolic": (Decimal(163), when), "diastolic": (Decimal(73), when)})
    'HA: 163/73'
    """
    told = {what: f"{value.normalize():f}" for what, (value, _at) in measured.items()}
    pressure = f"{told['systolic']}/{told['diastolic']}" if {"systolic", "diastolic"} <= told.keys() else ""  # fmt: skip
    signs = (
        ("M", told.get("pulse", "")),
        ("HA", pressure),
        ("T", told.get("temperature", "")),
        ("NT", told.get("respiration", "")),
        ("SP", told.get("spo2", "")),
    )
    return "; ".join(f"{name}: {value}" for name, value in signs if value)


def _dose(drug: Drug, unit: str) -> str:
    """A dose as the insurer reads it: "1 viên/lần * 2 lần/ngày * 30 ngày [2 viên/ngày]"."""
    word = unit.lower().split(" ")[0]
    if not (drug.dose and drug.times and drug.days and word):
        return ""
    once, daily = _plain("quantity", drug.dose), _plain("quantity", drug.dose * drug.times)
    return f"{once} {word}/lần * {drug.times} lần/ngày * {drug.days} ngày [{daily} {word}/ngày]"


def _number(table: str) -> int:
    return int(table.removeprefix("XML"))


def _plain(kind: str, value: Decimal | None) -> str:
    return text_of(kind, value)


def _moment(at: datetime) -> str:
    return text_of("moment", at)


def _day(day: date | None) -> str:
    told: Value = day
    return text_of("date", told)
