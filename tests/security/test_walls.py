"""The wall under the application: what PostgreSQL itself lets through, and to whom.

Each test asks the database as the program does and looks for what is not the reader's. SQLite has
no row policies; there these tests have nothing to judge and say so.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from tests.security.addresses import addresses, read
from tests.security.conftest import NOW, SINCE, TODAY, Holder, Province, actor
from tests.security.test_matrix import CANARIES, exports
from tuyen.apps.access import guard, policies, row_policies, walls
from tuyen.apps.indicators.models import Release
from tuyen.apps.registry.models import Person
from tuyen.apps.surveillance.models import Case
from tuyen.kernel.ids import uuid7

TABLES = {model._meta.db_table for model in apps.get_models()}
PEOPLE_AND_CASES = sorted(TABLES & set(row_policies.VISIBLE))


@pytest.fixture(autouse=True)
def postgresql(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row policies; ./run test runs this on PostgreSQL as well")


def rows(table: str) -> int:
    """How many rows the database shows, asked without any filter."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        return int(cursor.fetchone()[0])


def seen(model: Any) -> set[UUID]:
    return set(model.objects.values_list("pk", flat=True))


def station(province: Province, half: str = "near") -> walls.Reader:
    return walls.Reader(actor("station-head", getattr(province, half).units["S"]))


# -- AC-05 ---------------------------------------------------------------------------------------


@pytest.mark.check("AC-05")
def test_who_is_not_known_sees_no_row_of_any_protected_table(province):
    there = {table: rows(table) for table in PEOPLE_AND_CASES}
    with walls.at(walls.Level.NOBODY):
        shown = {table: rows(table) for table in PEOPLE_AND_CASES}

    assert there["registry_person"] == there["surveillance_case"] == 2
    assert shown == dict.fromkeys(PEOPLE_AND_CASES, 0)


@pytest.mark.check("AC-05")
def test_a_question_without_its_filter_shows_the_readers_own_rows_only(province):
    with walls.at(station(province)):
        assert seen(Person) == {province.near.person}
        assert seen(Case) == {province.near.case}
    with walls.at(station(province, "far")):
        assert seen(Person) == {province.far.person}
        assert seen(Case) == {province.far.case}


@pytest.mark.check("AC-05")
@pytest.mark.parametrize("table", PEOPLE_AND_CASES)
def test_no_row_of_a_table_is_shown_to_two_strangers(table, province):
    """Two readers without a unit in common have no row in common, but for those of both."""
    with walls.at(station(province)):
        near = rows(table)
    with walls.at(station(province, "far")):
        far = rows(table)

    assert near + far <= rows(table)


@pytest.mark.check("AC-05")
def test_a_published_table_is_shown_to_readers_of_its_unit_and_to_nobody_else(province):
    near = release_of(province)
    by = {name: walls.Reader(actor(role, unit)) for name, role, unit in (
        ("of its unit", "commune-committee", province.near.units["C"]),
        ("of the other", "commune-committee", province.far.units["C"]),
        ("of the province", "planner", province.root),
        ("without the right", "midwife", province.near.units["S"]),
    )}  # fmt: skip
    shown = {}
    for name, reader in by.items():
        with walls.at(reader):
            shown[name] = (seen(Release), rows("indicators_release"))

    assert shown == {
        "of its unit": ({near}, 1), "of the other": (set(), 0),
        "of the province": ({near}, 1), "without the right": (set(), 0),
    }  # fmt: skip


def release_of(province: Province) -> UUID:
    """A table that the near commune published."""
    id, unit = uuid7(), province.near.units["C"]
    with guard.opened("test"):
        Release.objects.create(
            id=id, unit_id=unit, title="Bảng thử", audience="public", map_on=TODAY, kind="month",
            start=SINCE, end=TODAY, k=10, width=10, shape={}, printed=[30], counted=[],
            published_at=NOW,
        )  # fmt: skip
    return id


