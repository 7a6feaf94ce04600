"""What is read from files of others, and which hosts are asked: none that an input names."""

import ast
import base64
import io
import tracemalloc
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, modules, plant
from tests.unit.engines.claims.making import ON
from tests.unit.engines.exchange import corpus
from tests.unit.engines.exchange.test_hostile import REFUSED, SMALL
from tests.unit.engines.immunization import test_reading
from tuyen.apps.claims import signing
from tuyen.apps.claims.refusals import NotSigned
from tuyen.cli.claims import checker
from tuyen.engines.claims import reader as claims
from tuyen.engines.exchange import archive
from tuyen.engines.exchange.fhir import narrative
from tuyen.engines.exchange.limits import Limits
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import read_table
from tuyen.engines.immunization import BadPack
from tuyen.engines.network.openstreetmap import NoRoads, NotOsm, read_osm

# -- IN-07, IN-09, IN-10 ---------------------------------------------------------------------------

PARSERS = {"xml.etree", "xml.dom", "xml.sax", "lxml", "expat", "xmltodict", "bs4"}
MEASURED = {
    "engines/exchange/workbook.py": "counts the cells of a sheet that archive.py has judged",
    "engines/immunization/cdsi.py": "an operator's schedule; a document type is refused before",
    "engines/claims/reader.py": "counts bytes and elements before it builds, refuses a document type",
    "engines/network/openstreetmap.py": "read as a stream, refuses a document type, keeps no more than it needs",
    "engines/exchange/fhir/narrative.py": "builds nothing, refuses a document type as it begins",
    "apps/claims/signing.py": "after engines/claims/reader.py has read it; resolves and fetches nothing",
}


def parsers_of_xml(package: Path) -> list[str]:
    """Modules that read XML: each is one more place where an entity could be followed."""
    found = []
    for module in modules(package):
        for node in ast.walk(module.tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{a.name}" for a in node.names]
            names = [
                name for name in names if not name.startswith("xml.sax.saxutils.")
            ]  # it writes
            if any(word in name for name in names for word in PARSERS):
                found.append("/".join(module.inside))
    return sorted(set(found))


@pytest.mark.check("IN-07")
def test_xml_is_read_in_one_place_after_its_archive_was_judged():
    assert set(parsers_of_xml(PACKAGE)) == MEASURED.keys()


@pytest.mark.check("IN-07", mutant=True)
def test_mutant_another_reader_of_xml_is_found(tmp_path):
    package = plant(tmp_path, {"api/claims.py": "import xml.etree.ElementTree as ET\n"})

    assert parsers_of_xml(package) == ["api/claims.py"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10))
HOSTILE = {
    "an entity": '<!DOCTYPE {root} [<!ENTITY x "y">]><{root}>&x;</{root}>',
    "a file as an entity": '<!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]><{root}>&x;</{root}>',
    "a host as an entity": '<!DOCTYPE {root} [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><{root}>&x;</{root}>',
    "a DTD elsewhere": '<!DOCTYPE {root} SYSTEM "file:///etc/passwd"><{root}/>',
    "a public DTD": '<!DOCTYPE {root} PUBLIC "-//x//y" "http://127.0.0.1:9/x.dtd"><{root}/>',
    "a parameter entity": '<!DOCTYPE {root} [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><{root}/>',
    "an attribute by default": '<!DOCTYPE {root} [<!ATTLIST {root} a CDATA "x">]><{root}/>',
    "a billion laughs": f"<!DOCTYPE {{root}} [{LAUGHS}]><{{root}}>&l9;</{{root}}>",
    "a quadratic blow-up": '<!DOCTYPE {root} [<!ENTITY x "' + "x" * 50_000 + '">]><{root}>'
    + "&x;" * 20_000 + "</{root}>",
    "a comment before the DTD": '<!-- > --><!DOCTYPE {root} [<!ENTITY x "y">]><{root}>&x;</{root}>',
    "an entity of nobody": "<{root}>&x;</{root}>",
    "a depth of 50,000": "<{root}>" + "<a>" * 50_000 + "</a>" * 50_000 + "</{root}>",
    "a root never closed": "<{root}>" + "<a>" * 50_000,
}  # fmt: skip
MEMORY = 100_000_000


