"""Tables of papers that a visit gave out (7, 9, 10, 11) and of treatments that are followed (6, 15).

A person writes only what nobody else knows: the number of the form, the employer, the days of leave.
All else is of the visit, the patient, the birth and the facility. Days of leave are counted.
"""

from collections.abc import Callable, Mapping
from datetime import date

from tuyen.engines.claims.reader import Row
from tuyen.engines.claims.told import Born, Care, Catalogue, Patient
from tuyen.engines.claims.writer import text_of

ANTENATAL, SICK, DISCHARGE, BIRTH = "XML10", "XML11", "XML7", "XML9"
HIV, TUBERCULOSIS = "XML6", "XML15"
APART = frozenset({HIV, TUBERCULOSIS})
"""Tables that open only to the right and purpose of what stands apart."""
LEAVE = {
    ANTENATAL: ("TU_NGAY", "DEN_NGAY", "SO_NGAY"),
    SICK: ("TU_NGAY", "DEN_NGAY", "SO_NGAY_NGHI"),
    DISCHARGE: ("NGOAITRU_TUNGAY", "NGOAITRU_DENNGAY", "SO_NGAY_NGHI"),
}
FORM_OF_SICK_LEAVE = "CT07"
EARLY = 32
"""Weeks below which a birth is early in the words of table 9."""
_EACH = ("SO", "MA_THE_TAM", "HO_TEN_CON")
"""What of a birth certificate is of one child: with ";" between where there are several."""


def paper_tables(
    care: Care, patient: Patient, catalogue: Catalogue, *, insured: bool, diagnosis: str, given: str
) -> dict[str, list[Row]]:
    """The tables beyond those of every visit. ``diagnosis``: in words; ``given``: drugs by name."""
    cards = tuple(cover.card for cover in patient.covers) if insured else ()
    common = _Common(care, patient, catalogue, cards, diagnosis, given or care.advice)
    found: dict[str, list[Row]] = {}
    for paper in care.papers:
        if paper.table in _MADE:
            found[paper.table] = [
                _counted(paper.table, {**_MADE[paper.table](common), **paper.cells})
            ]
    if care.born:
        told = next((paper.cells for paper in care.papers if paper.table == BIRTH), {})
        found[BIRTH] = [
            common.birth(born) | _of_child(told, n, len(care.born))
            for n, born in enumerate(care.born)
        ]
    for paper in care.treatments:
        if paper.table in _FOLLOWED:
            found[paper.table] = [{**_FOLLOWED[paper.table](common), **paper.cells}]
    return found


def weights(born: tuple[Born, ...]) -> str:
    """The weights of the newborn in grams, as table 1 repeats them."""
    return ";".join(one.weight for one in born if one.weight)


