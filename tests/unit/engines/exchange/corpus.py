"""Files as people and attackers make them, built in code."""

import io
import struct
import unicodedata
import zipfile
import zlib

import xlsxwriter

from tuyen.engines.exchange.columns import ColumnMap, propose
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.legacy import TCVN3, VNI
from tuyen.engines.exchange.tabular import Column, Table, read_table
from tuyen.rules.loader import load

CASES = Fields.of(load("exchange/case_line_list"))
PERSONS = Fields.of(load("exchange/person_list"))

PLAIN = (
    "STT,Họ và tên,Giới tính,Tuổi,Xã,Bệnh,Ngày khởi phát\r\n"
    "1,Lò Văn Hoà,Nam,3 tuổi,Mường Phăng,Sởi,25/03/2026\r\n"
    "2,Đặng Thị Nguyệt,Nữ,8 tháng,Nà Tấu,Sốt xuất huyết,26/03/2026\r\n"
)


def table(data: bytes | str, **options) -> Table:
    """Read with the headers of a line list known."""
    raw = data.encode() if isinstance(data, str) else data
    return read_table(raw, "cases.csv", vocabulary=CASES.vocabulary, **options)


def mapped(data: bytes | str, **chosen: str) -> tuple[Table, ColumnMap]:
    found = table(data)
    return found, propose(found, CASES, chosen)


def column(*values, header: str = "x", letter: str = "A") -> Column:
    return Column(letter, header, list(values))


def rows(count: int) -> list[int]:
    return list(range(2, count + 2))


def tcvn3(text: str) -> str:
    """As Windows-1252 shows text in the fonts .VnTime; capitals with marks have no place there."""
    back = {letter: sign for sign, letter in TCVN3.items()}
    return "".join(back.get(sign) or back.get(sign.lower(), sign) for sign in text)


def vni(text: str) -> str:
    """As Windows-1252 shows text in the fonts VNI-Times."""
    back: dict[str, str] = {}
    for sign, letter in VNI.items():
        back.setdefault(letter, sign)
    return "".join(back.get(sign, sign) for sign in text)


def cp1258(text: str) -> bytes:
    """Windows-1258 writes the tone as a sign of its own behind the letter."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = bytearray()
    for sign in text:
        try:
            out += sign.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", sign)
            tone = "".join(part for part in parts if part in tones)
            base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
            out += (base + tone).encode("cp1258")
    return bytes(out)


def workbook(*sheets: tuple[str, list[list]], merges=(), options=None, hidden=()) -> bytes:
    """An XLSX of (name, rows); ``merges`` are (top, left, bottom, right, text) of the first."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, options or {})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, (name, content) in enumerate(sheets):
        page = book.add_worksheet(name)
        if name in hidden:
            page.hide()
        for r, row in enumerate(content):
            for c, cell in enumerate(row):
                if hasattr(cell, "strftime"):
                    page.write_datetime(r, c, cell, day)
                elif isinstance(cell, str):
                    page.write_string(r, c, cell)
                else:
                    page.write(r, c, cell)
        for merge in merges if number == 0 else ():
            page.merge_range(*merge)
    book.close()
    return file.getvalue()


CONTENT_TYPES = b"""<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"""
RELS = b"""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"""
TOP_RELS = RELS.replace(b'/worksheet"', b'/officeDocument"').replace(
    b"worksheets/sheet1.xml", b"xl/workbook.xml"
)
BOOK = b"""<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"""


def sheet(*row_xml: str) -> bytes:
    body = "".join(row_xml)
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{body}</sheetData></worksheet>"
    ).encode()


TWO_ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Họ tên</t></is></c><c r="B1" t="inlineStr"><is><t>Tuổi</t></is></c></row>',
    '<row r="2"><c r="A2" t="inlineStr"><is><t>Lò A</t></is></c><c r="B2"><v>3</v></c></row>',
)


def package(worksheet: bytes | None = None, **more: bytes) -> dict[str, bytes]:
    """The parts of the smallest workbook."""
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": TOP_RELS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELS,
        "xl/worksheets/sheet1.xml": worksheet if worksheet is not None else sheet(*TWO_ROWS),
        **more,
    }


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for path, content in parts.items():
            archive.writestr(path, content)
    return file.getvalue()


def lying_zip(parts: dict[str, bytes], declared: int) -> bytes:
    """A ZIP whose directory says that each part unpacks to ``declared`` bytes."""
    out, directory = bytearray(), bytearray()
    for path, content in parts.items():
        machine = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = machine.compress(content) + machine.flush()
        name, at = path.encode(), len(out)
        shared = struct.pack(
            "<HHHHHLLL", 20, 0, 8, 0, 33, zlib.crc32(content), len(packed), declared
        )
        out += b"PK\x03\x04" + shared + struct.pack("<HH", len(name), 0) + name + packed
        directory += b"PK\x01\x02\x14\x00" + shared
        directory += struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0, at) + name
    start = len(out)
    out += directory
    out += b"PK\x05\x06" + struct.pack(
        "<HHHHLLH", 0, 0, len(parts), len(parts), len(directory), start, 0
    )
    return bytes(out)
