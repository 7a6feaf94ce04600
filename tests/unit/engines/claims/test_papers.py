"""Tables of papers, births and treatments: nothing is found in what is whole, and what lacks is named."""

from dataclasses import dataclass

import pytest

from tests.unit.engines.claims.test_building import CATALOGUE, LICENCE, PATIENT, found, made
from tuyen.engines.claims.comparing import source_of
from tuyen.engines.claims.told import Born, Catalogue, Paper
from tuyen.rules.claims import book, told_cells
from tuyen.rules.clinical.papers import papers
from tuyen.rules.clinical.programme import programmes

SICK = {
    "number": "12", "serial": "AB 0001", "employer": "Công ty Chè", "since": "2026-10-04",
    "until": "2026-10-08",
}  # fmt: skip
DISCHARGE = {"number": "26/0412", "since": "2026-10-05", "until": "2026-10-11"}
CERTIFICATE = {
    "number": "7", "book": "2", "identity_on": "2021-05-04", "identity_at": "Cục Cảnh sát",
    "living": "2", "delivered_by": "Lò Thị E", "written_by": "Lò Thị E", "note": "Không",
    "temporary_card": "TE1206992237903",
}  # fmt: skip
CHILD = Born(
    "202610040935", "1", "3100", 1, "Trạm y tế Hữu Lũng", "Sống; Apgar 8/9", False, 39, "2"
)
HIV = {
    "client": "1", "confirmed_on": "2024-02-01", "sampled_at": "20001", "confirmed_at": "20002",
    "started_at": "20002", "started_on": "2024-02-09", "registered": "1", "stage": "1",
    "group": "9", "status": "3", "regimen": "1A", "changed_on": "2025-01-05", "changed_why": "1",
    "handling": "2", "tb_kind": "0", "tb_screening": "1", "tb_result": "1",
}  # fmt: skip
TB = {
    "site": "1", "history": "1", "with_hiv": "2", "bacteria": "1", "resistance": "6",
    "treatment": "2", "since": "2026-08-01", "regimen": "1", "result": "7", "arv_on": "2026-08-01",
    "cotrimoxazole_on": "2026-08-01",
}  # fmt: skip


def paper(what, fields):
    return Paper(told_cells.of_papers()[what].table, told_cells.paper_cells(what, fields))


def followed(key, fields, before=None):
    cells = told_cells.programme_cells(key, fields, before or {})
    return Paper(told_cells.of_programmes()[key].table, cells)


def whole_catalogue():
    licences = {LICENCE: {"name": "Lò Văn C", "insurance_number": "0123456789"}}
    return Catalogue(CATALOGUE.facility, CATALOGUE.drugs, CATALOGUE.services, licences)


def row_of(table, **changes):
    return made(catalogue=whole_catalogue(), **changes).tables[table][0]


