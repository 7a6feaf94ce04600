"""A claim file's bytes as tables of text. The file may come from anyone, so it is held at arm's length.

No document type, hence no entity; limits on size, elements and depth are checked before or while the
tree is built; nothing recurses. Text keeps every digit and leading zero: values become numbers only
when they are judged. The bytes themselves are what was signed and sent: whoever calls keeps them.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

ENVELOPE = "GIAMDINHHS"
CHECK_IN = "XML0"
HEADER = "XML1"
ONCE = frozenset({"XML0", "XML1", "XML2", "XML3", "XML4", "XML5"})
"""Tables of which a visit sends one part; certificates may come several times."""

Row = dict[str, str]


class Limits(NamedTuple):
    """The most that is read: bytes of a file, bytes of a decoded part, elements, levels, parts."""

    file: int = 32_000_000
    part: int = 16_000_000
    elements: int = 400_000
    depth: int = 12
    parts: int = 2_000


class Unreadable(ValueError):
    """The file is no claim. ``why`` is one of size, encoding, doctype, xml, elements, depth, root."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why = why
        self.detail = detail


class Layout(NamedTuple):
    """Where rows of a table lie: ``root``/``list``/``row``, or the root is the one row."""

    root: str
    list: str
    row: str


class Fault(NamedTuple):
    """What is wrong with a part itself. ``what``: base64, size, doctype, xml, elements, depth,
    encoding, root, unknown-part, never-sent, twice, empty, nested, repeated, missing."""

    table: str
    what: str
    field: str = ""
    row: int = 0
    value: str = ""


class Visit(NamedTuple):
    """One visit: rows of text by table, what is wrong with its parts, and the envelope around it."""

    tables: dict[str, list[Row]]
    faults: list[Fault]
    envelope: Row
    visits: int = 1

    def header(self) -> Row:
        rows = self.tables.get(HEADER)
        return rows[0] if rows else {}


class Package(NamedTuple):
    """A file: its envelope and the visits inside."""

    envelope: Row
    visits: list[Visit]
    signed: bool


def read(content: bytes, layouts: Mapping[str, Layout], limits: Limits | None = None) -> Package:
    """The visits of a claim file, or of a check-in (a file whose root is that of XML0).

    Raises
    ------
    Unreadable
        If the outer document is not a claim, or breaks a limit.
    """
    limits = limits or Limits()
    if len(content) > limits.file:
        raise Unreadable("size", str(len(content)))
    root = tree(content, limits)
    _bounded(root, limits.depth)
    if root.tag == layouts[CHECK_IN].root:
        return _check_in(root, layouts[CHECK_IN], limits)
    if root.tag != ENVELOPE:
        raise Unreadable("root", root.tag[:60])
    envelope = {
        name: _text(root.find(path))
        for name, path in (
            ("MACSKCB", "THONGTINDONVI/MACSKCB"),
            ("NGAYLAP", "THONGTINHOSO/NGAYLAP"),
            ("SOLUONGHOSO", "THONGTINHOSO/SOLUONGHOSO"),
        )
    }
    records = root.findall("THONGTINHOSO/DANHSACHHOSO/HOSO")
    if not records:
        raise Unreadable("root", "HOSO")
    if sum(len(record) for record in records) > limits.parts:
        raise Unreadable("elements", "HOSO")
    visits = [_visit(record, layouts, limits, envelope, len(records)) for record in records]
    signature = root.find("CHUKYDONVI")
    signed = signature is not None and (len(signature) > 0 or bool(_text(signature)))
    return Package(envelope, visits, signed)


def tree(content: bytes, limits: Limits) -> Element:
    """The elements of a document, built by expat with every document type refused.

    Raises
    ------
    Unreadable
        doctype, encoding, xml or elements. Depth is asked of whoever walks the tree, see `_flat`.
    """
    content = _utf8(content)
    if content.count(b"<") > 2 * limits.elements:
        raise Unreadable("elements", str(content.count(b"<")))
    builder = TreeBuilder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = 65_536
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(content, True)
        root = builder.close()
    except expat.ExpatError as error:
        raise Unreadable("xml", str(error)) from error
    except AssertionError as error:
        raise Unreadable("xml", "no element") from error
    return root


def _refuse(*_declared: object) -> None:
    raise Unreadable("doctype")


def _utf8(content: bytes) -> bytes:
    """UTF-8 without a mark; UTF-16 with its mark is turned into it."""
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return content.decode("utf-16").encode("utf-8")
        content = content.removeprefix(b"\xef\xbb\xbf")
        if not content.isascii():
            content.decode("utf-8")
    except UnicodeError as error:
        raise Unreadable("encoding", str(error)[:80]) from error
    return content


def _bounded(root: Element, levels: int) -> None:
    """Refuses a tree with anything deeper than ``levels``, the root being level 1."""
    level = [root]
    for _ in range(levels):
        level = [child for parent in level if len(parent) for child in parent]
        if not level:
            return
    raise Unreadable("depth", str(levels))


def _flat(root: Element, rows: list[Element], levels: int) -> bool:
    """Whether nothing lies below the fields of the rows. Only a tree that has more elements than rows
    and fields account for is walked: counting is much the cheaper."""
    above = 1 if rows and rows[0] is root else 2 + len(rows)
    if len(list(root.iter())) == above + sum(map(len, rows)):
        return True
    _bounded(root, levels)
    return not any(len(field) for row in rows for field in row)


