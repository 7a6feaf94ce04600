"""Who pays a line: the law's own example, cards, classes of attendance, the small visit, donors."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engines.claims.making import base, found, line, station, summed
from tuyen.engines.claims.entitlement import (
    AttendanceClass,
    Benefits,
    card,
    levels_due,
    shares,
    shares_for_facility,
    shares_for_patient,
)  # fmt: skip
from tuyen.rules.claims import book as rules

AMOUNTS = st.decimals(0, 10_000_000, places=2)
LEVELS = st.sampled_from([Decimal(80), Decimal(95), Decimal(100), Decimal("47.5"), Decimal(32)])
LARGE = Decimal(1_000_000)


def law(on):
    held = rules.benefits(on)
    classes = {
        code: AttendanceClass(
            code, row["basis"], None if row["rate"] is None else Decimal(row["rate"]),
            row["inpatient_only"] == "yes",
        )
        for code, row in held.pop("classes").items()
    }  # fmt: skip
    return Benefits(classes=classes, **held)


NOW = law(date(2026, 10, 4))
ORDER = NOW.donor_order


def test_the_example_of_decision_4750():
    whole, rate, donor = Decimal(10_000_000), Decimal(50), Decimal(3_000_000)

    split = shares_for_facility(whole, whole * rate / 100, Decimal(80), donor)

    assert split == (Decimal(3_500_000), Decimal(700_000), Decimal(2_800_000))
    assert sum(split) + donor == whole


def test_a_donor_of_one_patient_is_taken_off_in_order():
    amounts = Decimal(1000), Decimal(600), Decimal(80), Decimal(450)

    assert shares_for_patient(*amounts, ORDER) == (0, Decimal("70.00"), Decimal("480.00"))
    other = shares_for_patient(*amounts, ("fund", "copay", "outside"))
    assert other == (400, Decimal("120.00"), Decimal("30.00"))


@given(AMOUNTS, st.decimals(0, 1, places=2), LEVELS, st.decimals(0, 1, places=2))
def test_shares_and_donor_add_up_to_the_amount(amount, scope, level, part):
    in_scope, donor = amount * scope, amount * part

    assert sum(shares(amount, in_scope, level)) == amount
    assert sum(shares_for_patient(amount, in_scope, level, donor, ORDER)) + donor == amount
    assert sum(shares_for_facility(amount, in_scope, level, donor)) + donor == amount


@pytest.mark.parametrize(
    ("code", "level"),
    [("HN2245168866590", "2"), ("TE12000000000KT", None), ("TE120KT00000001", "1"), ("HN224516886659", None), ("hn2245168866590", None), ("", None)],
)  # fmt: skip
def test_the_structure_of_a_card(code, level):
    held = card(code)

    assert (held.level if held else None) == level


@pytest.mark.parametrize(
    ("why", "on", "cards", "attendance", "care", "total", "more", "due"),
    [
        ("a commune station pays in full", "2026-10-04", "GD4", "1.2", "08", LARGE, {}, {100}),
        ("80 % at the registered facility", "2026-10-04", "GD4", "1.1", "01", LARGE, {}, {80}),
        ("95 %", "2026-10-04", "CN3", "1.3", "01", LARGE, {}, {95}),
        ("a small visit", "2026-10-04", "GD4", "1.1", "01", Decimal(379_499), {}, {100}),
        ("no longer small", "2026-10-04", "GD4", "1.1", "01", Decimal(379_500), {}, {80}),
        ("small by the former salary", "2026-06-30", "GD4", "1.1", "01", Decimal(351_000), {}, {80}),
        ("exempt", "2026-10-04", "GD4", "1.1", "01", LARGE, {"exempt": True}, {80, 100}),
        ("half since July", "2026-10-04", "CN3", "1.13", "01", LARGE, {}, {Decimal("47.5")}),
        ("nothing before", "2026-06-30", "CN3", "1.13", "01", LARGE, {}, {0}),
        ("40 % inpatient", "2026-10-04", "GD4", "3.1", "03", LARGE, {}, {32}),
        ("nothing outpatient", "2026-10-04", "GD4", "3.1", "01", LARGE, {}, {0}),
        ("uninsured", "2026-10-04", "GD4", "9", "01", LARGE, {}, {0}),
        ("case by case", "2026-10-04", "GD4", "10", "01", LARGE, {}, None),
        ("unknown class", "2026-10-04", "GD4", "5.5", "01", LARGE, {}, None),
        ("two cards", "2026-10-04", "GD4 CN3", "1.1", "01", LARGE, {}, {80, 95}),
        ("from above", "2026-10-04", "GD4", "1.2", "08", LARGE, {"from_above": True}, {80, 100}),
    ],
)  # fmt: skip
def test_the_level_that_is_due(why, on, cards, attendance, care, total, more, due):
    whole = tuple(f"{start}202206992237"[:15].ljust(15, "0") for start in cards.split())

    got = levels_due(law(date.fromisoformat(on)), whole, attendance, care, total, **more)

    assert got == (None if due is None else {Decimal(level) for level in due}), why


@pytest.mark.parametrize(("on", "threshold"), [("2026-06-30", 351_000), ("2026-07-01", 379_500)])
def test_the_threshold_follows_the_base_salary(on, threshold):
    assert law(date.fromisoformat(on)).threshold() == threshold


def test_a_visit_with_a_co_payment_is_clean():
    tables = station(level=80)
    head = tables["XML1"][0]
    head |= {"MA_DOITUONG_KCB": "1.1", "MA_THE_BHYT": "GD4206992237902"}
    tables["XML3"][1] |= line("XML3", "20", "22400", level=80, TYLE_TT_DV="100") | {
        name: tables["XML3"][1][name] for name in ("STT", "MA_NHOM", "MA_DICH_VU", "MA_BENH", "NGAY_KQ", "NGUOI_THUC_HIEN", "TEN_DICH_VU")
    }  # fmt: skip

    assert found(summed(tables)) == []


def donated(shares_of, level=80):
    """A co-paid visit whose first drug a donor pays in part."""
    tables = base("station")
    drug = tables["XML2"][0]
    amount, donor = Decimal(drug["THANH_TIEN_BV"]), Decimal(10_000)
    outside, copay, fund = shares_of(amount, amount, Decimal(100), donor)
    drug |= {
        "T_NGUONKHAC": "10000", "T_NGUONKHAC_VTTN": "10000", "T_BNTT": str(outside),
        "T_BNCCT": str(copay), "T_BHTT": str(fund),
    }  # fmt: skip
    return summed(tables)


def for_patient(amount, in_scope, level, donor):
    return shares_for_patient(amount, in_scope, level, donor, ORDER)


@pytest.mark.parametrize("shares_of", [for_patient, shares_for_facility])
def test_a_donor_in_either_order_is_clean(shares_of):
    assert found(donated(shares_of)) == []


def test_a_donor_who_is_forgotten_in_the_shares_is_named():
    tables = donated(for_patient)
    tables["XML2"][0]["T_BHTT"] = tables["XML2"][0]["THANH_TIEN_BH"]

    assert ("XML2.T_BHTT.share", "XML2", "T_BHTT") in found(summed(tables))
