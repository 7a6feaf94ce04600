"""Installations that are made once and copied, so that a fault costs seconds and not a minute."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.reliability.cluster import Cluster
from tests.reliability.installation import Installation

# These are shown on one store at every change and on both at night; servers are killed on both always.
AT_NIGHT = (
    "test_a_bad_network_loses_and_doubles_nothing[SQLite]",
    "test_what_tablets_were_told_is_confirmed_survives_kills[SQLite-2]",
    "test_a_backup_taken_under_load_comes_back[SQLite]",
    "test_without_the_tools_of_postgresql_tables_are_copied",
)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.name in AT_NIGHT:
            item.add_marker("nightly")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation on SQLite with an administrator and a key. Not served: it is copied."""
    installation = Installation(tmp_path_factory.mktemp("made") / "home")
    installation.prepare()
    return installation


@pytest.fixture
def embedded(made: Installation, tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """``embedded(folder)``: a copy of it in a folder of one's own."""
    copies: list[Installation] = []

    def copy(folder: Path | None = None) -> Installation:
        home = (folder or tmp_path) / "home"
        shutil.copytree(made.home, home)
        os.sync()  # a copy is not pushed to the disk by itself, and a disk may lose its power
        installation = Installation(home)
        installation.key = made.key
        copies.append(installation)
        return installation

    yield copy
    for installation in copies:
        installation.stop()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of our own, running."""
    # In memory where that is possible: a process that is killed leaves the system's memory alone,
    # so only the power cuts need a disk. A socket path must be short.
    roomy = Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > 2**30
    folder = Path(tempfile.mkdtemp(prefix="tuyen-f-", dir="/dev/shm" if roomy else "/tmp"))
    server = Cluster(folder / "data", folder)
    server.make()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def made_on_server(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The same on PostgreSQL, in a database that is copied."""
    with psycopg.connect(cluster.url(), autocommit=True) as keeper:
        keeper.execute("CREATE DATABASE made")
    installation = Installation(tmp_path_factory.mktemp("server") / "home", cluster.url("made"))
    installation.prepare()
    return installation


@pytest.fixture
def on_server(
    cluster: Cluster, made_on_server: Installation, tmp_path: Path
) -> Iterator[Installation]:
    """A copy of it in a database of one's own."""
    name = f"t{abs(hash(tmp_path)) % 10**8}"
    with psycopg.connect(cluster.url(), autocommit=True) as keeper:
        keeper.execute(f"CREATE DATABASE {name} TEMPLATE made")
    installation = Installation(tmp_path / "home", cluster.url(name))
    installation.home.mkdir()
    installation.key = made_on_server.key
    yield installation
    installation.stop()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def either(request: pytest.FixtureRequest) -> tuple[str, Installation]:
    """(the store's name, an installation on it), one after the other."""
    if request.param == "SQLite":
        return request.param, request.getfixturevalue("embedded")()
    return request.param, request.getfixturevalue("on_server")