@pytest.mark.check("AC-05", mutant=True)
def test_mutant_a_table_of_figures_without_its_policy_is_found(province):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE indicators_release DISABLE ROW LEVEL SECURITY")

    with pytest.raises(AssertionError):
        test_a_published_table_is_shown_to_readers_of_its_unit_and_to_nobody_else(province)


def strangers_words(who: Holder, province: Province) -> list[str]:
    """Words of records of the other half that any address shows a reader of the near one."""
    words = [f"Far{kind}" for kind in CANARIES]
    out = []
    for path in addresses(province):
        client = who.program if path.startswith("/api/") else who.browser
        text = read(client.get(path))
        out += [f"{path}: {word}" for word in words if word in text]
    text = exports(province, who, "csv")
    return out + [f"export: {word}" for word in words if word in text]


@pytest.fixture
def no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The defect that the wall is for: a scope that is worked out and then not applied."""
    monkeypatch.setattr(policies.Scope, "where", lambda self, field: Q())
    monkeypatch.setattr(policies.Scope, "covers", lambda self, unit: True)


def at_night(*values: str) -> list[object]:
    return [pytest.param(value, marks=pytest.mark.nightly) for value in values]


@pytest.mark.check("AC-05")
@pytest.mark.parametrize(
    "role", ["station-head", *at_night("population-officer", "commune-committee")]
)
def test_with_every_filter_of_the_program_gone_no_address_shows_a_strangers_row(
    role, province, holder, no_filter
):
    who = holder(role, "C" if role == "commune-committee" else "S")

    assert strangers_words(who, province) == []


@pytest.mark.nightly  # as long as the check itself
@pytest.mark.check("AC-05", mutant=True)
def test_mutant_the_same_defect_without_the_wall_is_found(province, holder, no_filter, monkeypatch):
    monkeypatch.setattr(walls, "standing", lambda: walls.Level.WHOLE)

    who = holder("station-head")
    assert strangers_words(who, province) != []


@pytest.mark.check("AC-05", mutant=True)
@pytest.mark.parametrize("table", [PEOPLE_AND_CASES[0], *at_night(*PEOPLE_AND_CASES[1:])])
def test_mutant_a_table_without_its_policy_is_found(table, province):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} DISABLE ROW LEVEL SECURITY")

    assert table in row_policies.state(connection).lacking


@pytest.mark.check("AC-05")
def test_every_table_that_holds_something_of_a_person_has_its_policy(province):
    assert unprotected(apps.get_models()) == []


@pytest.mark.check("AC-05", mutant=True)
def test_mutant_a_new_table_of_persons_without_a_policy_is_found(monkeypatch):
    monkeypatch.delitem(row_policies.VISIBLE, "registry_identifier")

    assert unprotected(apps.get_models()) == ["registry_identifier"]


PERSONAL = {
    "person_id", "person", "kept", "one", "subject_id", "identity", "content", "trace", "body",
}  # fmt: skip
NO_PERSON = {
    "access_deviceunits": "which units a tablet may hold",
    "registry_proposal": "a reorganisation of units",
    "surveillance_alarmlesson": "what answers to alarms taught: shares and weeks, no row of it",
    "surveillance_drillrecord": "scores and findings of a drill, no row of it",
}


def unprotected(models: Any) -> list[str]:
    """Tables with a column that names or describes persons, and neither a policy nor a reason."""
    found = []
    for model in models:
        table = model._meta.db_table
        if not table.startswith(row_policies.OURS) or table in NO_PERSON:
            continue
        if PERSONAL & {field.name for field in model._meta.concrete_fields}:
            found.append(table)
    return sorted(set(found) - set(row_policies.VISIBLE))


# -- A connection that served somebody else ------------------------------------------------------


@pytest.mark.check("AC-05")
def test_a_connection_keeps_nothing_of_the_reader_before(province, holder):
    near, far = holder("station-head"), holder("station-head", "S", "Far")
    for who, own, other in [(near, "Near", "Far"), (far, "Far", "Near")] * 3:
        text = read(who.browser.get("/cases/"))
        assert f"{own}case" in text
        assert f"{other}case" not in text
    with walls.at(walls.Level.NOBODY):
        assert rows("surveillance_case") == 0


def told(value: str) -> str:
    """What the database itself says of this connection."""
    row = connection.connection.execute(f"SELECT {value}").fetchone()
    return str(row[0])


@pytest.mark.check("AC-05")
def test_after_a_request_the_connection_belongs_to_nobody(province, holder):
    holder("station-head").browser.get("/cases/")

    assert told("current_user") == row_policies.READER
    assert {told(f"current_setting('tuyen.{rows}', true)") for rows in row_policies.RIGHTS} == {""}


@pytest.fixture
def other() -> Iterator[Any]:
    """A connection of its own to the same database, outside of the test's transaction."""
    made = connection.copy("other")
    made.execute_wrappers.append(walls.stand)
    try:
        yield made
    finally:
        made.close()