@pytest.mark.parametrize(
    "changes",
    [
        {"papers": (paper("sick-leave", SICK),)},
        {"papers": (paper("antenatal-leave", SICK),)},
        {"papers": (paper("discharge", DISCHARGE),)},
        {"papers": (paper("birth", CERTIFICATE),), "born": (CHILD,)},
        {"treatments": (followed("hiv", HIV),)},
        {"treatments": (followed("tuberculosis", TB),)},
        {"outcome": "2"},
        {"outcome": "5", "leaving": "3"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_nothing_is_found_in_what_is_whole(changes):
    built = made(catalogue=whole_catalogue(), **changes)

    assert found(built.tables) == []


def test_days_of_leave_are_counted_with_both_ends_and_the_person_is_that_of_the_card():
    row = row_of("XML11", papers=(paper("sick-leave", SICK),))

    assert (row["TU_NGAY"], row["DEN_NGAY"], row["SO_NGAY_NGHI"]) == ("20261004", "20261008", "5")
    assert (row["MA_BHXH"], row["MAU_SO"], row["SO_KCB"]) == ("6992237902", "CT07", "261004-001")
    assert (row["MA_BS"], row["PP_DIEUTRI"]) == ("0123456789", "Amlodipin")


def test_a_birth_without_its_certificate_lacks_what_only_the_certificate_says():
    built = made(catalogue=whole_catalogue(), born=(CHILD,))
    named = {code.split(".")[1] for code, _ in found(built.tables) if code.startswith("XML9.")}

    assert {"SO", "QUYEN_SO", "NGAYCAP_CCCD_NND", "SO_CON_SONG", "MA_THE_TAM"} <= named
    assert "GIOI_TINH_CON" not in named
    assert source_of("XML9", "SO") == "paper"
    assert source_of("XML9", "CAN_NANG_CON") == "visit"


def test_twins_have_a_certificate_each_and_both_weights_stand_in_table_1():
    two = tuple(CHILD._replace(weight=weight, of=2) for weight in ("2400", "2350"))
    told = CERTIFICATE | {"number": "7; 8"}
    tables = made(catalogue=whole_catalogue(), papers=(paper("birth", told),), born=two).tables

    assert [row["SO"] for row in tables["XML9"]] == ["7", "8"]
    assert [row["SO_CON"] for row in tables["XML9"]] == ["2", "2"]
    assert tables["XML1"][0]["CAN_NANG_CON"] == "2400;2350"


def test_a_treatment_keeps_what_was_told_before_but_not_what_was_of_one_visit():
    before = HIV | {"supply_from": "2026-09-01", "supply_days": "30.0", "regimen": "1B"}
    cells = told_cells.programme_cells("hiv", {"regimen": "1A"}, before)

    assert (cells["MA_PHAC_DO_DIEU_TRI"], cells["NGAYKD_HIV"]) == ("1A", "20240201")
    assert "NGAY_BAT_DAU_XU_TRI" not in cells
    assert "SO_NGAY_CAP_THUOC_ARV" not in cells


def test_an_answer_that_cannot_stand_is_left_to_be_found_as_missing():
    assert "TU_NGAY" not in told_cells.paper_cells("sick-leave", SICK | {"since": "hôm qua"})
    assert told_cells.paper_cells("lời khen", {}) == {}


def test_a_termination_is_told_with_its_day_and_no_hour():
    told = DISCHARGE | {
        "termination": "yes", "termination_on": "2026-10-04", "termination_weeks": "9",
        "termination_reason": "Thai lưu",
    }  # fmt: skip
    row = row_of("XML7", papers=(paper("discharge", told),))

    assert (row["MA_DINH_CHI_THAI"], row["THOIGIAN_DINHCHI"]) == ("1", "202610040000")
    assert (row["TUOI_THAI"], row["SO_NGAY_NGHI"]) == ("9", "7")


def test_the_outcome_that_was_told_stands_in_both_tables_and_the_way_of_leaving_in_one():
    tables = made(outcome="2", leaving="4", care="06").tables

    assert [tables[name][0]["KET_QUA_DTRI"] for name in ("XML1", "XML8")] == ["2", "2"]
    assert tables["XML1"][0]["MA_LOAI_RV"] == "4"
    assert made().tables["XML1"][0]["KET_QUA_DTRI"] == "7"


def test_tables_stand_in_the_order_of_the_decision():
    tables = made(
        papers=(paper("sick-leave", SICK),), treatments=(followed("tuberculosis", TB),)
    ).tables

    assert list(tables) == sorted(tables, key=lambda name: int(name[3:]))


@dataclass
class Forms:
    held: dict
    filled: dict


@pytest.mark.parametrize(
    "forms",
    [Forms(papers(), told_cells.of_papers()), Forms(programmes(), told_cells.of_programmes())],
    ids=["papers", "programmes"],
)
def test_every_field_of_a_form_fills_a_cell_of_its_table(forms):
    known = {}
    for field in book.material()["fields"]:
        known.setdefault(field["table"], set()).add(field["name"])

    for key, filled in forms.filled.items():
        assert filled.cells.keys() == forms.held[key].form.keys()
        assert set(filled.cells.values()) <= known[filled.table]
        assert filled.anew <= filled.cells.keys()


def test_a_card_of_no_own_number_leaves_the_insurance_number_to_be_written():
    patient = PATIENT._replace(covers=())
    row = made(patient, whole_catalogue(), payer="self", papers=(paper("sick-leave", SICK),))

    assert row.tables["XML11"][0]["MA_BHXH"] == ""
    assert source_of("XML11", "MA_BHXH") == "paper"
