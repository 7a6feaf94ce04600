"""What comes in stays text: on every screen, chart, map, export and print, in logs and in SQL."""

import html
import json
import os
import re
import time
from datetime import date
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.house import test_templates, test_writes
from tests.house.source import PACKAGE
from tests.security.addresses import addresses, read
from tests.security.conftest import SINCE, Province
from tuyen.apps.access.operations import OpenAccount
from tuyen.apps.registry.operations import CreateUnit, Member, RegisterHousehold, Tie
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.text import fold

# -- IN-01 -----------------------------------------------------------------------------------------


@pytest.mark.check("IN-01")
def test_no_sql_and_no_column_name_comes_from_input():
    assert test_writes.raw_sql(PACKAGE) == []
    assert test_writes.open_lookups(PACKAGE) == []


@pytest.mark.check("IN-01", mutant=True)
def test_mutant_sql_from_input_is_found(tmp_path):
    test_writes.test_sql_as_text_is_found(tmp_path / "a")
    test_writes.test_an_open_lookup_is_found(tmp_path / "b")


# -- IN-02 -----------------------------------------------------------------------------------------

HOSTILE = [
    "'", "' OR 1=1 --", '"; DROP TABLE registry_person; --', "1) UNION SELECT password FROM access_user--",
    "%27", "\\", "$where", "{{7*7}}", "${7*7}", "__class__", "name__startswith", "-id;--", "x" * 5000,
    "\u202e\u0000", "\ud7ff\uffff", "١٢٣", "NaN", "1e999", "-1", "99999999999999999999", "../../etc/passwd",
    "a\r\nSet-Cookie: x=1", "%", "_", "[]", "null",
]  # fmt: skip
NAMES = ["q", "page", "order", "sort", "disease", "area", "first", "last", "on", "type", "state", "map",
         "show", "view", "before", "kind", "weeks", "level", "rule", "types", "next", "unit", "after",
         "limit", "epoch", "period", "split", "map_on", "size", "year", "indicator", "calendar"]  # fmt: skip


# At every route seven of the values are tried at night, and two at every change: each of them at
# dozens of routes.
EACH = 4 if os.environ.get("TUYEN_EXAMPLES") == "night" else len(HOSTILE) // 2


def faults(who, province) -> tuple[int, list]:
    """(parameters tried, what made a fault or wrote a header) over every route."""
    wrong, tried = [], 0
    paths = sorted({path.partition("?")[0] for path in addresses(province)})
    for n, path in enumerate(paths):
        client = who.program if path.startswith("/api/") else who.browser
        for m, value in enumerate(HOSTILE[n % EACH :: EACH]):
            query = dict.fromkeys(NAMES[(n + m) % 4 :: 4], value)
            answer = client.get(path, query)
            tried += len(query)
            if answer.status_code >= 500 or "Set-Cookie" in answer:
                wrong.append((path, value[:40], answer.status_code))
    return tried, wrong


@pytest.mark.check("IN-02")
def test_no_parameter_of_any_route_makes_a_fault_or_more_rows(province, holder):
    tried, wrong = faults(holder("cdc-epidemiologist", "H"), province)

    assert wrong == []
    assert tried > 2500


@pytest.mark.nightly  # as long as the check itself
@pytest.mark.check("IN-02", mutant=True)
def test_mutant_a_parameter_that_is_taken_as_it_comes_is_found(province, holder, monkeypatch):
    from tuyen.api import journal

    monkeypatch.setattr(journal, "number", lambda query, name, **limits: int(query.get(name, 0)))

    assert faults(holder("cdc-epidemiologist", "H"), province)[1] != []


# -- IN-04 -----------------------------------------------------------------------------------------