def levels_after_a_rollback(other: Any) -> list[str]:
    """Whom the database serves: before, after a level was taken back, and at the next question."""

    def role() -> str:
        return str(other.connection.execute("SELECT current_user").fetchone()[0])

    def ask() -> None:
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM registry_person")

    found = []
    with walls.at(walls.Level.WHOLE):
        ask()
        found.append(role())
    with walls.at(walls.Level.NOBODY):
        other.set_autocommit(False)
        ask()
        found.append(role())
        other.rollback()
        other.set_autocommit(True)
        found.append(role())
        ask()
        found.append(role())
    return found


@pytest.mark.check("AC-05")
def test_a_rollback_that_takes_the_level_back_is_noticed(other):
    """A level that was set in a transaction goes back with it: here, to all rows."""
    found = levels_after_a_rollback(other)

    assert found == [
        row_policies.WHOLE,
        row_policies.READER,
        row_policies.WHOLE,
        row_policies.READER,
    ]


@pytest.mark.check("AC-05", mutant=True)
def test_mutant_a_rollback_that_is_not_noticed_is_found(other, monkeypatch):
    monkeypatch.setattr(type(other), "_forget", lambda self: None)

    assert levels_after_a_rollback(other)[-1] == row_policies.WHOLE


@pytest.mark.check("AC-05")
def test_a_savepoint_that_takes_the_level_back_is_noticed(province):
    with walls.at(walls.Level.WHOLE):
        assert rows("registry_person") == 2
    with walls.at(station(province)):
        made = transaction.savepoint()
        assert rows("registry_person") == 1
        transaction.savepoint_rollback(made)
        assert told("current_user") == row_policies.WHOLE
        assert seen(Person) == {province.near.person}


@pytest.mark.check("AC-05")
def test_a_statement_that_fails_leaves_nobody_with_more(province):
    with walls.at(station(province)):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM registry_person")
        assert seen(Person) == {province.near.person}


@pytest.mark.check("AC-05")
def test_a_commit_raises_the_level_and_lowers_it_again(province):
    reader = station(province)
    with walls.at(reader):
        assert rows("registry_person") == 1
        with guard.opened("test"):
            assert rows("registry_person") == 2
        assert rows("registry_person") == 1


@pytest.mark.check("AC-05")
def test_a_new_thread_of_a_server_is_nobody():
    former = walls.trust_process(walls.Level.NOBODY)
    found: list[object] = []
    try:
        thread = threading.Thread(target=lambda: found.append(walls.standing()))
        thread.start()
        thread.join()
    finally:
        walls.trust_process(former)

    assert found == [walls.Level.NOBODY]


@pytest.mark.check("AC-05")
def test_what_is_streamed_after_the_answer_is_read_for_whoever_asked(province, holder):
    who = holder("station-head")
    answer = who.browser.post("/cases/export/", {"form": "csv", "reason": "kiểm tra", "query": ""})
    with walls.at(walls.Level.NOBODY):
        text = read(answer)

    # A list that one person asks for carries no names: its rows are known by their ids.
    assert str(province.near.case) in text
    assert str(province.far.case) not in text


