"""What a file is, by its content: its name is not believed."""

from tuyen.engines.exchange.refusals import (
    LegacyWorkbook,
    ProtectedWorkbook,
    UnsupportedFile,
)
from tuyen.kernel.refusal import N_

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", N_("a PDF document")),
    (b"\x89PNG", N_("a picture (PNG)")),
    (b"\xff\xd8\xff", N_("a picture (JPEG)")),
    (b"GIF8", N_("a picture (GIF)")),
    (b"BM\x36", N_("a picture (BMP)")),
    (b"II*\x00", N_("a picture (TIFF)")),
    (b"MM\x00*", N_("a picture (TIFF)")),
    (b"Rar!", N_("a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", N_("a 7z archive")),
    (b"\x1f\x8b", N_("a GZIP archive")),
    (b"BZh", N_("a BZIP2 archive")),
    (b"\xfd7zXZ\x00", N_("an XZ archive")),
    (b"\x28\xb5\x2f\xfd", N_("a ZSTD archive")),
    (b"PAR1", N_("a Parquet file")),
    (b"SQLite format 3\x00", N_("a database (SQLite)")),
    (b"{\\rtf", N_("a text document (RTF)")),
    (b"\x7fELF", N_("a program")),
    (b"MZ", N_("a program")),
)

_OLD_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")


def check_not_foreign(data: bytes, name: str) -> None:
    """Refuse what is neither text nor a ZIP archive, saying what it is."""
    if data.startswith(_OLE):
        _refuse_ole(data, name)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise LegacyWorkbook(name=name, kind=N_("an XML workbook of Excel 2003"))
    if head.startswith(
        (b"<!doctype", b"<html", b"<table", b"<meta", b"<head", b"<style", b"<?xml")
    ):
        raise LegacyWorkbook(name=name, kind=N_("a web page or XML saved as a table"))
    if head.startswith((b'{"', b"[{", b"{\n", b"[\n")):
        raise UnsupportedFile(name=name, kind=N_("a JSON file"))
    if data[:2] in _OLD_BIFF and len(data) > 3 and data[3] == 0:
        raise LegacyWorkbook(name=name, kind=N_("a workbook in a format older than Excel 97"))
    for magic, kind in _MAGIC:
        if data.startswith(magic) and not _reads_as_text(data, magic):
            raise UnsupportedFile(name=name, kind=kind)


def _refuse_ole(data: bytes, name: str) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ProtectedWorkbook(name=name)
    if "WordDocument".encode("utf-16-le") in data:
        raise UnsupportedFile(name=name, kind=N_("a Word document (DOC)"))
    if any(word.encode("utf-16-le") in data for word in ("Workbook", "Book")):
        raise LegacyWorkbook(name=name, kind=N_("a workbook of Excel 97 to 2003 (XLS)"))
    raise UnsupportedFile(name=name, kind=N_("an Office document of before 2007"))


def _reads_as_text(data: bytes, magic: bytes) -> bool:
    """A header may begin with the letters of a magic number ("MZ", "BZh..."): text has no NUL."""
    return magic.isascii() and magic.isalnum() and b"\x00" not in data[:4096]
