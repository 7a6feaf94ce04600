"""Files as stations send them: where the table is, what its cells say, which rows they were."""

import unicodedata
from datetime import date

import pytest

from tests.unit.engines.exchange.corpus import CASES, PLAIN, cp1258, table, tcvn3, vni, workbook
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import read_table

NAMES = ["Lò Văn Hoà", "Đặng Thị Nguyệt"]


@pytest.mark.parametrize(
    ("why", "data"),
    [
        ("UTF-8", PLAIN.encode()),
        ("UTF-8 with its mark", PLAIN.encode("utf-8-sig")),
        ("UTF-16 with its mark", PLAIN.encode("utf-16")),
        ("UTF-16 without a mark, low byte first", PLAIN.encode("utf-16-le")),
        ("UTF-16 without a mark, high byte first", PLAIN.encode("utf-16-be")),
        ("UTF-32 with its mark", PLAIN.encode("utf-32")),
        ("Windows-1258", cp1258(PLAIN)),
        ("decomposed letters", unicodedata.normalize("NFD", PLAIN).encode()),
        ("semicolons", PLAIN.replace(",", ";").encode()),
        ("tabs", PLAIN.replace(",", "\t").encode()),
        ("bars", PLAIN.replace(",", "|").encode()),
        ("Unix line ends", PLAIN.replace("\r\n", "\n").encode()),
        ("old Macintosh line ends", PLAIN.replace("\r\n", "\r").encode()),
        (
            "everything quoted",
            ('"' + PLAIN.replace(",", '","').replace("\r\n", '"\r\n"')[:-1]).encode(),
        ),
        (
            "no-break and wide spaces",
            PLAIN.replace(" ", "\xa0").replace(",", "\u3000,\u2003").encode(),
        ),
        ("zero-width signs", PLAIN.replace("L", "\u200bL\ufeff").encode()),
        ("NULs between letters", PLAIN.replace("V", "\x00V").encode()),
        ("Excel's first line", ("sep=,\r\n" + PLAIN).encode()),
        ("XLSX", workbook(("Ca bệnh", [line.split(",") for line in PLAIN.splitlines()]))),
    ],
)
def test_the_same_table_in_many_clothes(why, data):
    found = table(data)

    assert found.column("Họ và tên").values == NAMES, why
    assert [c.header for c in found.columns][:3] == ["STT", "Họ và tên", "Giới tính"], why
    assert found.numbers == [2, 3], why


def test_chinese_in_its_national_encoding():
    text = "姓名,性别,发病日期\n王小明,男,2026-03-05\n"

    found = table(text.encode("gb18030"))

    assert found.encoding == "GB18030"
    assert found.column("姓名").values == ["王小明"]


def test_french_stays_french():
    found = table("name,disease\nJosé Lévêque,Rougeole confirmée à l'hôpital\n".encode("cp1252"))

    assert found.columns[0].values == ["José Lévêque"]
    assert [note.code for note in found.notes] == ["exchange.encoding-guessed"]


OFFICIAL = """SỞ Y TẾ TỈNH ĐIỆN BIÊN,,,,,
DANH SÁCH CA BỆNH THÁNG 3,,,,,

STT,Họ và tên,Nơi ở hiện tại,,Ngày khởi phát,Tuổi
,,Xã,Thôn,,
(1),(2),(3),(4),(5),(6)
1,Lò Văn A,Mường Phăng,Bản 1,5/3/2026,3

2,Lò Thị B,Mường Phăng,"Bản
2",6/3/2026,8
STT,Họ và tên,Nơi ở hiện tại,,Ngày khởi phát,Tuổi
3,Nguyễn C,Nà Tấu,Bản 3,7/3/2026,12
,Tổng cộng,3,,,

,,,,"Điện Biên, ngày 8 tháng 3 năm 2026",
,,,,Người lập biểu,
"""


def test_titles_headers_of_two_lines_totals_and_signatures():
    found = table(OFFICIAL)

    assert [c.header for c in found.columns] == [
        "STT", "Họ và tên", "Nơi ở hiện tại / Xã", "Nơi ở hiện tại / Thôn", "Ngày khởi phát", "Tuổi",
    ]  # fmt: skip
    assert found.numbers == [7, 9, 11]
    assert found.header_rows == (4, 5)
    assert found.column("D").values == ["Bản 1", "Bản\n2", "Bản 3"]


def test_what_is_left_out_is_said():
    found = table(OFFICIAL)

    said = [(note.code, note.values["row"]) for note in found.notes]
    assert said == [
        ("exchange.repeated-header", 10),
        ("exchange.total-row", 12),
        ("exchange.footnote-row", 14),
        ("exchange.footnote-row", 15),
    ]


def test_merged_cells_of_a_workbook():
    content = [
        ["Danh sách", "", "", "", ""],
        ["Họ tên", "Địa chỉ", "", "Ngày", ""],
        ["", "Xã", "Thôn", "Khởi phát", "Báo cáo"],
        ["Lò A", "Mường Phăng", "Bản 1", date(2026, 3, 5), date(2026, 3, 6)],
        ["Lò B", "", "Bản 2", date(2026, 3, 25), date(2026, 3, 26)],
    ]
    merges = [
        (0, 0, 0, 4, "Danh sách"), (1, 0, 2, 0, "Họ tên"), (1, 1, 1, 2, "Địa chỉ"),
        (1, 3, 1, 4, "Ngày"), (3, 1, 4, 1, "Mường Phăng"),
    ]  # fmt: skip

    found = table(workbook(("S", content), merges=merges))

    assert [c.header for c in found.columns] == [
        "Họ tên", "Địa chỉ / Xã", "Địa chỉ / Thôn", "Ngày / Khởi phát", "Ngày / Báo cáo",
    ]  # fmt: skip
    assert found.column("B").values == ["Mường Phăng", "Mường Phăng"], (
        "a merged cell is every row's"
    )
    assert found.numbers == [4, 5]