# -- CF-03, AT-03: what the program's roles cannot do ---------------------------------------------

FORBIDDEN = {
    "make a table": "CREATE TABLE registry_mine (id int)",
    "make a temporary table": "CREATE TEMPORARY TABLE mine (id int)",
    "change a table": "ALTER TABLE registry_person ADD COLUMN mine int",
    "drop a table": "DROP TABLE registry_person CASCADE",
    "empty a table": "TRUNCATE registry_person CASCADE",
    "take a policy down": "ALTER TABLE registry_person DISABLE ROW LEVEL SECURITY",
    "drop a policy": "DROP POLICY tuyen_reader ON registry_person",
    "make a policy": "CREATE POLICY mine ON registry_person USING (true)",
    "stop a trigger": "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    "replace a function": "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "make a role": "CREATE ROLE mine BYPASSRLS",
    "bypass policies": f"ALTER ROLE {row_policies.READER} BYPASSRLS",
    "write the record of migrations": "DELETE FROM django_migrations",
}
AUDIT = {
    f"{what} {table}": sql.format(table)
    for table in row_policies.APPEND_ONLY
    for what, sql in {
        "change a row of": "UPDATE {0} SET id = id",
        "take rows out of": "DELETE FROM {0}",
        "empty": "TRUNCATE {0} CASCADE",
    }.items()
}


def refused(sql: str, level: walls.Level) -> bool:
    """Whether the database says no for want of a right, and not for another reason."""
    try:
        with walls.at(level), guard_off(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return getattr(error.__cause__, "sqlstate", "") == "42501"
    return False


@contextmanager
def guard_off() -> Iterator[None]:
    """The program's own lock would refuse first; here the database is asked."""
    wrappers = connection.execute_wrappers
    wrappers.remove(guard.watch)
    try:
        yield
    finally:
        wrappers.insert(0, guard.watch)


@pytest.mark.check("CF-03")
@pytest.mark.parametrize("level", [walls.Level.NOBODY, walls.Level.WHOLE])
@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_programs_roles_cannot(what, level, province):
    assert refused(FORBIDDEN[what], level)


@pytest.mark.check("AT-03")
@pytest.mark.parametrize("level", [walls.Level.NOBODY, walls.Level.WHOLE])
@pytest.mark.parametrize("what", AUDIT)
def test_neither_the_journal_nor_the_log_of_readings_can_be_changed(what, level, province):
    assert refused(AUDIT[what], level)


@pytest.mark.check("CF-03")
@pytest.mark.parametrize("table", ["registry_person", "surveillance_case", "access_user"])
@pytest.mark.parametrize(
    "sql", ["DELETE FROM {}", "UPDATE {} SET id = id", "INSERT INTO {} SELECT * FROM {}"]
)
def test_outside_a_commit_the_database_takes_no_write(sql, table, province):
    assert refused(sql.format(table, table), walls.Level.NOBODY)


@pytest.mark.check("CF-03", mutant=True)
def test_mutant_a_role_that_may_do_more_is_found(province):
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {row_policies.READER}")

    assert not refused(FORBIDDEN["make a table"], walls.Level.NOBODY)


@pytest.mark.check("AT-03", mutant=True)
def test_mutant_a_right_to_change_the_log_is_found(province, holder):
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT DELETE ON access_reading TO {row_policies.WHOLE}")

    assert not refused(AUDIT["take rows out of access_reading"], walls.Level.WHOLE)


@pytest.mark.check("CF-03")
def test_neither_role_owns_anything_or_passes_a_policy():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin,"
            " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname IN (%s, %s) ORDER BY 1",
            [row_policies.READER, row_policies.WHOLE],
        )
        found = cursor.fetchall()

    assert found == [(row_policies.READER, False, False), (row_policies.WHOLE, False, False)]