def _in_a_workbook(text: str) -> None:
    read_table(corpus.zipped(corpus.package(text.encode())), "upload.xlsx", limits=SMALL)


def _as_a_schedule(text: str) -> None:
    test_reading.read(Rust=text)


def _as_a_claim(text: str) -> None:
    claims.read(text.encode(), checker().book(ON).layouts)


def _in_a_claim(text: str) -> None:
    """A part of a claim travels packed: it is a document of its own, from the same stranger."""
    part = base64.b64encode(text.encode()).decode()
    content = (
        "<GIAMDINHHS><THONGTINHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO>"
        f"<NOIDUNGFILE>{part}</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO></GIAMDINHHS>"
    )
    (visit,) = claims.read(content.encode(), checker().book(ON).layouts).visits
    if any(fault.what == "xml" for fault in visit.faults) and not any(visit.tables.values()):
        raise claims.Unreadable("xml")  # the part is refused by name, the others are judged


class NoNarrative(Exception):
    """A narrative is judged, not refused: what was found stands for the refusal here."""


def _as_a_narrative(text: str) -> None:
    if found := narrative.faults(text):
        raise NoNarrative(found[0])


def _as_a_signed_claim(content: str) -> None:
    signing.verify(content.encode(), b"")


def _as_an_extract(text: str) -> None:
    read_osm("province.osm", io.BytesIO(text.encode()))


READERS = {
    "engines/exchange/workbook.py": [("worksheet", _in_a_workbook, ExchangeRefusal)],
    "engines/immunization/cdsi.py": [("antigenSupportingData", _as_a_schedule, BadPack)],
    "engines/claims/reader.py": [
        ("GIAMDINHHS", _as_a_claim, claims.Unreadable),
        ("TONG_HOP", _in_a_claim, claims.Unreadable),
    ],
    "engines/network/openstreetmap.py": [("osm", _as_an_extract, (NotOsm, NoRoads))],
    "engines/exchange/fhir/narrative.py": [("div", _as_a_narrative, NoNarrative)],
    "apps/claims/signing.py": [("GIAMDINHHS", _as_a_signed_claim, NotSigned)],
}
TRIED = [(module, *way) for module, ways in READERS.items() for way in ways]
FORMS = {"plain": "", "declared": '<?xml version="1.0" encoding="UTF-8"?>', "marked": "\ufeff"}


@pytest.mark.check("IN-07")
def test_every_reader_of_xml_is_tried():
    assert READERS.keys() == MEASURED.keys()


@pytest.mark.check("IN-07", "IN-09")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize(("module", "root", "read", "refusal"), TRIED)
def test_a_hostile_document_is_refused_by_every_reader(module, root, read, refusal, what, form):
    """By its own refusal, without following or unfolding anything: memory stays bounded."""
    text = FORMS[form] + HOSTILE[what].replace("{root}", root)
    tracemalloc.start()
    try:
        with pytest.raises(refusal) as refused:
            read(text)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert "root:" not in str(refused.value)