PAYLOADS = [
    f"<{tag}>" for tag in (
        "script>alert(1)</script", "img src=x onerror=alert(1)", "svg onload=alert(1)", "svg/onload=alert(1)",
        "iframe src=javascript:alert(1)", "body onload=alert(1)", "details open ontoggle=alert(1)",
        "a href=javascript:alert(1)", "math><mtext></form><form><mglyph><style></math", "base href=//x.example",
        "meta http-equiv=refresh content=0", "link rel=stylesheet href=//x.example", "object data=//x.example",
        "embed src=//x.example", "input autofocus onfocus=alert(1)", "marquee onstart=alert(1)",
        "video><source onerror=alert(1)", "template><script>alert(1)</script", "style>*{}</style",
        "textarea><script>alert(1)</script", "title><script>alert(1)</script", "noscript><p title=\"</noscript>",
        "text onclick=alert(1)", "tspan onmouseover=alert(1)", "foreignObject><body onload=alert(1)",
    )
] + [
    f"{start}{code}" for start in ('"', "'", "`", "-->", "]]>", "</script>", "</title>", "</text></svg>")
    for code in (" onmouseover=alert(1) x=", "><script>alert(1)</script>", "><img src=x onerror=alert(1)>")
] + [
    "javascript:alert(1)", "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "<%= 7*7 %>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;", "\\u003cscript\\u003e", "%3Cscript%3E",
    "=HYPERLINK(\"http://x.example\")", "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1",
    "data:text/html,<script>alert(1)</script>", "<!--<script>", "<![CDATA[<script>]]>", "<?xml version='1.0'?>",
    "<ScRiPt>alert(1)</sCrIpT>", "<script\x0b>alert(1)</script>", "<<script>alert(1)//<</script>",
    "hx-get=/x hx-trigger=load", '" hx-get="/sign-out/" hx-trigger="load', "' data-hx-on='alert(1)'",
    "<div hx-get=/x hx-trigger=load>", "<div data-hx-get=/x>", "{% load i18n %}", "{{ settings.SECRET_KEY }}",
    "{% debug %}", "%(name)s", "{name}", "{0.__class__}", "%n%s%x",
]  # fmt: skip
MARK = "zqx"