class _Common:
    """What papers repeat of the visit, the patient and the facility."""

    def __init__(
        self,
        care: Care,
        patient: Patient,
        catalogue: Catalogue,
        cards: tuple[str, ...],
        diagnosis: str,
        treatment: str,
    ) -> None:
        self.care, self.patient, self.facility = care, patient, catalogue.facility
        self.cards, self.diagnosis, self.treatment = cards, diagnosis, treatment
        self.issued = text_of("date", care.ended.date())
        self.doctor: Mapping[str, str] = catalogue.practitioners.get(care.practitioner, {})

    @property
    def insurance_number(self) -> str:
        """The ten digits of the card that are the person's own."""
        return next((card[5:] for card in self.cards if card[5:].isdigit()), "")

    def signed(self) -> Row:
        return {
            "MA_TTDV": self.facility.get("head_number", ""),
            "MA_BS": self.doctor.get("insurance_number", "") or self.care.practitioner,
            "TEN_BS": self.doctor.get("name", ""), "NGAY_CT": self.issued,
        }  # fmt: skip

    def sick(self) -> Row:
        row = self.signed() | {
            "MA_LK": self.care.key, "SO_KCB": self.care.number, "MA_BHXH": self.insurance_number,
            "MA_THE_BHYT": ";".join(self.cards), "CHAN_DOAN_RV": self.diagnosis,
            "PP_DIEUTRI": self.treatment, "MAU_SO": FORM_OF_SICK_LEAVE,
        }  # fmt: skip
        row.pop("TEN_BS")
        return row

    def antenatal(self) -> Row:
        return self.signed() | {"MA_LK": self.care.key, "CHAN_DOAN_RV": self.diagnosis}

    def discharge(self) -> Row:
        care = self.care
        return self.signed() | {
            "MA_LK": care.key, "MA_YTE": self.patient.code,
            "MA_KHOA_RV": self.facility.get("department", ""),
            "NGAY_VAO": text_of("moment", care.began), "NGAY_RA": text_of("moment", care.ended),
            "CHAN_DOAN_RV": self.diagnosis, "PP_DIEUTRI": self.treatment,
        }  # fmt: skip

    def birth(self, born: Born) -> Row:
        mother = self.patient
        return {
            "MA_LK": self.care.key, "MA_BHXH_NND": self.insurance_number,
            "MA_THE_NND": self.cards[0] if self.cards else "", "HO_TEN_NND": mother.name,
            "NGAYSINH_NND": mother.born[:8],
            "MA_DANTOC_NND": mother.ethnic or self.facility.get("ethnic_unknown", ""),
            "SO_CCCD_NND": mother.citizen, "NOI_CU_TRU_NND": mother.address,
            "MA_QUOCTICH": mother.nationality or self.facility.get("nationality_unknown", ""),
            **self._home(), "GIOI_TINH_CON": born.sex, "SO_CON": str(born.of),
            "LAN_SINH": born.births, "CAN_NANG_CON": born.weight, "NGAY_SINH_CON": born.born,
            "NOI_SINH_CON": born.place, "TINH_TRANG_CON": born.condition,
            "SINHCON_PHAUTHUAT": "1" if born.caesarean else "0",
            "SINHCON_DUOI32TUAN": "" if born.weeks is None else str(int(born.weeks < EARLY)),
            "NGAY_CT": self.issued, "MA_TTDV": self.facility.get("head_number", ""),
        }  # fmt: skip

    def hiv(self) -> Row:
        person = self.patient
        return {
            "MA_LK": self.care.key, "MA_THE_BHYT": ";".join(self.cards), "SO_CCCD": person.citizen,
            "NGAY_SINH": person.born, "GIOI_TINH": person.sex, "DIA_CHI": person.address,
            **self._home(), "MA_CSKCB": self.facility.get("insurer_code", ""),
        }  # fmt: skip

    def tuberculosis(self) -> Row:
        person = self.patient
        return {
            "MA_LK": self.care.key, "STT": "1", "MA_BN": person.code, "HO_TEN": person.name,
            "SO_CCCD": person.citizen, "MA_CSKCB": self.facility.get("insurer_code", ""),
        }  # fmt: skip

    def _home(self) -> Row:
        return {
            "MATINH_CU_TRU": self.patient.province,
            "MAHUYEN_CU_TRU": self.patient.district or self.facility.get("district", ""),
            "MAXA_CU_TRU": self.patient.commune,
        }


_MADE: dict[str, Callable[[_Common], Row]] = {
    SICK: _Common.sick,
    ANTENATAL: _Common.antenatal,
    DISCHARGE: _Common.discharge,
}
_FOLLOWED: dict[str, Callable[[_Common], Row]] = {
    HIV: _Common.hiv,
    TUBERCULOSIS: _Common.tuberculosis,
}


def _counted(table: str, row: Row) -> Row:
    """With the days of leave, both ends among them."""
    first, last, days = LEAVE[table]
    begins, ends = _as_day(row.get(first, "")), _as_day(row.get(last, ""))
    if begins and ends and ends >= begins:
        row[days] = str((ends - begins).days + 1)
    return row


def _of_child(told: Mapping[str, str], n: int, children: int) -> Row:
    """What the certificate of one child of several says.

    >>> _of_child({"SO": "12;13", "QUYEN_SO": "1"}, 1, 2)
    {'SO': '13', 'QUYEN_SO': '1'}
    """
    row = dict(told)
    for name in _EACH:
        parts = [part.strip() for part in told.get(name, "").split(";")]
        if len(parts) == children > 1:
            row[name] = parts[n]
    return row


def _as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
