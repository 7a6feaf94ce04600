"""Tables out: inert in a spreadsheet, and the same when read back."""

import csv
import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engines.exchange.corpus import table
from tuyen.engines.exchange.cleaning import clean
from tuyen.engines.exchange.tabular import read_table
from tuyen.engines.exchange.write import SheetOut, neutral, write_csv, write_xlsx

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\xa0=1", "＝1+1", "＋1", "－1", "＠x", "'=1", "''=1",
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "-2+3+cmd|' /C calc'!A0", "@", "=", "\ufeff=1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.check("IN-06")
def test_a_csv_cell_never_begins_like_a_formula(text):
    data = write_csv(["a", "b"], [["x", text]], mark=False).decode()
    cell = list(csv.reader(io.StringIO(data, newline="")))[1][1]

    assert cell.startswith("'")


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.check("IN-06")
def test_an_xlsx_cell_is_a_text_whatever_it_begins_with(text):
    data = write_xlsx([SheetOut("S", ["a", text], [["x", text]])])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()

    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert xml.count('t="inlineStr"') == 4


def test_numbers_stay_numbers():
    row = [-5, 2.5, 0, True, 10**18, None, date(2026, 3, 5), datetime(2026, 3, 5, 14, 30)]

    text = write_csv([*"abcdefgh"], [row], mark=False).decode().splitlines()[1]
    found = read_table(write_xlsx([SheetOut("S", [*"abcdefgh"], [row])]), "x")

    assert text == "-5,2.5,0,true,1000000000000000000,,2026-03-05,2026-03-05 14:30:00"
    assert found.row(0) == [
        -5,
        2.5,
        0,
        True,
        str(10**18),
        "",
        date(2026, 3, 5),
        datetime(2026, 3, 5, 14, 30),
    ]


def test_the_mark_of_utf8_is_an_option():
    assert write_csv(["ố"], []).startswith(b"\xef\xbb\xbf")
    assert not write_csv(["ố"], [], mark=False).startswith(b"\xef\xbb\xbf")


def test_equal_tables_are_equal_files():
    assert write_xlsx([SheetOut("S", ["a"], [[1]])]) == write_xlsx([SheetOut("S", ["a"], [[1]])])


def test_a_text_longer_than_a_cell_is_cut_not_dropped():
    found = read_table(write_xlsx([SheetOut("S", ["a", "b"], [["x" * 40_000, "y"]])]), "x")

    assert len(found.row(0)[0]) == 32_767
    assert found.row(0)[0].endswith("…")


@pytest.mark.parametrize("name", ["", "a/b:c*?[x]\\", "x" * 80, "'quoted'", "History", "\x00"])
def test_any_name_makes_a_sheet(name):
    data = write_xlsx([SheetOut(name, ["a", "b"], [["x", 1]]), SheetOut(name, ["a", "b"], [])])

    assert len(read_table(data, "x")) == 1


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20).map(lambda text: clean(text)[0])
ROWS = st.lists(st.tuples(st.integers(1, 10**9), TEXTS, TEXTS), min_size=1, max_size=8)


def is_looked_at(text: str) -> bool:
    """Letters of Western Europe may look like a legacy encoding, which is refused elsewhere."""
    return clean(text)[0] == text and not any("\x7f" < sign < "\u0250" for sign in text)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@given(rows=ROWS)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back(form, rows):
    header = ["STT", "Họ tên", "Ghi chú"]
    rows = [(n, name, note) for n, name, note in rows if is_looked_at(name) and is_looked_at(note)]
    rows.append((1, "=Lò Văn A", "'+"))

    data = write_csv(header, rows) if form == "csv" else write_xlsx([SheetOut("S", header, rows)])
    found = table(data)

    assert [(int(a), b, c) for a, b, c in map(found.row, range(len(found)))] == rows


def test_long_texts_take_no_longer_than_their_length():
    assert neutral(" " * 1_000_000) == " " * 1_000_000
    assert neutral("'" * 1_000_000 + "=") == "'" * 1_000_001 + "="


def test_neutral_leaves_names_alone():
    assert neutral("Lò Văn A") == "Lò Văn A"
    assert neutral("O'Brien") == "O'Brien"