class Structure(HTMLParser):
    """Elements and attributes of a page that carry the mark of a payload where no text may stand."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []

    def handle_starttag(self, tag, attrs):
        names = {name for name, _value in attrs}
        for name, value in attrs:
            text = value or ""
            if name.startswith("on") or (name.startswith("hx-on") and MARK in text):
                self.bad.append(f"<{tag} {name}>")
            if name in ("href", "src", "action", "formaction", "data") and re.match(
                r"\s*(javascript|data:text/html|vbscript):?", text, re.I
            ):
                self.bad.append(f"<{tag} {name}={text[:40]}>")
            if MARK in name:
                self.bad.append(f"<{tag} {name}>")
        if MARK in tag or (tag in ("base", "object", "embed", "iframe", "marquee", "math")):
            self.bad.append(f"<{tag}>")
        if tag == "script" and "src" not in names and dict(attrs).get("type") != "application/json":
            self.bad.append("<script> inline")


def live(text: str) -> list[str]:
    """What of a page could run."""
    parser = Structure()
    parser.feed(text)
    return parser.bad


def plant(province: Province) -> list[str]:
    """Put every payload into names of people, villages, units, accounts, and notes; returns addresses."""
    near, paths = province.near, []
    station = near.units["S"]
    for n, payload in enumerate(PAYLOADS):
        text = f"{payload}{MARK}"[:190]
        member = Member(id=uuid7(), name=text, sex=1, born_on=date(1990, 1, 1), role="head")
        home = province.send(
            RegisterHousehold(
                place=near.units["V"], members=(member,), address=text[:190], since=SINCE
            ),
            station,
        )
        case = province.send(
            ReportCase(
                disease="measles",
                sex="female",
                age=7,
                commune=near.units["C"],
                onset_on=date(2026, 10, 1 + n % 20),
                classification="suspected",
                name=text,
                note=text,
                workplace=text,
                reporter=text,
                cluster=text[:60],
                external_id=f"{n}{text}"[:90],
            ),
            station,
        )
        village = uuid7()
        unit = province.send(
            CreateUnit(
                type="village",
                name=text,
                full_name=text,
                relations=(Tie(kind="lies_in", object=near.units["C"]),),
            ),
            village,
            id=village,
        )
        province.send(OpenAccount(login=f"p{n}", name=text), NODE)
        paths += [f"/people/{member.id}/"] if home.ok and n % 3 == 0 else []
        paths += [f"/households/{home.id}/"] if home.ok and n % 3 == 1 else []
        paths += (
            [f"/cases/{case.id}/", f"/cases/{case.id}/amend/"] if case.ok and n % 3 == 2 else []
        )
        paths += [f"/units/{village}/", f"/operations/{unit.id}/"] if unit.ok and n % 3 == 0 else []
        paths += [f"/operations/{case.id}/"] if n % 3 == 1 else []
    return paths  # fmt: skip


@pytest.mark.check("IN-04")
def test_stored_text_is_inert_on_every_screen_chart_and_map(province, holder):
    paths = plant(province)
    assert len(PAYLOADS) >= 75
    head, admin, cdc = (
        holder("station-head"),
        holder("administrator", "H"),
        holder("cdc-epidemiologist", "H"),
    )
    paths += [p for p in addresses(province) if not p.startswith("/api/")]
    paths += ["/accounts/?q=zqx", "/people/?q=zqx", "/palette/?q=zqx", "/units/?q=zqx", "/suggest/places/?q=zqx",
              "/cases/?view=dense", "/map/?show=people", "/units/suggest/?q=zqx", "/suggest/persons/?q=zqx"]  # fmt: skip
    wrong, shown = [], 0
    for path in paths:
        for who in (
            (admin,)
            if path.startswith("/accounts")
            else (head, cdc)
            if path == "/cases/"
            else (head,)
        ):
            text = read(who.browser.get(path))
            shown += MARK in text
            wrong += [f"{path}: {what}" for what in live(text)]
    assert wrong == []
    assert shown > 100


@pytest.mark.check("IN-04", mutant=True)
@pytest.mark.parametrize("payload", PAYLOADS[:9:2])
def test_mutant_text_that_is_not_escaped_is_found(payload):
    page = "<html><body><p title='%s'>%s</p></body></html>"

    assert live(page % ("x", f"{payload}{MARK}")) != []
    assert live(page % ("x", html.escape(f"{payload}{MARK}"))) == []


# -- IN-05, AU-11 ----------------------------------------------------------------------------------

HEADERS = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "X-Frame-Options": "DENY",
}  # fmt: skip


def missing_headers(answer) -> list[str]:
    csp = {
        p.split()[0]: p.split()[1:]
        for p in answer.get("Content-Security-Policy", "").split(";")
        if p.strip()
    }
    wrong = [name for name, value in HEADERS.items() if answer.get(name) != value]
    if csp.get("script-src") != ["'self'"] or csp.get("style-src") != ["'self'"]:
        wrong.append("CSP: script-src, style-src")
    if csp.get("default-src") != ["'self'"] or csp.get("object-src") != ["'none'"]:
        wrong.append("CSP: default-src, object-src")
    if csp.get("frame-ancestors") != ["'none'"] or csp.get("base-uri") != ["'none'"]:
        wrong.append("CSP: frame-ancestors, base-uri")
    return wrong


@pytest.mark.check("IN-05")
def test_every_route_carries_the_headers(province, holder):
    who = holder("station-head")
    wrong = {}
    for path in addresses(province):
        client = who.program if path.startswith("/api/") else who.browser
        for answer in (client.get(path), Client().get(path)):
            if found := missing_headers(answer):
                wrong[path] = found
    assert wrong == {}
    assert test_templates.inline_code(PACKAGE) == []


@pytest.mark.check("IN-05", mutant=True)
def test_mutant_a_looser_policy_is_found(client, db, settings):
    loose = {
        "DIRECTIVES": {
            **settings.CONTENT_SECURITY_POLICY["DIRECTIVES"],
            "script-src": ["'self'", "'unsafe-inline'"],
        }
    }
    settings.CONTENT_SECURITY_POLICY = loose

    assert missing_headers(client.get("/sign-in/")) == ["CSP: script-src, style-src"]


# -- IN-06 -----------------------------------------------------------------------------------------


@pytest.mark.check("IN-06")
def test_an_exported_list_holds_no_formula(province, holder):
    import csv
    import io
    import zipfile

    from tests.security.two_hands import with_names

    plant(province)
    who = holder("station-head")
    out = {form: with_names(province, who, form).content for form in ("csv", "xlsx")}

    rows = list(csv.reader(io.StringIO(out["csv"].decode("utf-8-sig"))))
    assert formulas(rows) == []
    assert len(rows) > 50
    sheets = zipfile.ZipFile(io.BytesIO(out["xlsx"]))
    assert not any(b"<f>" in sheets.read(name) for name in sheets.namelist())


def formulas(rows: list[list[str]]) -> list[str]:
    return [
        cell
        for row in rows
        for cell in row
        if cell.lstrip()[:1] in tuple("=+-@＝") and cell.strip()
    ]


@pytest.mark.check("IN-06", mutant=True)
def test_mutant_a_formula_in_an_export_is_found(monkeypatch):
    from tuyen.engines.exchange import write

    monkeypatch.setattr(write, "neutral", lambda text: text)

    text = write.write_csv(["a"], [["=1+1"]]).decode("utf-8-sig")
    assert formulas([[line] for line in text.splitlines()]) == ["=1+1"]


# -- IN-12, IN-13, IN-14, IN-15 --------------------------------------------------------------------

LONG = [
    "a" * 100_000,
    "=" * 100_000,
    "1" * 100_000,
    " " * 100_000,
    "ắ" * 100_000,
    "-a" * 50_000,
    "0.0" * 33_000,
]


@pytest.mark.check("IN-12")
@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_reading_text_takes_time_in_proportion_to_its_length(text):
    """Ten times the text may take some ten times as long, never a hundred: measured against itself."""
    from tuyen.engines.exchange.write import neutral
    from tuyen.engines.registry import names
    from tuyen.kernel.period import BadPeriod, Period

    def once(size: int) -> float:
        start = time.process_time()
        for _ in range(3):
            fold(text[:size])
            neutral(text[:size])
            getattr(names, "folded", fold)(text[:size])
            try:
                Period.parse(text[:size])
            except BadPeriod:
                continue
        return time.process_time() - start

    once(1000)  # and of three times the least: who is disturbed says nothing
    least = [min(once(size) for _ in range(3)) for size in (10_000, 100_000)]
    assert least[1] < 60 * max(least[0], 0.002)


@pytest.mark.check("IN-12")
def test_no_pattern_nests_one_repetition_in_another():
    assert catastrophic(PACKAGE) == []


NESTED = re.compile(r"\((?:\?:)?[^()|]*[+*]\)[+*]|\((?:\?:)?\.\*[^()]*\)[+*]")


def catastrophic(package) -> list[str]:
    import ast

    from tests.house.source import called, modules

    findings = []
    for module in modules(package):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and called(node) in (
                "compile",
                "match",
                "search",
                "sub",
                "fullmatch",
                "findall",
                "split",
            ):
                for arg in node.args[:1]:
                    if (
                        isinstance(arg, ast.Constant)
                        and isinstance(arg.value, str)
                        and NESTED.search(arg.value)
                    ):
                        findings.append(f"{module.at(node)}: {arg.value}")
    return findings


@pytest.mark.check("IN-12", mutant=True)
def test_mutant_a_pattern_that_explodes_is_found(tmp_path):
    from tests.house.source import plant as plant_source

    package = plant_source(
        tmp_path, {"kernel/a.py": "import re\nre.compile('(a+)+$')\nre.compile('(ab)+')\n"}
    )

    assert len(catastrophic(package)) == 1


@pytest.mark.check("IN-13")
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(number, province, holder):
    who = holder("station-head")
    payload = (
        '{"disease":"measles","sex":"female","age":NUMBER,"onset_on":"2026-10-21",'
        '"classification":"suspected"}'
    ).replace("NUMBER", number)
    body = (
        '{"operations":[{"id":"ID","kind":"surveillance.report_case","version":1,"unit":"UNIT",'
        '"happened_on":"2026-10-25","recorded_at":"2026-10-25T03:00:00Z","payload":PAYLOAD}]}'
    )
    for name, value in (
        ("ID", str(uuid7())),
        ("UNIT", str(province.near.units["S"])),
        ("PAYLOAD", payload),
    ):
        body = body.replace(name, value)

    answer = who.program.post("/api/v1/operations", body, content_type="application/json")

    assert answer.status_code == 400 or answer.json()["receipts"][0]["status"] == "refused"


@pytest.mark.check("IN-13")
def test_a_key_given_twice_has_one_meaning_everywhere(province, holder):
    """The last one counts, for the judge and for the journal alike: they read it once."""
    who = holder("station-head")
    far, near = province.far.units["S"], province.near.units["S"]
    body = '{"operations":[{"id":"%s","kind":"surveillance.report_zero","version":1,"unit":"%s","unit":"%s","happened_on":"2026-10-25","recorded_at":"2026-10-25T03:00:00Z","payload":{"week":"2026-W40"}}]}'
    first = who.program.post(
        "/api/v1/operations", body % (uuid7(), near, far), content_type="application/json"
    )
    second = who.program.post(
        "/api/v1/operations", body % (uuid7(), far, near), content_type="application/json"
    )

    assert first.json()["receipts"][0]["refusal"]["code"] == "access.not-allowed"
    assert second.json()["receipts"][0]["status"] == "accepted"


@pytest.mark.check("IN-13")
@pytest.mark.parametrize(("one", "other"), [("Hoà", "Hoà"), ("Hòa", "Hoà"), ("Đặng", "Đặng")])
def test_twins_of_one_text_are_one_text(one, other):
    assert fold(one) == fold(other)


@pytest.mark.check("IN-13", mutant=True)
def test_mutant_a_reader_of_the_first_key_and_a_judge_of_the_last_is_found(
    province, holder, monkeypatch
):
    """Two readers of one body that differ: the defect for which it is read once."""
    from uuid import UUID

    import msgspec

    from tuyen.api import journal

    honest = journal._read

    def first_wins(index, raw):
        seen = json.loads(bytes(raw), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
        return msgspec.structs.replace(honest(index, raw), unit=UUID(seen["unit"]))

    monkeypatch.setattr(journal, "_read", first_wins)

    with pytest.raises((AssertionError, TypeError)):
        test_a_key_given_twice_has_one_meaning_everywhere(province, holder)


@pytest.mark.check("IN-14")
def test_a_log_line_cannot_be_forged(province, client, caplog):
    client.get("/x\r\n2026-10-25 ERROR forged\x1b[31m")
    client.get("/x%0d%0a2026-10-25%20ERROR%20forged%1b[31m")
    client.post("/sign-in/", {"login": "a\r\nERROR forged\x1b[31m", "password": "x"})

    assert forged([record.getMessage() for record in caplog.records]) == []


def forged(lines: list[str]) -> list[str]:
    return [line for line in lines if re.search(r"[\r\n\x1b]", line)]


@pytest.mark.check("IN-14", mutant=True)
def test_mutant_a_forged_line_is_found():
    assert forged(["Not Found: /x\r\nERROR forged"]) != []