def _text(element: Element | None) -> str:
    return ((element.text or "") if element is not None else "").strip()


def _check_in(root: Element, layout: Layout, limits: Limits) -> Package:
    faults: list[Fault] = []
    rows = _rows(CHECK_IN, root, layout, faults, limits)
    if not rows:
        raise Unreadable("root", layout.row)
    signature = root.find("CHUKYDONVI")
    signed = signature is not None and len(signature) > 0
    return Package({}, [Visit({CHECK_IN: rows}, faults, {})], signed)


def _visit(
    record: Element,
    layouts: Mapping[str, Layout],
    limits: Limits,
    envelope: Row,
    count: int,
) -> Visit:
    tables: dict[str, list[Row]] = {}
    faults: list[Fault] = []
    seen: set[str] = set()
    for part in record:
        named = {child.tag: child for child in part}
        code = _text(named.get("LOAIHOSO")).upper()
        layout = layouts.get(code)
        if part.tag != "FILEHOSO" or layout is None:
            faults.append(Fault(ENVELOPE, "unknown-part", "LOAIHOSO", 0, (code or part.tag)[:60]))
            continue
        if not layout.root:
            faults.append(Fault(code, "never-sent", "LOAIHOSO", 0, code))
            continue
        if code in seen and code in ONCE:
            faults.append(Fault(code, "twice", "LOAIHOSO", 0, code))
        seen.add(code)
        try:
            content = _decoded(named.get("NOIDUNGFILE"), limits)
            plain = plain_rows(content, layout)
            if plain is not None:
                tables.setdefault(code, []).extend(plain)
                continue
            inner = tree(content, limits)
        except Unreadable as error:
            if error.why in ("doctype", "elements", "depth", "size"):
                raise
            faults.append(Fault(code, error.why, "NOIDUNGFILE", 0, error.detail[:80]))
            continue
        if inner.tag != layout.root:
            faults.append(Fault(code, "root", "NOIDUNGFILE", 0, inner.tag[:60]))
            continue
        rows = _rows(code, inner, layout, faults, limits)
        if not rows:
            faults.append(Fault(code, "empty", "NOIDUNGFILE"))
        tables.setdefault(code, []).extend(rows)
    if HEADER not in seen:
        faults.append(Fault(HEADER, "missing", "LOAIHOSO"))
    return Visit(tables, faults, envelope, count)


_DECLARED = re.compile(
    r"\ufeff?<\?xml version=[\"']1\.0[\"'](?: encoding=[\"']utf-8[\"'])?\?>\s*", re.I
)
# Text that means itself: no mark-up, no reference, no sign that XML forbids or turns into another.
_CELL = re.compile(r"<([A-Z][A-Z0-9_]*)(?:(/)>|>([^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*)</\1>)")


def plain_rows(content: bytes, layout: Layout) -> list[Row] | None:
    """Rows of a table that holds nothing but flat elements and their text, as programs write it.

    Such a text means to any XML parser what it shows, so no tree is built: twice as fast. None where
    anything else stands in it, a space between elements or one attribute; then `tree` reads it.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    declared = _DECLARED.match(text)
    body = text[declared.end() :] if declared else text
    inside = [layout.root, layout.list, layout.row] if layout.list else [layout.root]
    head = "".join(f"<{name}>" for name in inside)
    tail = "".join(f"</{name}>" for name in reversed(inside))
    if not body.startswith(head) or not body.endswith(tail) or len(body) < len(head) + len(tail):
        return None
    body = body[len(head) : -len(tail)]
    rows = []
    for piece in body.split(f"</{layout.row}><{layout.row}>") if layout.list else [body]:
        row: Row = {}
        length = count = 0
        for name, closed, value in _CELL.findall(piece):
            row[name] = value.strip()
            length += len(name) + 3 if closed else 2 * len(name) + len(value) + 5
            count += 1
        if length != len(piece) or count != len(row):
            return None
        rows.append(row)
    return rows


def _decoded(held: Element | None, limits: Limits) -> bytes:
    if held is None or len(held):
        raise Unreadable("base64")
    packed = "".join((held.text or "").split())
    if len(packed) * 3 > limits.part * 4:
        raise Unreadable("size", str(len(packed)))
    try:
        content = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("base64", str(error)[:80]) from error
    if not content:
        raise Unreadable("base64")
    return content


def _rows(
    code: str, root: Element, layout: Layout, faults: list[Fault], limits: Limits
) -> list[Row]:
    found = [root]
    if layout.list:
        found = [
            element
            for inner in root
            if inner.tag == layout.list
            for element in inner
            if element.tag == layout.row
        ]
    flat = _flat(root, found, limits.depth)
    rows = []
    for number, element in enumerate(found, start=1):
        row = {child.tag: (child.text or "").strip() for child in element}
        if len(row) != len(element):
            names = [child.tag for child in element]
            faults.extend(
                Fault(code, "repeated", name, number) for name in row if names.count(name) > 1
            )
        if not flat:
            faults.extend(
                Fault(code, "nested", child.tag, number) for child in element if len(child)
            )
        rows.append(row)
    return rows
