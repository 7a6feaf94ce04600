"""Fifty tries at one thing: it is done once, whoever comes first, on either store."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.security.racing import TRIES
from tests.stores import Prototype, database_of

pytestmark = pytest.mark.database  # the store is the one of this run, in a database of its own
ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def template() -> Iterator[str]:
    """A PostgreSQL database with its tables, or nothing where the tests run on SQLite."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield ""
        return
    with database_of(os.environ["TUYEN_DATABASE_URL"], "template1") as url:
        _python("-m", "django", "migrate", "--skip-checks", TUYEN_DATABASE_URL=url)
        yield urlsplit(url).path.strip("/")


@pytest.fixture
def store(tmp_path: Path, template: str, stores: Prototype) -> Iterator[str]:
    """The address of a new store with its tables, of the kind that these tests run on."""
    if template:
        with database_of(os.environ["TUYEN_DATABASE_URL"], template) as url:
            yield url
        return
    path = tmp_path / "race.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        stores.into(db)
    yield f"sqlite:///{path}"


def _python(*words: str, **env: str) -> str:
    """What a program of its own printed, run with what this process was given and ``env``."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env={**os.environ, "PYTHONPATH": paths, **env},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def run(store: str, tmp_path: Path) -> Run:
    def run(name: str, mutant: str = "") -> dict[str, Any]:
        words = ["-m", "tests.security.racing", name, *([mutant] if mutant else [])]
        said = _python(*words, TUYEN_DATABASE_URL=store, TUYEN_HOME=str(tmp_path / "home"))
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        return found

    return run


def once(won: str, lost: str) -> dict[str, int]:
    return {won: 1, lost: TRIES - 1}


@pytest.mark.check("CF-10", "SY-01", "SY-06")
def test_an_operation_sent_fifty_times_at_once_is_applied_once_with_one_receipt(run):
    found = run("one_operation")

    assert found["outcomes"] == once("accepted", "already-had")
    assert (found["positions"], found["entries"], found["rows"]) == (1, 1, 1)


@pytest.mark.check("CF-10", "SY-06")
def test_an_id_with_fifty_contents_is_the_firsts_alone(run):
    found = run("one_id_of_two_contents")

    assert found["outcomes"] == once("accepted", "refused")
    assert found["codes"] == ["journal.id-reused"]
    assert (found["entries"], found["rows"]) == (1, 1)


@pytest.mark.check("CF-10")
@pytest.mark.parametrize(
    "what",
    [
        pytest.param("one_reorganisation", marks=pytest.mark.nightly),  # fifty previews of a province
        "one_merger", "one_personal_number", "one_seat", "one_login",
    ],
)  # fmt: skip
def test_what_can_be_done_once_is_accepted_once_and_leaves_one_row(what, run):
    found = run(what)

    assert found["outcomes"] == once("accepted", "refused")
    assert found["rows"] == 1


@pytest.mark.nightly  # a hundred requests that wait for one another
@pytest.mark.check("CF-10")
@pytest.mark.parametrize(
    ("what", "people"),
    [("one_patient_by_personal_number", 1), ("one_patient_by_foreign_number", 0)],
)
def test_a_conditional_create_sent_fifty_times_makes_one_patient(what, people, run):
    found = run(what)

    assert found["outcomes"] == once("201", "200")
    assert (found["ids"], found["rows"], found["people"]) == (1, 1, people)


@pytest.mark.check("CF-10", "AC-13")
@pytest.mark.parametrize("what", ["one_answer_for_names", "one_list_with_names"])
def test_a_list_with_names_is_agreed_to_once_and_leaves_once(what, run):
    found = run(what)

    assert found["outcomes"] == once("accepted", "refused")
    assert found["rows"] == 1


@pytest.mark.nightly  # long; that the check can fail need not be shown at every change
@pytest.mark.check("CF-10", "AC-13", mutant=True)
def test_mutant_an_answer_that_does_not_look_for_another_is_found(run):
    assert run("one_answer_for_names", "answer")["outcomes"] == {"accepted": TRIES}


@pytest.mark.check("CF-10", "AU-06")
def test_a_one_time_link_sets_one_password(run):
    found = run("one_link")

    assert found["outcomes"] == once("used", "access.token-refused")
    assert found["opens"] == [True]


@pytest.mark.check("CF-10", "AU-01")
@pytest.mark.parametrize(
    "tokens", [pytest.param("one_first_token", marks=pytest.mark.nightly), "two_first_tokens"]
)
def test_a_fresh_installation_gets_one_administrator_and_nobody_without_a_password(tokens, run):
    found = run(tokens)

    assert found["outcomes"] == once("302", "422")
    assert (found["accounts"], found["with_password"], found["administrators"]) == (1, 1, 1)


@pytest.mark.nightly  # long; that the check can fail need not be shown at every change
@pytest.mark.check("CF-10", "AU-01", mutant=True)
def test_mutant_a_page_that_asks_beforehand_makes_many_administrators(run):
    found = run("one_first_token", "first")

    assert found["administrators"] > 1
    assert found["with_password"] < found["accounts"]


@pytest.mark.check("CF-10", "AU-10")
def test_a_code_enrols_one_tablet(run):
    assert run("one_tablet_code")["outcomes"] == once("used", "access.code-refused")


@pytest.mark.check("CF-10", "SY-01")
def test_a_numbered_request_of_a_tablet_is_heard_once(run):
    assert run("one_counter")["outcomes"] == once("heard", "access.counter-behind")


def test_the_last_team_and_the_last_goods_are_booked_once_each(run):
    found = run("one_last_team")

    assert found["outcomes"] == {"accepted": 2, "refused": TRIES - 2}
    assert found["codes"] == ["surveillance.not-enough", "surveillance.team-is-taken"]
    assert found["rows"] == 2


@pytest.mark.check("CF-10")
def test_a_file_taken_by_two_people_at_once_makes_no_doubles(run):
    found = run("one_file")

    assert found["outcomes"] == {"took": TRIES}
    assert (found["accepted"], found["rows"]) == (10, 10)
    assert (found["refused"], found["left_out"]) == (0, 0)


@pytest.mark.nightly  # long; that the check can fail need not be shown at every change
@pytest.mark.check("CF-10", mutant=True)
def test_mutant_commits_without_the_lock_of_the_head_are_found(run):
    """SQLite has the whole file under one lock; there the mutant changes nothing, and the code of
    the next test is the one that can fail."""
    found = run("one_operation", "lock")
    embedded = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")

    assert (found["outcomes"] == once("accepted", "already-had")) is embedded


@pytest.mark.nightly  # long; that the check can fail need not be shown at every change
@pytest.mark.check("CF-10", mutant=True)
def test_mutant_a_code_that_is_looked_at_first_and_marked_later_is_found(run):
    found = run("one_tablet_code", "code")

    assert found["outcomes"].get("used", 0) != 1
