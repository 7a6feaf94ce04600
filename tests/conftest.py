"""What every test may rely on.

The store is chosen by TUYEN_DATABASE_URL, so the same tests run on SQLite and on PostgreSQL; a
test never asks which. A test that touches it is marked ``database`` here, from the fixtures it
uses, so that nobody can forget the mark.
"""

import atexit
import contextlib
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from pytest_django import DjangoDbBlocker

from tests.stores import Prototype, copied

# Whoever imports and collects twelve thousand tests makes a great many objects that stay: to search them
# for cycles after every seven hundred new ones took a tenth of the time of all tests.
gc.set_threshold(50_000, 20, 50)

if "TUYEN_HOME" not in os.environ:  # never the developer's own installation
    os.environ["TUYEN_HOME"] = tempfile.mkdtemp(prefix="tuyen-test-home-")
    atexit.register(shutil.rmtree, os.environ["TUYEN_HOME"], ignore_errors=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuyen.project.settings")
os.environ.setdefault("TUYEN_LOOPBACK", "1")  # the test client speaks plain HTTP
os.environ.setdefault("TUYEN_SECRET_KEY", "for tests only")
os.environ["TUYEN_LANGUAGE"] = "en"  # whatever the terminal of the person who runs them speaks
os.environ["TUYEN_COMPILE"] = (
    "0"  # servers that tests start compile what they are asked, and no more
)

if "no:django" not in sys.argv:  # kernel, rules and engines are tested without it by -p no:django
    # Here and not in a hook: the conftest of a folder that is named alone is imported before any.
    import django

    django.setup()
    from tests import passwords
    from tuyen.apps.access import walls

    passwords.cheapen()

    # A test stands where the owner of the store does; its requests begin as nobody, as all do.
    walls.trust_process(walls.Level.OWNER)

# The same examples every time, so that a change is judged by what it changes; chance has its night.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.register_profile("night", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("TUYEN_EXAMPLES", "house"))

ROOT = Path(__file__).resolve().parent.parent
STORE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}

# What these show is decided by the program and not by its store: whom the policy lets do what, what
# a door asks and notes, and how a drill is played. Walls, races and logins are not among them.
WHATEVER_STORE = {
    f"test_{name}.py" for name in (
        "audit", "break_glass", "codes", "crawl", "discretion", "drill_play", "matrix", "privacy",
        "second_factor", "sign_in",
    )
}  # fmt: skip
# Pages of the console ask the rooms, whose own tests run on both stores.
PAGES = ROOT / "tests" / "unit" / "web"
# On SQLite one writer holds the whole file, so of races it is tried at every change that there is one
# winner; whatever else is done once is raced where there are many writers.
ONE_WRITER_RACES = (
    "test_an_operation_sent_fifty_times", "test_a_file_taken_by_two", "test_a_one_time_link",
)  # fmt: skip
# What pages and exports do with a text that is stored; what a parameter does is asked of both stores.
TEXT_ON_PAGES = (
    "test_stored_text_is_inert", "test_every_route_carries", "test_an_exported_list",
    "test_reading_changes_nothing",
)  # fmt: skip
# That these can fail is shown at night: each walks many screens as several people.
LONG_MUTANTS = {"test_audit.py", "test_matrix.py", "test_privacy.py"}
# Of these, that a check can fail.
WHATEVER_STORE_MUTANTS = {
    f"test_{name}.py" for name in ("drills", "export_of_names", "injection", "requests")
}


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & STORE_FIXTURES:
            item.add_marker("database")
        proof = item.get_closest_marker("check")
        mutant = proof and proof.kwargs.get("mutant")
        if (
            item.path.name in WHATEVER_STORE
            or PAGES in item.path.parents
            or item.name.startswith(TEXT_ON_PAGES)
            or (mutant and item.path.name in WHATEVER_STORE_MUTANTS)
        ):
            item.add_marker("once")
        if mutant and item.path.name in LONG_MUTANTS:
            item.add_marker("nightly")
        if item.path.name == "test_races.py" and not item.name.startswith(ONE_WRITER_RACES):
            item.add_marker("many_writers")


def pytest_collection_finish() -> None:
    """All that was imported and collected stays to the end, and is not looked through again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def environment_as_it_was() -> Iterator[None]:
    """A command run within a test may name another store; the next test has its own again."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("TUYEN_")}
    yield
    for name in [name for name in os.environ if name.startswith("TUYEN_") and name not in ours]:
        del os.environ[name]
    os.environ.update(ours)


@pytest.fixture(scope="session", autouse=True)
def stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prototype]:
    """New SQLite stores that the program makes within a test are copies of one that was migrated."""
    if "no:django" in sys.argv:
        yield Prototype(tmp_path_factory.mktemp("stores"), contextlib.nullcontext)
        return
    blocker = request.getfixturevalue("django_db_blocker")
    prototype = Prototype(tmp_path_factory.mktemp("stores"), blocker.unblock)
    with copied(prototype):
        yield prototype


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, stores: Prototype, django_db_blocker: DjangoDbBlocker
) -> None:
    """The store of the tests, migrated; on SQLite the new stores of tests are copies of it."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            connection.ensure_connection()
            stores.keep(connection.connection)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of reference data that is not part of this repository, or a skip that says so.

    It holds series and answers of other programs, whose licences forbid copying them here.
    """
    folder = Path(os.environ.get("TUYEN_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"{folder}/data is absent; set TUYEN_SHARED to the folder with reference data")
    return folder
