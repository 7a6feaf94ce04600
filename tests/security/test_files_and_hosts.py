"""What is read from files of others, and which hosts are asked: none that an input names."""

import ast
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, modules, plant
from tests.unit.engines.exchange import corpus
from tests.unit.engines.exchange.test_hostile import REFUSED, SMALL
from tuyen.engines.exchange import archive
from tuyen.engines.exchange.limits import Limits
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import read_table

# -- IN-07, IN-09, IN-10 ---------------------------------------------------------------------------

PARSERS = {"xml.etree", "xml.dom", "xml.sax", "lxml", "expat", "xmltodict", "bs4"}
MEASURED = {
    "engines/exchange/workbook.py": "counts the cells of a sheet that archive.py has judged",
    "engines/immunization/cdsi.py": "an operator's schedule; a document type is refused before",
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