@pytest.mark.check("IN-07")
@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037"]
)
@pytest.mark.parametrize("what", ["an entity", "a file as an entity", "a billion laughs"])
def test_a_claim_in_another_encoding_hides_no_document_type(what, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + HOSTILE[what]

    with pytest.raises(claims.Unreadable):
        claims.read(
            text.replace("{root}", "GIAMDINHHS").encode(encoding),
            checker().book(ON).layouts,
        )


@pytest.mark.check("IN-09")
@pytest.mark.parametrize(
    ("why", "content"),
    [
        ("elements", b"<GIAMDINHHS>" + b"<a/>" * 900_000 + b"</GIAMDINHHS>"),
        ("size", b"<GIAMDINHHS>" + b" " * 32_000_000 + b"</GIAMDINHHS>"),
        ("depth", b"<GIAMDINHHS>" + b"<a>" * 300_000 + b"</a>" * 300_000 + b"</GIAMDINHHS>"),
    ],
    ids=["elements", "size", "depth"],
)
def test_a_claim_that_is_too_much_is_refused_by_what_it_has_too_much_of(why, content):
    with pytest.raises(claims.Unreadable) as refused:
        claims.read(content, checker().book(ON).layouts)

    assert refused.value.why == why


@pytest.mark.check("IN-07", mutant=True)
@pytest.mark.parametrize(
    "what", ["an entity", "a DTD elsewhere", "a public DTD", "an attribute by default"]
)
def test_mutant_a_claim_whose_document_type_passes_is_found(what, monkeypatch):
    monkeypatch.setattr(claims, "_refuse", lambda *declared: None)
    way = READERS["engines/claims/reader.py"][1]

    with pytest.raises(pytest.fail.Exception):
        test_a_hostile_document_is_refused_by_every_reader("", *way, what, "plain")


def let_in(data: bytes, limits: Limits = SMALL) -> bool:
    """Whether a file gets past the reader, or makes it fail in another way than by a refusal."""
    try:
        read_table(data, "upload.xlsx", limits=limits)
    except ExchangeRefusal:
        return False
    except Exception:
        return True
    return True


@pytest.mark.check("IN-07", mutant=True)
@pytest.mark.parametrize("what", ["external entity", "DTD in the workbook part"])
def test_mutant_a_reader_that_follows_entities_is_found(what, monkeypatch):
    monkeypatch.setattr(archive, "_check_content", lambda *given, **named: None)

    assert let_in(REFUSED[what][0])


@pytest.mark.check("IN-09", mutant=True)
@pytest.mark.parametrize("what", ["a declared bomb", "2,000 parts"])
def test_mutant_a_reader_without_limits_is_found(what):
    none = Limits(*[10**12] * len(Limits._fields))

    assert let_in(REFUSED[what][0], none)


@pytest.mark.check("IN-10", mutant=True)
def test_mutant_a_file_judged_by_its_name_is_found(monkeypatch):
    """The content decides: a list named as a picture is a list, a picture named as a list is none."""
    good = corpus.workbook(("S", [["Họ và tên", "Bệnh"], ["A", "Sởi"], ["B", "Sởi"]]))

    assert len(read_table(good, "photo.png", limits=SMALL)) == 2
    assert not let_in(REFUSED["PNG"][0])


# -- IN-11 -----------------------------------------------------------------------------------------

CLIENTS = {
    "urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "ftplib", "smtplib",
    "telnetlib", "websocket", "websockets", "socket", "asyncio.open_connection", "paramiko",
}  # fmt: skip
ALLOWED = {
    # The operator's own tablet, which speaks to the server that it is told on the command line.
    "cli/tablet.py",
    # A drill's own process, which speaks to the drill it was paired with by the operator's code, to
    # https or this machine only, and follows nobody elsewhere; no request ever reaches it.
    "cli/drill/talking.py",
    # Finds a free port of this machine for a drill's console: it binds one, and asks nobody.
    LISTENER := "cli/drill/ports.py",
    # The insurer's portal, run by the operator's command: the address is in the installation's own
    # file, this machine or a host named there by https; it follows nobody, and no request reaches it.
    "apps/claims/portal.py",
}


def clients(package: Path) -> list[str]:
    """Modules that could ask another host."""
    found = []
    for module in modules(package):
        for node in ast.walk(module.tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{a.name}" for a in node.names)]
            if any(n == word or n.startswith(f"{word}.") for n in names for word in CLIENTS):
                found.append("/".join(module.inside))
    return sorted(set(found))


@pytest.mark.check("IN-11")
def test_no_door_room_or_engine_can_ask_another_host():
    """Nothing that serves a request has a client at all, so no input can name a host to it."""
    assert set(clients(PACKAGE)) == ALLOWED


def asked_of_sockets(text: str) -> set[str]:
    """Every method and function that a module calls by a dotted name."""
    calls = (node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return {func.attr for func in calls if isinstance(func, ast.Attribute)}


def test_whoever_looks_for_a_free_port_binds_it_and_connects_to_nothing():
    text = (PACKAGE / LISTENER).read_text(encoding="utf-8")

    assert asked_of_sockets(text) == {"socket", "bind", "getsockname"}


@pytest.mark.check("IN-11", mutant=True)
@pytest.mark.parametrize(
    "line", ["import requests", "from urllib.request import urlopen", "import httpx as h"]
)
def test_mutant_a_client_behind_a_door_is_found(line, tmp_path):
    package = plant(tmp_path, {"web/surveillance/tiles.py": line + "\n"})

    assert clients(package) == ["web/surveillance/tiles.py"]
