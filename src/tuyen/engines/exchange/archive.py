"""A ZIP archive from a stranger: measured before anything opens it (IN-09, IN-10).

What is declared is checked against what is there: a reader that believes the directory can be fed
a bomb by a directory that lies, so each entry is inflated here once, with a cap.
"""

import io
import re
import struct
import zipfile
import zlib
from itertools import pairwise
from typing import NoReturn

from tuyen.engines.exchange.limits import Limits
from tuyen.engines.exchange.refusals import (
    DamagedFile,
    HostileArchive,
    LegacyWorkbook,
    MacroWorkbook,
    ProtectedWorkbook,
    UnsupportedFile,
)
from tuyen.kernel.refusal import N_

_LOCAL = struct.Struct("<4s5H3L2H")
_RATIO_MATTERS = 8 * 2**20
_XML_ENCODING = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,40})["']""")
_SAFE_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii", b"utf8")


def unpack(data: bytes, name: str, limits: Limits) -> dict[str, bytes]:
    """Return the XML parts of the workbook ``data`` by path, after measuring the whole archive.

    Raises a refusal for: anything before or after the archive's parts, overlapping or
    double entries, paths that leave the archive, links, passwords, unknown compression, too many
    entries, too much content, a ratio no spreadsheet reaches, DTDs, and workbooks of other kinds.
    """
    entries = _directory(data, name, limits)
    _check_kind(data, [entry.filename for entry in entries], name)
    _check_layout(data, entries, name)
    left = limits.unpacked
    parts: dict[str, bytes] = {}
    for entry in entries:
        content = _inflate(data, entry, name, left)
        left -= len(content)
        _check_content(entry.filename, content, name)
        # Pictures are measured and dropped; whatever could be read as a sheet is kept.
        if entry.filename.lower().endswith((".xml", ".rels")) or b"sheetData" in content:
            parts[entry.filename] = content
    unpacked = limits.unpacked - left
    if unpacked > max(_RATIO_MATTERS, limits.ratio * len(data)):
        _hostile(name, N_("it unpacks to far more than a table of its size"))
    return parts


def _hostile(name: str, detail: str) -> NoReturn:
    raise HostileArchive(name=name, detail=detail)


def _directory(data: bytes, name: str, limits: Limits) -> list[zipfile.ZipInfo]:
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        raise DamagedFile(name=name, detail=N_("the end of the archive is missing"))
    declared, length, _start, comment = struct.unpack_from("<H2LH", data, end + 10)
    if end + 22 + comment != len(data) or comment:
        _hostile(name, N_("something is attached after its end"))
    # The reader allocates per directory entry, so the directory is bounded before it is read.
    if length > 400 * limits.entries:
        _hostile(name, N_("it holds too many files"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, struct.error, OSError) as bad:
        raise DamagedFile(name=name, detail=N_("the list of its parts cannot be read")) from bad
    except NotImplementedError as bad:
        raise DamagedFile(name=name, detail=N_("a newer kind of archive")) from bad
    if len(entries) > limits.entries:
        _hostile(name, N_("it holds too many files"))
    if declared not in (len(entries), 0xFFFF):
        _hostile(name, N_("its list of parts contradicts itself"))
    return entries


def _check_kind(data: bytes, names: list[str], name: str) -> None:
    there = {path.lower() for path in names}
    if "mimetype" in there or "content.xml" in there:
        raise LegacyWorkbook(name=name, kind=N_("a document of LibreOffice (ODS or similar)"))
    if "xl/workbook.bin" in there:
        raise LegacyWorkbook(name=name, kind=N_("a binary workbook (XLSB)"))
    if "encryptedpackage" in there:
        raise ProtectedWorkbook(name=name)
    if any(path.startswith("word/") for path in there):
        raise UnsupportedFile(name=name, kind=N_("a Word document (DOCX)"))
    if any(path.startswith("ppt/") for path in there):
        raise UnsupportedFile(name=name, kind=N_("a presentation (PPTX)"))
    if "[content_types].xml" not in there or not any(p.endswith("workbook.xml") for p in there):
        raise UnsupportedFile(name=name, kind=N_("a ZIP archive"))
    if any(path.endswith("vbaproject.bin") for path in there):
        raise MacroWorkbook(name=name)


def _check_layout(data: bytes, entries: list[zipfile.ZipInfo], name: str) -> None:
    seen: set[str] = set()
    spans: list[tuple[int, int]] = []
    for entry in entries:
        path = entry.filename
        if path.lower() in seen:
            _hostile(name, N_("one part is there twice"))
        seen.add(path.lower())
        if path.startswith("/") or "\\" in path or ":" in path or ".." in path.split("/"):
            _hostile(name, N_("a part wants to be written outside the archive"))
        if (entry.external_attr >> 16) & 0o170000 == 0o120000:
            _hostile(name, N_("a part is a link to another file"))
        if entry.flag_bits & 0x41:
            raise ProtectedWorkbook(name=name)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            _hostile(name, N_("a part is packed in an unusual way"))
        start = _content_start(data, entry, name)
        spans.append((entry.header_offset, start + entry.compress_size))
    spans.sort()
    if spans and spans[0][0] != 0:
        _hostile(name, N_("something is attached before its beginning"))
    for (_, stop), (start, _) in pairwise(spans):
        if start < stop:
            _hostile(name, N_("its parts overlap"))


def _content_start(data: bytes, entry: zipfile.ZipInfo, name: str) -> int:
    offset = entry.header_offset
    if offset + _LOCAL.size > len(data) or data[offset : offset + 4] != b"PK\x03\x04":
        raise DamagedFile(name=name, detail=N_("a part is missing"))
    header = _LOCAL.unpack_from(data, offset)
    start: int = offset + _LOCAL.size + header[9] + header[10]
    local = data[offset + _LOCAL.size : offset + _LOCAL.size + header[9]]
    if local != entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437"):
        _hostile(name, N_("its list of parts contradicts itself"))
    if start + entry.compress_size > len(data):
        raise DamagedFile(name=name, detail=N_("a part is cut off"))
    return start


def _inflate(data: bytes, entry: zipfile.ZipInfo, name: str, left: int) -> bytes:
    start = _content_start(data, entry, name)
    packed = memoryview(data)[start : start + entry.compress_size]
    if entry.file_size > left:
        _hostile(name, N_("it unpacks to far more than a table of its size"))
    if entry.compress_type == zipfile.ZIP_STORED:
        if entry.file_size != entry.compress_size:
            _hostile(name, N_("its list of parts contradicts itself"))
        return bytes(packed)
    machine = zlib.decompressobj(-15)
    try:
        # One byte more than declared is enough to know that the declaration is a lie.
        content = machine.decompress(packed, entry.file_size + 1)
    except zlib.error as bad:
        raise DamagedFile(name=name, detail=N_("a part cannot be unpacked")) from bad
    if len(content) > entry.file_size:
        _hostile(name, N_("its list of parts contradicts itself"))
    if len(content) < entry.file_size or zlib.crc32(content) != entry.CRC:
        raise DamagedFile(name=name, detail=N_("a part cannot be unpacked"))
    return content


def _check_content(path: str, content: bytes, name: str) -> None:
    head = content[:400]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        _hostile(name, N_("a part is in an unusual encoding"))
    declared = _XML_ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in _SAFE_ENCODINGS:
        _hostile(name, N_("a part is in an unusual encoding"))
    is_xml = path.lower().endswith((".xml", ".rels", ".vml")) or b"sheetData" in content
    if is_xml and (b"<!DOCTYPE" in content or b"<!ENTITY" in content):
        _hostile(name, N_("a part defines entities of its own"))