def test_columns_and_rows_that_are_blank_keep_their_places():
    found = table(",,\n,Họ tên,,Tuổi\n,,,\n,Lò A,,3\n")

    assert [(c.letter, c.header) for c in found.columns] == [("B", "Họ tên"), ("D", "Tuổi")]
    assert found.numbers == [4]


def test_a_column_without_header_is_kept_when_it_holds_something():
    found = table("Họ tên,,Tuổi\nLò A,ghi,3\nLò B,,4\n")

    assert [(c.letter, c.header) for c in found.columns] == [
        ("A", "Họ tên"),
        ("B", ""),
        ("C", "Tuổi"),
    ]


def test_a_separator_inside_a_text_is_a_fault_of_its_row():
    found = table("Họ tên,Tuổi,Xã\nLò A,3,Nà Tấu\nLò B,4,Bản 1, Nà Tấu\nLò C,5,Nà Tấu\n")

    assert {row: fault.code for row, fault in found.faults.items()} == {
        3: "exchange.cells-beside-the-table"
    }
    assert len(found.columns) == 3


def test_the_sheet_with_our_words_is_chosen():
    data = workbook(
        ("Danh mục", [["Mã", "Nghĩa"], ["1", "Nam"], ["2", "Nữ"]]),
        ("Ca bệnh", [["Họ tên", "Giới tính", "Bệnh"], ["Lò A", "Nam", "Sởi"]]),
    )

    assert table(data).sheet == "Ca bệnh"


def test_two_sheets_alike_are_not_guessed():
    content = [["Họ tên", "Giới tính", "Bệnh"], ["Lò A", "Nam", "Sởi"]]
    data = workbook(("Tháng 1", content), ("Tháng 2", content))

    with pytest.raises(ExchangeRefusal) as refused:
        table(data)
    assert refused.value.code == "exchange.several-sheets"
    assert "Tháng 1, Tháng 2" in str(refused.value)
    assert table(data, sheet="tháng 2").sheet == "Tháng 2"


def test_a_hidden_sheet_is_read_only_by_name():
    data = workbook(
        ("A", [["Họ tên", "Tuổi"], ["Lò A", 1]]),
        ("B", [["Họ tên", "Tuổi"], ["Lò B", 2]]),
        hidden=("B",),
    )

    assert table(data).sheet == "A"
    assert table(data, sheet="B").columns[0].values == ["Lò B"]


def test_dates_of_a_workbook_from_1904():
    data = workbook(
        ("S", [["Họ tên", "Ngày khởi phát"], ["Lò A", 44_000]]), options={"date_1904": True}
    )

    assert table(data).from_1904


@pytest.mark.parametrize("encode", [tcvn3, vni])
@pytest.mark.parametrize("carrier", ["single byte", "UTF-8", "XLSX"])
def test_legacy_text_is_named_and_shown_converted(encode, carrier):
    text = encode(PLAIN)
    data = {
        "single byte": text.encode("cp1252", "replace"),
        "UTF-8": text.encode(),
        "XLSX": workbook(("S", [line.split(",") for line in text.splitlines()])),
    }[carrier]

    with pytest.raises(ExchangeRefusal) as refused:
        table(data)

    refusal = refused.value
    assert refusal.code == "exchange.legacy-encoding"
    assert refusal.values["encoding"] == encode.__name__
    assert refusal.values["converted"].lower() in PLAIN.lower()
    assert refusal.values["sample"] in text
    assert refusal.values["row"] in (1, 2, 3)
    assert "UniKey" in str(refusal)


@pytest.mark.parametrize("encode", [tcvn3, vni])
def test_legacy_text_is_converted_when_asked(encode):
    found = table(encode(PLAIN), convert=encode.__name__)

    assert [name.lower() for name in found.column("B").values] == [name.lower() for name in NAMES]
    assert "exchange.text-converted" in [note.code for note in found.notes]


def test_one_legacy_column_in_a_unicode_file():
    lines = ["Họ tên,Xã"] + [f"{tcvn3(name)},Mường Phăng" for name in (*NAMES, "Trần Hữu Lộc")]

    with pytest.raises(ExchangeRefusal) as refused:
        table("\n".join(lines))
    assert refused.value.values["encoding"] == "tcvn3"


def test_text_saved_in_the_wrong_encoding():
    spoiled = PLAIN.encode().decode("latin-1")

    with pytest.raises(ExchangeRefusal) as refused:
        table(spoiled)
    assert refused.value.code == "exchange.double-encoding"


def test_an_apostrophe_before_a_formula_is_dropped_and_another_is_kept():
    found = read_table(b"a,b\n'=1+1,'tis\n", "x")

    assert found.row(0) == ["=1+1", "'tis"]


def test_a_list_without_any_known_word_still_has_a_header():
    found = read_table(b"red,green\n1,2\n3,4\n", "x", vocabulary=CASES.vocabulary)

    assert [c.header for c in found.columns] == ["red", "green"]
    assert len(found) == 2
