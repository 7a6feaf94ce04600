"""When something breaks: nothing is shown of how, and no data comes out."""

import re
from collections.abc import Callable

import pytest

from tests.security.addresses import addresses, read
from tests.security.conftest import HALVES, Province
from tests.security.test_matrix import CANARIES
from tuyen.apps.access import policies, queries
from tuyen.apps.journal import queries as journal
from tuyen.apps.registry import queries as registry

INSIDES = re.compile(
    r"Traceback|File \"|site-packages|\.py\b|SELECT |INSERT |psycopg|sqlite3|django\.|DEBUG = |"
    r"OperationalError|a secret of the program",
)
FAULT = "a secret of the program: SELECT password FROM access_user -- /srv/tuyen/settings.py"


def broken(*args, **kwargs):
    raise RuntimeError(FAULT)


def told_too_much(answers: list) -> list[str]:
    """Addresses whose answer shows the program's insides."""
    return [f"{path}: {found[0]}" for path, text in answers if (found := INSIDES.search(text))]


def words_out(answers: list) -> list[str]:
    """Words of records that came out."""
    words = [f"{half}{kind}" for half in HALVES for kind in CANARIES]
    return [f"{path}: {word}" for path, text in answers for word in words if word in text]


def ask(who, province: Province) -> tuple[list, list[int]]:
    answers, statuses = [], []
    for path in addresses(province):
        if "Giang" in path or "person" in path or "case" in path.partition("?")[2]:
            continue  # the question itself would stand in the answer
        answer = (who.program if path.startswith("/api/") else who.browser).get(path)
        answers.append((path, read(answer)))
        statuses.append(answer.status_code)
    return answers, statuses


@pytest.mark.check("CF-08")
@pytest.mark.parametrize("place", ["policy", "store"])
def test_a_fault_on_any_route_shows_nothing_of_the_insides(place, province, holder, monkeypatch):
    who = holder("station-head")
    if place == "policy":
        monkeypatch.setattr(policies, "may", broken)
        monkeypatch.setattr(policies, "check", broken)
    else:
        monkeypatch.setattr(registry, "atlas", broken)
        monkeypatch.setattr(journal, "head", broken)
        monkeypatch.setattr(policies, "scope", broken)

    answers, statuses = ask(who, province)

    assert 500 in statuses
    assert told_too_much(answers) == []


@pytest.mark.check("CF-08", mutant=True)
def test_mutant_a_page_of_the_developer_is_found(province, holder, monkeypatch, settings):
    settings.DEBUG = True
    who = holder("station-head")
    monkeypatch.setattr(registry, "atlas", broken)

    assert told_too_much([("/units/", read(who.browser.get("/units/")))]) != []


@pytest.mark.check("CF-08")
@pytest.mark.parametrize("header", ["Server", "X-Powered-By", "X-Runtime", "X-AspNet-Version"])
def test_no_header_names_what_the_server_is_made_of(header, client, db):
    assert header not in client.get("/sign-in/")


BREAKS: dict[str, Callable] = {
    "the policy engine": lambda patch: patch.setattr(policies, "scope", broken),
    "the table of roles": lambda patch: patch.setattr(policies, "role_table", broken),
    "the reach of units": lambda patch: patch.setattr(policies, "_reach", broken),
    "who is asking": lambda patch: [
        patch.setattr(queries, name, broken) for name in ("actor", "key_holder")
    ],
}


@pytest.mark.check("CF-09")
@pytest.mark.parametrize("what", BREAKS)
def test_no_data_comes_out_while_the_judge_is_down(what, province, holder, monkeypatch):
    who = holder("cdc-epidemiologist" if "reach" not in what else "station-head", "S")
    BREAKS[what](monkeypatch)

    answers, _statuses = ask(who, province)

    assert words_out(answers) == []


@pytest.mark.check("CF-09")
def test_no_record_is_shown_while_its_reading_cannot_be_written_down(province, holder, monkeypatch):
    from tuyen.apps.access.models import Reading

    who = holder("station-head")
    monkeypatch.setattr(Reading.objects, "bulk_create", broken)
    near = province.near
    paths = [f"/people/{near.person}/", f"/households/{near.household}/", f"/cases/{near.case}/", "/cases/",
             f"/operations/{near.operation}/"]  # fmt: skip

    answers = [(path, read(who.browser.get(path))) for path in paths]
    answers += [(p, read(who.program.get(p))) for p in
                (f"/api/v1/cases/{near.case}", "/api/v1/cases", "/api/v1/feed")]  # fmt: skip

    assert words_out(answers) == []


@pytest.mark.check("CF-09", mutant=True)
def test_mutant_a_judge_that_says_yes_when_it_fails_is_found(province, holder, monkeypatch):
    who = holder("station-head")
    monkeypatch.setattr(policies, "scope", lambda by, right: policies.EVERYTHING)

    assert words_out([("/cases/", read(who.browser.get("/cases/")))]) != []
