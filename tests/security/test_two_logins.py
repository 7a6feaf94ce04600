"""An installation as a province should have it: one login owns the tables, the program has another."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

pytestmark = pytest.mark.database
ROOT = Path(__file__).resolve().parents[2]


class Site(NamedTuple):
    owner: str
    program: str
    home: Path


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        pytest.skip("SQLite has no logins; ./run test runs this on PostgreSQL as well")
    url, tag = os.environ["TUYEN_DATABASE_URL"], secrets.token_hex(4)
    name, owner, program = f"tuyen_site_{tag}", f"tuyen_owner_{tag}", f"tuyen_app_{tag}"
    with psycopg.connect(url, autocommit=True) as keeper:
        keeper.execute(f"CREATE ROLE {owner} LOGIN CREATEROLE CREATEDB")
        keeper.execute(f"CREATE ROLE {program} LOGIN")
        keeper.execute(f"CREATE DATABASE {name} OWNER {owner}")
    parts = urlsplit(url)

    def address(login: str) -> str:
        return f"postgresql://{parts.netloc}/{name}?{parts.query}&user={login}"

    try:
        home = tmp_path / "home"
        home.mkdir()
        yield Site(address(owner), address(program), home)
    finally:
        with psycopg.connect(url, autocommit=True) as keeper:
            keeper.execute(f"DROP DATABASE {name} WITH (FORCE)")
            keeper.execute(f"DROP ROLE {program}")
            keeper.execute(f"DROP ROLE {owner}")


@pytest.fixture
def tuyen(site: Site) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command, as an operator of the site runs it."""

    def run(*words: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "TUYEN_DATABASE_URL": site.program, "TUYEN_HOME": str(site.home),
               "TUYEN_DATABASE_OWNER_URL": site.owner, "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
        done = subprocess.run([sys.executable, "-m", "tuyen", *words], env=env, cwd=ROOT,
                              capture_output=True, text=True, timeout=600, check=False)  # fmt: skip
        assert done.returncode == 0 or not ok, done.stderr[-2000:] + done.stdout[-500:]
        return done

    return run


@pytest.mark.check("CF-03", "AC-05")
def test_the_program_works_as_a_login_that_owns_nothing(site, tuyen, tmp_path):
    tuyen("migrate")
    link = tuyen("invite").stdout
    found = [json.loads(line) for line in tuyen("doctor", "--json", ok=False).stdout.splitlines()]
    backup = json.loads(tuyen("backup", "--to", str(tmp_path / "kept"), "--prove", "--json").stdout)

    assert "/welcome/#" in link
    assert {f["state"] for f in found if f["check"] == "walls"} == {"good"}
    assert backup["proved"]


@pytest.mark.check("CF-03")
def test_the_programs_login_can_by_itself_not_even_read(site, tuyen):
    tuyen("migrate")
    with psycopg.connect(site.program, autocommit=True) as connection:
        for sql in ("SELECT * FROM registry_person", "SELECT * FROM access_user",
                    "DROP TABLE registry_person", "SET ROLE postgres",
                    "UPDATE journal_entry SET kind = kind"):  # fmt: skip
            with pytest.raises((psycopg.errors.InsufficientPrivilege,
                                psycopg.errors.InvalidParameterValue,
                                psycopg.errors.UndefinedObject)):  # fmt: skip
                connection.execute(sql)


@pytest.mark.nightly  # an installation of its own
@pytest.mark.check("CF-03", mutant=True)
def test_mutant_a_program_that_signs_in_as_the_owner_is_found(site, tuyen, monkeypatch):
    tuyen("migrate")
    monkeypatch.setenv("TUYEN_DATABASE_OWNER_URL", "")
    env = {**os.environ, "TUYEN_DATABASE_URL": site.owner, "TUYEN_HOME": str(site.home),
           "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "tuyen", "doctor", "--json"], env=env, cwd=ROOT,
                          capture_output=True, text=True, timeout=600, check=False)  # fmt: skip
    found = [json.loads(line) for line in done.stdout.splitlines()]

    assert {f["state"] for f in found if f["check"] == "walls"} == {"warning"}
