"""A claim file is read exactly, and what is hostile is refused by name."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engines.claims.making import (
    ON,
    again,
    base,
    check_in,
    found,
    written,
    written_check_in,
)  # fmt: skip
from tuyen.cli.claims import checker
from tuyen.engines.claims.reader import Layout, Limits, Unreadable, plain_rows, read, tree


@pytest.fixture(scope="module")
def layouts():
    return checker().book(ON).layouts


def packed(inner, code="XML1", declared='<?xml version="1.0"?>'):
    part = base64.b64encode(inner).decode()
    return (
        f"{declared}<GIAMDINHHS><THONGTINDONVI><MACSKCB>20001</MACSKCB></THONGTINDONVI><THONGTINHOSO>"
        "<NGAYLAP>20261004</NGAYLAP><SOLUONGHOSO>1</SOLUONGHOSO><DANHSACHHOSO><HOSO>"
        f"<FILEHOSO><LOAIHOSO>{code}</LOAIHOSO><NOIDUNGFILE>{part}</NOIDUNGFILE></FILEHOSO>"
        "</HOSO></DANHSACHHOSO></THONGTINHOSO></GIAMDINHHS>"
    ).encode()


@pytest.mark.parametrize("name", ["station", "hospital"])
def test_what_was_written_is_read_and_written_again_byte_for_byte(name):
    content = written(base(name))
    visit = again(content)

    assert visit.tables == base(name)
    assert visit.faults == []
    assert written(visit.tables) == content


def test_a_check_in_is_a_file_of_its_own():
    assert again(written_check_in()).tables == {"XML0": check_in()}


def test_text_of_every_kind_comes_back_as_it_went():
    tables = base("station")
    tables["XML1"][0]["GHI_CHU"] = 'Nguyễn <b> & "x" ]]> é\nhai'

    assert again(written(tables)).tables["XML1"][0]["GHI_CHU"] == tables["XML1"][0]["GHI_CHU"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("><", ">\n  <"),
        lambda text: text.replace("<MACSKCB>20001<", "<MACSKCB><![CDATA[20001]]><"),
        lambda text: text.replace("<THONGTINHOSO>", "<!-- a note --><THONGTINHOSO>"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("<GIAMDINHHS>", '<GIAMDINHHS xmlns:xsi="urn:x">'),
        lambda text: text.replace("<CHUKYDONVI/>", ""),
    ],
)
def test_other_ways_to_write_the_same_file_are_clean(change):
    visit = again(change(written(base("station")).decode()).encode())

    assert visit.faults == []
    assert visit.tables == base("station")


def test_utf_16_with_its_mark_is_read():
    text = written(base("station")).decode()

    assert again(text.encode("utf-16")).tables == base("station")


@pytest.mark.parametrize(
    ("why", "content"),
    [
        ("doctype", b'<!DOCTYPE a [<!ENTITY x "y">]><GIAMDINHHS>&x;</GIAMDINHHS>'),
        ("doctype", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><GIAMDINHHS/>'),
        ("doctype", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16")),
        ("doctype", packed(b'<!DOCTYPE a [<!ENTITY x "y">]><TONG_HOP>&x;</TONG_HOP>')),
        ("xml", b""),
        ("xml", b"<GIAMDINHHS>"),
        ("xml", b"<GIAMDINHHS>&x;</GIAMDINHHS>"),
        ("xml", b"not xml"),
        ("encoding", b"\xff<GIAMDINHHS/>"),
        ("root", b"<other/>"),
        ("root", b"<GIAMDINHHS/>"),
        ("depth", b"<a>" * 5_000 + b"</a>" * 5_000),
        ("depth", packed(b"<TONG_HOP>" + b"<a>" * 50 + b"</a>" * 50 + b"</TONG_HOP>")),
    ],
)
def test_a_hostile_file_is_refused_and_says_why(layouts, why, content):
    with pytest.raises(Unreadable) as refused:
        read(content, layouts)

    assert refused.value.why == why


@pytest.mark.parametrize(
    ("why", "limits"),
    [
        ("size", Limits(file=100)),
        ("size", Limits(part=100)),
        ("elements", Limits(elements=20)),
        ("elements", Limits(parts=3)),
    ],
)
def test_limits_are_kept(layouts, why, limits):
    with pytest.raises(Unreadable) as refused:
        read(written(base("station")), layouts, limits)

    assert refused.value.why == why


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("root", packed(b"<OTHER/>")),
        ("xml", packed(b"<TONG_HOP>")),
        ("encoding", packed(b"<TONG_HOP>\xff</TONG_HOP>")),
        ("base64", packed(b"x").replace(b"<NOIDUNGFILE>", b"<NOIDUNGFILE>*")),
        ("unknown-part", packed(b"<TONG_HOP/>", "XML99")),
        ("never-sent", packed(b"<TONG_HOP/>", "XML12")),
        ("missing", packed(b"<CHITIEU_CHITIET_THUOC/>", "XML2")),
        ("empty", packed(b"<CHITIEU_CHITIET_THUOC/>", "XML2")),
        ("nested", packed(b"<TONG_HOP><STT><a/></STT></TONG_HOP>")),
        ("repeated", packed(b"<TONG_HOP><STT>1</STT><STT>2</STT></TONG_HOP>")),
    ],
)
def test_a_part_that_is_wrong_is_named_and_the_rest_is_judged(layouts, what, content):
    (visit,) = read(content, layouts).visits

    assert what in {fault.what for fault in visit.faults}
    assert checker().check([visit])[0]


def test_a_field_that_no_decision_knows_is_named():
    tables = base("station")
    tables["XML5"][0]["LA"] = "1"

    assert ("XML5.unknown-field", "XML5", "LA") in found(tables)


SNIPPETS = st.sampled_from([
    "<STT>", "</STT>", "<STT/>", "<HO_TEN>", "</HO_TEN>", "<A></A>", "<A />", "<a/>", "<A x='1'/>", "x",
    " ", "\r", "&amp;", "]]>", "<!-- -->", "<![CDATA[", "]]>", "</TONG_HOP>", "<TONG_HOP>", "\x01", "é",
])  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(SNIPPETS, max_size=8).map("".join))
def test_the_short_way_reads_what_the_parser_reads_or_steps_aside(inner):
    content = f"<TONG_HOP>{inner}</TONG_HOP>".encode()
    layout = Layout("TONG_HOP", "", "")
    plain = plain_rows(content, layout)
    if plain is None:
        return
    root = tree(content, Limits())

    assert plain == [{child.tag: (child.text or "").strip() for child in root}]
    assert all(len(child) == 0 and not child.attrib and not child.tail for child in root)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_bytes_of_any_kind_are_read_or_refused_never_more(data):
    start = written(base("station"))
    at = data.draw(st.integers(0, len(start)))
    content = (
        start[:at] + data.draw(st.binary(max_size=40)) + start[at + data.draw(st.integers(0, 40)) :]
    )
    try:
        visits, why = read(content, checker().book(ON).layouts).visits, ""
    except Unreadable as refused:
        visits, why = [], refused.why

    assert why in ("", "size", "encoding", "doctype", "xml", "elements", "depth", "root")
    assert len(checker().check(visits)) == len(visits)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_value_of_any_kind_is_judged_without_a_fault_of_the_program(data):
    tables = base("hospital")
    table = data.draw(st.sampled_from(sorted(tables)))
    row = tables[table][0]
    for name in data.draw(st.lists(st.sampled_from(sorted(row)), min_size=1, max_size=4)):
        row[name] = data.draw(
            st.text(max_size=20)
            | st.sampled_from(
                ["-1", "1e9", "NaN", "0", "٣", "00000000", "9" * 30, ";", "000000000000"]
            )
        )

    assert isinstance(found(tables), list)
