"""What is kept of whom, and that it shows nowhere it should not."""

import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps

from tests.security.addresses import PROGRAMS, addresses, read
from tests.security.conftest import TODAY, actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.registry.operations import EndIdentifier, Identify
from tuyen.rules.privacy import PERSONAL, Kept, Register, register

ROOT = Path(__file__).resolve().parents[2]

# -- PL-01 -----------------------------------------------------------------------------------------


def gaps(known: Register, models: list) -> list[str]:
    """Tables and fields that the register lacks, or names although they are gone."""
    wrong = []
    for model in models:
        label = model._meta.label
        if label in known.nobody:
            continue
        kept = known.tables.get(label)
        if kept is None:
            wrong.append(f"{label} is not in the register")
            continue
        there = {field.name for field in model._meta.concrete_fields}
        wrong += [f"{label}.{name} has no class" for name in sorted(there - kept.fields.keys())]
        wrong += [f"{label}.{name} is gone" for name in sorted(kept.fields.keys() - there)]
        if kept.of(*PERSONAL) and not (kept.purpose and kept.basis and kept.years >= 0):
            wrong.append(f"{label} has no purpose, basis or keeping time")
    return wrong


def ours() -> list:
    return [model for model in apps.get_models() if model.__module__.startswith("tuyen.")]


@pytest.mark.check("PL-01")
def test_every_field_of_every_table_has_its_class_purpose_basis_and_keeping_time():
    assert gaps(register(), ours()) == []


@pytest.mark.check("PL-01", mutant=True)
def test_mutant_a_new_field_or_table_without_them_fails_the_build():
    known = register()
    kept = known.tables["registry.Person"]
    fewer = Kept(kept.purpose, kept.basis, kept.years,
                 {name: kind for name, kind in kept.fields.items() if name != "phone"})  # fmt: skip
    tables = {**known.tables, "registry.Person": fewer}
    del tables["registry.Identifier"]

    found = gaps(Register(tables, known.nobody), ours())

    assert found == [
        "registry.Person.phone has no class",
        "registry.Identifier is not in the register",
    ]


# -- PL-13 -----------------------------------------------------------------------------------------

DATA = {
    ".sql",
    ".dump",
    ".sqlite3",
    ".db",
    ".bak",
    ".xlsx",
    ".parquet",
    ".csv",
    ".json",
    ".gz",
    ".zip",
}
BOOKS = (
    "src/tuyen/rules/",
    "ops/security_checks.csv",
    "tests/house/wire.json",
    "src/tuyen/web/static/",
)


def dumps(tracked: list[str]) -> list[str]:
    """Files of rows that are kept with the program and are not its rules or fixtures of figures."""
    return [
        name for name in tracked
        if Path(name).suffix in DATA and not name.startswith(BOOKS) and not name.startswith("tests/")
        and not name.startswith("benchmarks/")
    ]  # fmt: skip


@pytest.mark.check("PL-13")
def test_no_dump_of_a_store_is_kept_with_the_program():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this tree is not under version control")

    assert dumps(listed.stdout.splitlines()) == []


@pytest.mark.check("PL-13", mutant=True)
@pytest.mark.parametrize("name", ["ops/production.sql.gz", "docs/people.csv", "tuyen.sqlite3"])
def test_mutant_a_dump_among_the_files_is_found(name):
    assert dumps([name, "src/tuyen/rules/registry/sexes.csv"]) == [name]


# -- PL-15 -----------------------------------------------------------------------------------------

NUMBERS = re.compile(r"01108700000\d|DT211401200000\d")  # those of the two people of the province


def with_numbers(path: str, answer, said: str) -> list[str]:
    """The address, if its answer, place or links hold a number in full without a purpose stated."""
    if NUMBERS.search(path):
        return []  # the question itself
    return [path] if NUMBERS.search(said + str(answer.headers)) else []


def shown(who, province) -> list[str]:
    """The same over every address. It is asked of three posts in `test_crawl`."""
    found = []
    for path in addresses(province):
        answer = (who.program if path.startswith(PROGRAMS) else who.browser).get(path)
        found += with_numbers(path, answer, read(answer))
    return found


@pytest.mark.check("PL-15", mutant=True)
def test_mutant_a_number_that_is_not_masked_is_found(province, holder, monkeypatch):
    from tuyen.apps.registry import queries

    monkeypatch.setattr(queries, "masked", lambda value: value)

    assert shown(holder("station-head"), province) != []


