"""Whatever arrives, a table or a refusal with a sentence comes back, within bounds."""

import io
import re
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engines.exchange.corpus import (
    BOOK,
    CONTENT_TYPES,
    PLAIN,
    RELS,
    TWO_ROWS,
    lying_zip,
    package,
    sheet,
    table,
    workbook,
    zipped,
)  # fmt: skip
from tuyen.engines.exchange.limits import Limits, check_size
from tuyen.engines.exchange.refusals import ExchangeRefusal, FileTooLarge
from tuyen.engines.exchange.tabular import Table, read_table

SMALL = Limits(
    size=200_000, rows=100, columns=20, cells=2_000, unpacked=400_000, area=5_000, text=50_000
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
GOOD = workbook(("S", [line.split(",") for line in PLAIN.splitlines()]))


def words(text: str) -> bytes:
    return text.encode("utf-16-le")


def cell(at: str, text: str = "x") -> str:
    return f'<row r="{re.sub("[A-Z]", "", at)}"><c r="{at}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def link(path: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in package().items():
            archive.writestr(part, content)
        info = zipfile.ZipInfo(path)
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def twice() -> bytes:
    one = zipped({**package(), "xl/worksheets/sheet2.xml": b"<x/>"})
    return one.replace(b"sheet2.xml", b"sheet1.xml")


def encrypted() -> bytes:
    data = bytearray(zipped(package()))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def overlapping() -> bytes:
    """Every entry of the directory points at the first part."""
    data = bytearray(
        lying_zip(dict.fromkeys(["[Content_Types].xml", "xl/workbook.xml"], b"x" * 50), 50)
    )
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    return bytes(data)


DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = DTD.replace(b'SYSTEM "file:///etc/passwd"', b'"lol"')
SHARED = (
    b'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
    + b"A" * 30_000
    + b"</t></si></sst>"
)

REFUSED = {
    "nothing": (b"", "empty-file"),
    "blank lines": (b"\r\n\r\n  \r\n", "empty-file"),
    "only a mark": (b"\xef\xbb\xbf", "empty-file"),
    "only a header": (b"a,b,c\n", "empty-file"),
    "only separators": (b",,,\n,,,\n", "empty-file"),
    "XLS": (OLE + words("Workbook"), "legacy-workbook"),
    "XLS named XLSX inside OLE with a password": (OLE + words("EncryptedPackage"), "protected-workbook"),
    "DOC": (OLE + words("WordDocument"), "unsupported-file"),
    "other OLE": (OLE, "unsupported-file"),
    "BIFF 2": (b"\x09\x00\x04\x00" + bytes(20), "legacy-workbook"),
    "web page as XLS": (b"<html><table><tr><td>1</td></tr></table>", "legacy-workbook"),
    "table tag only": (b"\xef\xbb\xbf\n<TABLE><tr>", "legacy-workbook"),
    "XML of Excel 2003": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "legacy-workbook",
    ),
    "other XML": (b"<?xml version='1.0'?><a/>", "legacy-workbook"),
    "ODS": (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}), "legacy-workbook"),
    "XLSB": (zipped({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.bin": b"x"}), "legacy-workbook"),
    "DOCX": (zipped({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": b"<x/>"}), "unsupported-file"),
    "PPTX": (zipped({"[Content_Types].xml": CONTENT_TYPES, "ppt/presentation.xml": b"<x/>"}), "unsupported-file"),
    "a ZIP of a CSV": (zipped({"a.csv": PLAIN.encode()}), "unsupported-file"),
    "an empty ZIP": (zipped({}), "unsupported-file"),
    "XLSM": (zipped(package(**{"xl/vbaProject.bin": b"x"})), "macro-workbook"),
    "PDF": (b"%PDF-1.7\n" + bytes(100), "unsupported-file"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(100), "unsupported-file"),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(100), "unsupported-file"),
    "GZIP": (b"\x1f\x8b\x08" + bytes(100), "unsupported-file"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(100), "unsupported-file"),
    "RAR": (b"Rar!\x1a\x07" + bytes(100), "unsupported-file"),
    "SQLite": (b"SQLite format 3\x00" + bytes(100), "unsupported-file"),
    "Parquet": (b"PAR1" + bytes(100), "unsupported-file"),
    "program": (b"MZ\x90\x00" + bytes(100), "unsupported-file"),
    "JSON": (b'{"a": 1}', "unsupported-file"),
    "random bytes": (bytes(range(256)) * 20, "unsupported-file"),
    "zeros": (bytes(5000), None),
    "half a workbook": (GOOD[: len(GOOD) // 2], "damaged-file"),
    "a workbook without its last byte": (GOOD[:-1], "damaged-file"),
    "a workbook with a page behind it": (GOOD + b"<script>alert(1)</script>", "hostile-archive"),
    "a picture before a workbook": (b"\x89PNG\r\n\x1a\n" + GOOD, "unsupported-file"),
    "a script before a workbook": (b"PK\x03\x04<script>" + GOOD, "hostile-archive"),
    "a ZIP comment": (GOOD[:-2] + b"\x05\x00hello", "hostile-archive"),
    "climbing path": (zipped(package(**{"../../etc/cron.d/x": b"x"})), "hostile-archive"),
    "absolute path": (zipped(package(**{"/etc/cron.d/x": b"x"})), "hostile-archive"),
    "drive path": (zipped(package(**{"C:/x": b"x"})), "hostile-archive"),
    "symbolic link": (link("xl/media/x"), "hostile-archive"),
    "the same part twice": (twice(), "hostile-archive"),
    "parts over one another": (overlapping(), None),
    "encrypted parts": (encrypted(), "protected-workbook"),
    "unusual packing": (zipped(package(), zipfile.ZIP_BZIP2), "hostile-archive"),
    "a declared bomb": (zipped(package(x=bytes(2_000_000))), "hostile-archive"),
    "a bomb that lies": (lying_zip(package(x=bytes(2_000_000)), 50), "hostile-archive"),
    "a directory that promises more": (lying_zip(package(), 100_000), "damaged-file"),
    "2,000 parts": (zipped({**package(), **{f"p{n}": b"" for n in range(2000)}}), "hostile-archive"),
    "external entity": (zipped(package(DTD + sheet(*TWO_ROWS)[21:])), "hostile-archive"),
    "billion laughs": (zipped(package(**{"xl/sharedStrings.xml": LAUGHS + b"<sst>&a;</sst>"})), "hostile-archive"),
    "DTD in the workbook part": (zipped({**package(), "xl/workbook.xml": DTD + BOOK[21:]}), "hostile-archive"),
    "sheet in UTF-16": (zipped(package(sheet(*TWO_ROWS).decode().encode("utf-16"))), "hostile-archive"),
    "sheet in UTF-7": (zipped(package(sheet(*TWO_ROWS).replace(b'"1.0"', b'"1.0" encoding="utf-7"'))), "hostile-archive"),
    "sheet not well formed": (zipped(package(sheet('<row r="1"><c r="A1"><v>1</row>'))), "damaged-file"),
    "sheet cut off": (zipped(package(sheet(*TWO_ROWS)[:-30])), "damaged-file"),
    "sheet missing": (zipped({k: v for k, v in package().items() if "sheet1" not in k}), "damaged-file"),
    "relations missing": (zipped({k: v for k, v in package().items() if "rels" not in k}), None),
    "no cells": (zipped(package(sheet())), "empty-file"),
    "one far cell": (zipped(package(sheet(cell("A1"), cell("A2"), cell("T1048576")))), "too-many-cells"),
    "the last cell of all": (zipped(package(sheet(cell("A1"), cell("XFD1048576")))), "too-many-columns"),
    "far cells without references": (zipped(package(sheet('<row r="1048576">' + "<c><v>1</v></c>" * 15 + "</row>"))), "too-many-cells"),
    "a reference behind a prefix": (
        zipped(package(b'<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="9999999"><x:c r="T9999999"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>')),
        "too-many-cells",
    ),
    "an impossible reference": (zipped(package(sheet('<row r="1"><c r="A99999999999999999999"><v>1</v></c></row>'))), "damaged-file"),
    "a negative row": (zipped(package(sheet('<row r="-1"><c><v>1</v></c></row>'))), "damaged-file"),
    "one long text in every cell": (
        zipped(package(sheet('<row r="1">' + '<c t="s"><v>0</v></c>' * 10 + "</row>"), **{"xl/sharedStrings.xml": SHARED})),
        "too-many-cells",
    ),
    "too many cells": (zipped(package(sheet(*(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' * 30 for r in range(1, 90))))), "too-many-cells"),
    "a CSV too large": (b"a,b\n" + b"1,2\n" * 60_000, "file-too-large"),
    "a CSV of too many rows": (b"a,b\n" + b"1,2\n" * 150, "too-many-rows"),
    "a CSV of too many cells": (b"a,b\n" + b"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n" * 140, "too-many-cells"),
    "a CSV of too many columns": (b"a," * 100 + b"\n" + b"1," * 100 + b"\n", "too-many-columns"),
    "one line of separators and a tail": (b"a,b\n" + b"," * 1500 + b"x\n1,2\n", "too-many-columns"),
    "a cell of 40,000 letters": (b"a,b\n" + b"x" * 40_000 + b",1\n", "cell-too-long"),
    "a cell of 190,000 letters": (b"a,b\n1," + b"x" * 190_000 + b"\n", "cell-too-long"),
    "a quotation never closed": (b'a,b\n1,2\n"x,3\n' + b"4,5\n" * 100, "unclosed-quote"),
    "a quotation of 150,000 letters": (b'a,b\n"' + b"x\n" * 75_000, "unclosed-quote"),
    "UTF-8 with two bytes spoiled": (("a,b\n" + "Nguyễn,Đặng\n" * 50).encode() + b"\xff\xfe,x\n", "unknown-encoding"),
    "UTF-16 cut in a letter": ("a,b\n1,2\n".encode("utf-16") + b"\x00\xd8", "unknown-encoding"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.check("IN-07", "IN-09", "IN-10")
def test_refused_with_a_sentence(what):
    data, code = REFUSED[what]

    with pytest.raises(ExchangeRefusal) as refused:
        read_table(data, "upload.xlsx", limits=SMALL)

    refusal = refused.value
    assert code is None or refusal.code == f"exchange.{code}", str(refusal)
    assert "{" not in str(refusal)
    assert all(refusal.parts())


@pytest.mark.check("IN-09", "CF-11")
def test_the_size_alone_refuses():
    with pytest.raises(FileTooLarge, match="104857600 bytes"):
        check_size(100 * 2**20, "big.csv")


def test_a_workbook_without_references_is_read():
    plain = zipped(
        package(
            sheet(
                "<row><c t='inlineStr'><is><t>Họ tên</t></is></c><c t='inlineStr'><is><t>Tuổi</t></is></c></row>",
                "<row><c t='inlineStr'><is><t>Lò A</t></is></c><c><v>3</v></c></row>",
            )
        )
    )

    assert table(plain).columns[0].values == ["Lò A"]


def test_a_header_that_begins_like_a_program_is_text():
    assert table("MZ code,Họ tên\n1,Lò A\n").columns[0].header == "MZ code"


def test_numbers_beyond_numbers():
    data = zipped(
        package(
            sheet(
                TWO_ROWS[0],
                '<row r="2"><c r="A2"><v>1e999</v></c><c r="B2"><v>NaN</v></c><c r="C2"><v>-1e999</v></c><c r="D2"><v>1</v></c></row>',
            )
        )
    )

    found = table(data)

    assert all(isinstance(value, str) for value in found.row(0)[:3])
    assert found.row(0)[3] == 1


def outcome(data: bytes) -> Table | ExchangeRefusal:
    try:
        return read_table(data, "x", limits=SMALL)
    except ExchangeRefusal as refusal:
        return refusal


@given(st.binary(max_size=600))
@settings(max_examples=300, deadline=None)
def test_any_bytes(data):
    assert isinstance(outcome(data), (Table, ExchangeRefusal))


@given(st.text(max_size=400), st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "utf-16-le"]))
@settings(max_examples=300, deadline=None)
def test_any_text(text, encoding):
    assert isinstance(outcome(text.encode(encoding, "surrogatepass")), (Table, ExchangeRefusal))


@given(
    st.lists(
        st.sampled_from([",", ";", "\t", '"', "\n", "\r", "a", "1", "§", "\x00", " ", "'", "="]),
        max_size=200,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_punctuation(signs):
    assert isinstance(outcome("".join(signs).encode()), (Table, ExchangeRefusal))


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_a_workbook_with_bytes_changed(at, change):
    assert isinstance(
        outcome(GOOD[:at] + change + GOOD[at + len(change) :]), (Table, ExchangeRefusal)
    )


@given(st.sampled_from(sorted(package())), st.data())
@settings(max_examples=300, deadline=None)
def test_a_part_with_bytes_changed(path, data):
    parts = package()
    content = parts[path]
    at = data.draw(st.integers(0, len(content)))
    change = data.draw(
        st.sampled_from(
            [
                b"<",
                b">",
                b'"',
                b"/",
                b"&",
                b"&#0;",
                b"9" * 20,
                b"-1",
                b"A",
                b"\xff",
                b"",
                b'r="ZZZ1"',
            ]
        )
    )
    parts[path] = content[:at] + change + content[at + 1 :]

    assert isinstance(outcome(zipped(parts)), (Table, ExchangeRefusal))


@pytest.mark.check("IN-09")
def test_relations_that_lead_out_of_the_archive():
    parts = {
        **package(),
        "xl/_rels/workbook.xml.rels": RELS.replace(b"worksheets/", b"../../../etc/"),
    }

    assert isinstance(outcome(zipped(parts)), ExchangeRefusal)
