"""A claim built from plain values is one that the rules find nothing in, and its money is exact."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.unit.engines.claims.making import again, visit
from tuyen.apps.claims.judging import benefits, checker
from tuyen.engines.claims.amounts import priced
from tuyen.engines.claims.building import build, vital_signs
from tuyen.engines.claims.comparing import differences, source_of
from tuyen.engines.claims.told import (
    Care,
    Catalogue,
    Cover,
    Diagnosis,
    Drug,
    Missing,
    Patient,
    Referral,
    Service,
)
from tuyen.engines.claims.writer import write_visit

ON = date(2026, 10, 4)
BEGAN, ENDED = datetime(2026, 10, 4, 9, 31), datetime(2026, 10, 4, 9, 49)
LICENCE = "0012345/LS-CCHN"
CATALOGUE = Catalogue(
    facility={
        "insurer_code": "20001", "department": "K01", "head_number": "6992237902",
        "examination": "kham", "district": "000", "referral_transport": "Xe cứu thương",
    },
    drugs={
        "amlodipine-5": {
            "code": "40.491", "group": "4", "name": "Amlodipin", "unit": "Viên", "strength": "5mg",
            "route": "1.01", "registration": "VD-2-18", "tender": "QĐ1;G1;N1;2026",
            "price": "115.5",
        }
    },
    services={
        "kham": {
            "code": "02.1897", "group": "13", "name": "Khám bệnh", "unit": "Lần", "price": "36500",
            "insurance_price": "36500",
        },
        "glucose": {
            "code": "23.0075.1494", "group": "1", "name": "Glucose", "unit": "Lần",
            "price": "22400", "insurance_price": "20000", "measure": "glucose_fasting",
            "indicator": "1023075",
        },
    },
    practitioners={LICENCE: {"name": "Lò Văn C"}},
)  # fmt: skip
PATIENT = Patient(
    "BN1", "NÔNG THỊ B", "198203130000", "2", "020182037967", "000", "08", "05467", "Thôn 1",
    "20", "", "05467", "0912345678",
    (Cover("DN4206992237902", "20001", date(2026, 1, 1), date(2026, 12, 31)),),
)  # fmt: skip


def care(**changes):
    plain = {
        "key": "20001261004000001", "number": "261004-001", "began": BEGAN, "ended": ENDED,
        "care": "08", "attendance": "1.2", "reason": "Khám định kỳ", "course": "Ổn định",
        "advice": "Ăn nhạt",
        "measured": {
            what: (Decimal(value), BEGAN)
            for what, value in (("systolic", "150"), ("diastolic", "90"), ("weight", "55.1"),
                                ("glucose_fasting", "6.20"))
        },
        "diagnoses": (Diagnosis("I10", True, "", "Tăng huyết áp"), Diagnosis("E11.9")),
        "drugs": (Drug("amlodipine-5", Decimal(30), Decimal(1), 1, 30),),
        "services": (Service("glucose"),), "returns": date(2026, 11, 3), "practitioner": LICENCE,
    }  # fmt: skip
    return Care(**plain | changes)


def made(patient=PATIENT, catalogue=CATALOGUE, **changes):
    return build(care(**changes), patient, catalogue, benefits(ON))


def found(tables):
    (findings,) = checker().check([visit(tables)])
    return [(f.code, f.value) for f in findings]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"care": "01"},
        {"care": "05", "services": ()},
        {"care": "07", "services": ()},
        {"payer": "self"},
        {"payer": "programme"},
        {"payer": "free"},
        {"attendance": "1.1"},
        {"attendance": "1.13"},
        {"referral": Referral("20002", "Nặng hơn", "Khó thở", "Thở ôxy")},
        {"referral": Referral("20002", "Theo yêu cầu", on_request=True)},
        {"returns": None, "services": (), "drugs": ()},
    ],
)
def test_nothing_is_found_in_what_was_built(changes):
    built = made(**changes)

    assert found(built.tables) == []
    assert built.missing == ()


def test_what_was_built_is_written_and_read_again():
    tables = made(referral=Referral("20002", "Nặng hơn")).tables
    book = checker().book(ON)
    content = write_visit(tables, book.layouts, book.fields, facility="20001", made_on=ON)

    read = again(content).tables

    assert {
        t: [{k: v for k, v in row.items() if v} for row in rows] for t, rows in read.items()
    } == {t: [{k: v for k, v in row.items() if v} for row in rows] for t, rows in tables.items()}


def test_a_station_pays_all_and_a_registered_place_by_the_level_of_the_card():
    station = made().tables["XML1"][0]
    dear = made(attendance="1.1", drugs=(Drug("amlodipine-5", Decimal(6000), Decimal(200), 1, 30),))

    assert (station["T_BNCCT"], station["T_BHTT"]) == ("0.00", "59965.00")
    assert dear.tables["XML2"][0]["MUC_HUONG"] == "80"
    assert dear.tables["XML1"][0]["T_BNCCT"] == "149900.00"


def test_a_small_visit_and_an_exempt_patient_pay_no_share():
    dear = (Drug("amlodipine-5", Decimal(6000), Decimal(200), 1, 30),)
    exempt = PATIENT._replace(exempt_from=date(2026, 9, 1))

    small = made(attendance="1.1").tables["XML1"][0]
    relieved = made(patient=exempt, attendance="1.1", drugs=dear).tables["XML1"][0]

    assert (small["T_BNCCT"], relieved["T_BNCCT"]) == ("0.00", "0.00")


def test_the_part_above_the_price_of_the_insurer_is_the_patients():
    glucose = made().tables["XML3"][1]

    assert (glucose["THANH_TIEN_BV"], glucose["THANH_TIEN_BH"], glucose["T_BNTT"]) == (
        "22400.00", "20000.00", "2400.00",
    )  # fmt: skip


def test_who_is_not_insured_has_the_same_file_and_the_fund_pays_nothing():
    head = made(payer="self").tables["XML1"][0]

    assert head["MA_DOITUONG_KCB"] == "9"
    assert (head["MA_THE_BHYT"], head["T_BHTT"], head["T_BNTT"]) == ("", "0.00", "62365.00")


def test_what_a_programme_gives_costs_the_patient_nothing():
    head = made(payer="programme").tables["XML1"][0]

    assert (head["T_NGUONKHAC"], head["T_BNTT"], head["T_BNCCT"]) == ("62365.00", "0.00", "0.00")


def test_a_test_result_is_the_measurement_of_the_visit():
    (result,) = made().tables["XML4"]

    assert (result["MA_CHI_SO"], result["GIA_TRI"]) == ("1023075", "6.2")


def test_an_examination_that_was_written_is_not_charged_twice():
    rows = made(services=(Service("kham"), Service("glucose"))).tables["XML3"]

    assert [row["MA_DICH_VU"] for row in rows] == ["02.1897", "23.0075.1494"]


def test_what_no_catalogue_knows_is_told_once_and_not_invented():
    bare = Catalogue({"insurer_code": "20001"}, {}, {}, {"other": {}})

    built = made(catalogue=bare)

    assert built.missing == (
        Missing("XML2", 1, "MA_THUOC", "drug", "amlodipine-5"),
        Missing("XML1", 1, "MA_BAC_SI", "practitioner", LICENCE),
        Missing("XML3", 1, "MA_DICH_VU", "service", "glucose"),
    )
    assert built.tables["XML2"][0]["DON_GIA"] == ""
    assert "THANH_TIEN_BV" not in built.tables["XML2"][0]


def test_a_patient_without_a_card_on_record_is_found_by_the_rules():
    codes = [code for code, _ in found(made(patient=PATIENT._replace(covers=())).tables)]

    assert "XML1.MA_THE_BHYT.missing" in codes


@pytest.mark.parametrize(("price", "rate"), [("", "100"), ("12,5", "100"), ("10", "x")])
def test_no_money_is_told_where_no_price_is_known(price, rate):
    line = priced(Decimal(3), price, price, rate=rate)

    assert not line.known
    assert line.cells(Decimal(80), Decimal(0), "CL", ()) == {"MUC_HUONG": "80"}


def test_vital_signs_are_written_as_the_insurer_reads_them():
    signs = {"pulse": (Decimal("72.0"), BEGAN), "temperature": (Decimal("36.50"), BEGAN)}

    assert vital_signs(signs) == "M: 72; T: 36.5"


def test_two_versions_differ_where_they_differ():
    before, after = made().tables, made(advice="Đi bộ", drugs=()).tables

    cells = {(d.table, d.field): (d.before, d.after) for d in differences(before, after)}

    assert cells["XML1", "PP_DIEU_TRI"] == ("Ăn nhạt", "Đi bộ")
    assert cells["XML2", "MA_THUOC"] == ("40.491", "")
    assert ("XML1", "HO_TEN") not in cells


@pytest.mark.parametrize(
    ("table", "field", "where"),
    [
        ("XML2", "DON_GIA", "drug"),
        ("XML3", "DON_GIA_BH", "service"),
        ("XML4", "MA_CHI_SO", "service"),
        ("XML1", "MA_KHOA", "facility"),
        ("XML2", "MA_BAC_SI", "practitioner"),
        ("XML1", "MA_THE_BHYT", "patient"),
        ("XML1", "CAN_NANG", "visit"),
        ("XML2", "LIEU_DUNG", "visit"),
    ],
)
def test_a_field_says_where_it_is_entered(table, field, where):
    assert source_of(table, field) == where