@pytest.mark.check("PL-15")
def test_no_route_takes_a_number_of_a_person_in_its_path():
    from tests.security.conftest import routes

    taken = {
        found for pattern, _view in routes() for found in re.findall(r"<(?:\w+:)?(\w+)>", pattern)
    }

    assert not taken & {"number", "card", "identity", "phone", "citizen", "name"}


ANOTHER, WRONG = "011087000123", "0110870001239"


def told(who, province, purpose: str) -> list[str]:
    """Where the journal says which number was given, ended or refused, for a purpose."""
    near = province.near
    at = near.units["S"]
    ids = [
        province.send(payload, at).id
        for payload in (
            Identify(person=near.person, system="personal_number", value=WRONG),
            Identify(person=near.person, system="personal_number", value=ANOTHER),
            EndIdentifier(person=near.person, system="personal_number", value=ANOTHER, until=TODAY),
        )
    ]
    if purpose:
        who.browser.post("/account/", {"purpose": purpose})
        who.program.defaults["HTTP_TUYEN_PURPOSE"] = purpose
    paths = [
        "/operations/refused/",
        "/operations/",
        "/api/v1/feed",
        f"/operations/refused/{ids[0]}/repair/",
    ]
    paths += [
        f"{door}{id}{end}"
        for id in ids
        for door, end in (("/operations/", "/"), ("/api/v1/operations/", ""))
    ]
    answers = {
        path: (who.program if path.startswith(PROGRAMS) else who.browser).get(path)
        for path in paths
    }
    assert all(answer.status_code == 200 for answer in answers.values()), answers
    return [path for path, answer in answers.items() if ANOTHER in read(answer)]


@pytest.mark.check("PL-15")
def test_the_journal_tells_a_number_that_was_given_or_ended_only_for_a_purpose(province, holder):
    assert told(holder("station-head"), province, "") == []


@pytest.mark.check("PL-15")
def test_for_a_purpose_the_journal_tells_the_number(province, holder):
    assert len(told(holder("station-head"), province, "care")) >= 7


@pytest.mark.check("PL-15", mutant=True)
def test_mutant_a_journal_that_tells_numbers_is_found(province, holder, monkeypatch):
    from tuyen.rules.access import Contents

    monkeypatch.setattr(Contents, "fields_of", lambda self, kind: self.fields)

    assert len(told(holder("station-head"), province, "")) >= 5


@pytest.mark.check("PL-15")
def test_a_number_that_is_not_shown_is_kept_when_its_refusal_is_repaired(province):
    by = actor("station-head", province.near.units["S"])
    refused = province.send(
        Identify(person=province.near.person, system="personal_number", value=WRONG),
        province.near.units["S"],
    )

    back = journal.refilled(by=by, id=refused.id, payload={"person": str(province.near.person)})

    assert back["value"] == WRONG


# -- PL-14 -----------------------------------------------------------------------------------------

FOREIGN = re.compile(
    r"""(?:src|href|action|data-\w+|poster|srcset)=["'](?:https?:)?//(?!testserver)[^"']+"""
    r"""|url\((?:["']?)(?:https?:)?//|fetch\(["']https?://|sendBeacon""",
    re.IGNORECASE,
)


def foreign(texts: list[tuple[str, str]]) -> list[str]:
    return [f"{path}: {found[0]}" for path, text in texts if (found := FOREIGN.search(text))]


@pytest.mark.check("PL-14")
def test_no_script_style_or_picture_asks_another_host():
    """Screens are asked by `test_crawl`."""
    static = ROOT / "src" / "tuyen" / "web" / "static" / "tuyen"
    files = [
        (str(path.relative_to(static)), path.read_text(encoding="utf-8"))
        for path in static.rglob("*") if path.suffix in (".css", ".js", ".svg", ".html")
    ]  # fmt: skip

    assert len(files) > 20
    assert foreign(files) == []


@pytest.mark.check("PL-14", mutant=True)
@pytest.mark.parametrize(
    "text",
    ['<script src="https://cdn.example/x.js">', '<img src="//tiles.example/1.png">',
     "@font-face{src:url(https://fonts.example/f)}", 'fetch("https://a.example/?q=" + name)'],
)  # fmt: skip
def test_mutant_a_page_that_asks_another_host_is_found(text):
    assert foreign([("page", text)]) != []
