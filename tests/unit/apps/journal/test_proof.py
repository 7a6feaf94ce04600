"""Verify finds every alteration and names it; replay rebuilds the tables."""

from datetime import date, datetime, timedelta, timezone

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.apps.conftest import TODAY
from tuyen.apps.access import guard
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import CloseAccount, CreatePost, OpenAccount
from tuyen.apps.journal import verify as verifying
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.journal.verify import verify
from tuyen.kernel.ids import uuid7

ENTRIES = 12


@pytest.fixture
def journal(send, operate, program):
    """Twelve entries, two of them refused, with the database's own lock taken off."""
    accounts = [operate(OpenAccount(login=f"login{n % 10}", name="Vàng A Páo")) for n in range(11)]
    send(program, *accounts)
    send(program, operate(CreatePost(role="nobody", since=date(2026, 1, 1))))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_entry_no_UPDATE")
            cursor.execute("DROP TRIGGER journal_entry_no_DELETE")
        else:
            cursor.execute("DROP TRIGGER journal_entry_append_only ON journal_entry")
    return accounts


def alter(sql, *params):
    with guard.opened("test"), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_a_sound_journal_is_proved(journal):
    proof = verify()

    assert (proof.sound, proof.entries, proof.head_position) == (True, ENTRIES, ENTRIES)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(1, ENTRIES), where=st.integers(0, 10_000), bit=st.integers(0, 7))
@pytest.mark.check("AT-02")
def test_any_single_bit_of_a_body_is_found_at_its_entry(journal, position, where, bit):
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM journal_entry WHERE position = %s", [position])
        body = bytes(cursor.fetchone()[0])
    bad = bytearray(body)
    bad[where % len(bad)] ^= 1 << bit
    alter("UPDATE journal_entry SET body = %s WHERE position = %s", bytes(bad), position)
    try:
        proof = verify()
    finally:
        alter("UPDATE journal_entry SET body = %s WHERE position = %s", body, position)

    assert [(fault.position, fault.what) for fault in proof.faults] == [(position, "changed")]


@pytest.mark.parametrize(
    "column", ["kind", "unit_id", "author_id", "corrects", "accepted", "received_at", "id"]
)
@pytest.mark.check("AT-02")
def test_a_column_that_no_longer_repeats_its_body_is_found(journal, column):
    value = {
        "kind": "'other'",
        "accepted": "NOT accepted",
        "received_at": "'2020-01-01 00:00:00+00:00'",
    }
    if connection.vendor == "sqlite":
        value["received_at"] = "'2020-01-01 00:00:00'"
    other = f"'{uuid7().hex}'"
    alter(f"UPDATE journal_entry SET {column} = {value.get(column, other)} WHERE position = 4")

    assert [(f.position, f.what) for f in verify().faults] == [(4, "column")]


@pytest.mark.parametrize(
    ("why", "statements", "expected"),
    [
        ("removed from the middle", ["DELETE FROM journal_entry WHERE position = 5"], (5, "missing")),
        ("removed from the end", ["DELETE FROM journal_entry WHERE position = 12"], (11, "end")),
        ("removed from the start", ["DELETE FROM journal_entry WHERE position = 1"], (1, "missing")),
        ("two swapped", ["UPDATE journal_entry SET position = -1 WHERE position = 5",
                         "UPDATE journal_entry SET position = 5 WHERE position = 6",
                         "UPDATE journal_entry SET position = 6 WHERE position = -1"], (5, "changed")),
        ("its seal changed", ["UPDATE journal_entry SET digest = digest_of_3 WHERE position = 7"], (7, "changed")),
        ("the head moved", ["UPDATE journal_head SET position = 11"], (12, "end")),
        ("one inserted at the end", [f"INSERT INTO journal_entry SELECT 13, '{uuid7().hex}', kind, unit_id, author_id,"
                                     " corrects, accepted, received_at, body, digest FROM journal_entry"
                                     " WHERE position = 2"], (13, "changed")),
    ],
)  # fmt: skip
@pytest.mark.check("AT-02")
def test_entries_removed_inserted_or_swapped_are_found(why, statements, expected, journal):
    for sql in statements:
        alter(sql.replace("digest_of_3", "(SELECT digest FROM journal_entry WHERE position = 3)"))

    faults = [(fault.position, fault.what) for fault in verify().faults]
    assert faults[0] == expected, why


@pytest.mark.parametrize("hours", [-9.5, 0, 7])
@pytest.mark.parametrize("microsecond", [0, 5, 120_000])
def test_a_time_of_receipt_in_any_zone_is_the_same_instant(
    db, operate, program, hours, microsecond
):
    zone = timezone(timedelta(hours=hours))
    at = datetime(2026, 10, 25, 20, 30, 5, microsecond, tzinfo=zone)
    commit(by=program, operations=[operate(CreatePost(role="midwife", since=TODAY))], at=at)

    assert verify().faults == []


@pytest.mark.parametrize("kept", ["''", "'+'", "'2026-13-45T00:00:00+07:00'", "7", "X'00'"])
def test_a_time_of_receipt_that_is_no_time_is_found(journal, kept):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps only times as times")
    alter(f"UPDATE journal_entry SET received_at = {kept} WHERE position = 4")

    assert [(f.position, f.what) for f in verify().faults] == [(4, "column")]


def test_a_body_kept_as_text_is_found_and_stops_nothing(journal):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps bytes as bytes")
    alter("UPDATE journal_entry SET body = CAST(body AS TEXT) WHERE position = 3")

    proof = verify()

    assert [(fault.position, fault.what) for fault in proof.faults] == [(3, "changed")]
    assert proof.entries == ENTRIES


def test_what_is_committed_while_the_chain_is_walked_is_not_a_fault(
    journal, send, operate, program, monkeypatch
):
    chunks = verifying._chunks

    def and_somebody_commits(end):
        send(program, operate(OpenAccount(login="meanwhile", name="Vàng A Páo")))
        return chunks(end)

    monkeypatch.setattr(verifying, "_chunks", and_somebody_commits)

    proof = verify()

    assert (proof.sound, proof.entries) == (True, ENTRIES)


@pytest.mark.parametrize("size", [1, 5, 7])
def test_faults_are_the_same_wherever_the_rows_are_cut(journal, size, monkeypatch):
    alter("UPDATE journal_entry SET kind = 'other' WHERE position = 2")
    alter("UPDATE journal_entry SET digest = body WHERE position = 5")
    alter("DELETE FROM journal_entry WHERE position = 7")
    alter("UPDATE journal_entry SET accepted = NOT accepted WHERE position = 12")
    monkeypatch.setattr(verifying, "_CHUNK", size)

    found = [(fault.position, fault.what) for fault in verify(anchors=[(11, "0" * 64)]).faults]

    expected = [(2, "column"), (5, "changed"), (7, "missing"), (8, "changed"), (11, "anchor")]
    assert found == [*expected, (12, "column")]


@pytest.mark.check("AT-02")
def test_a_chain_rewritten_from_some_entry_on_is_found_by_an_anchor_kept_outside(journal):
    proof = verify()
    anchor = (proof.head_position, proof.head_digest)

    assert verify(anchors=[anchor]).sound
    assert verify(anchors=[(anchor[0], "0" * 64)]).faults[0].what == "anchor"
    assert verify(anchors=[(99, anchor[1])]).faults[0].what == "end"


def test_replay_rebuilds_every_table_row_for_row(journal, send, operate, program):
    send(program, operate(CloseAccount(user=journal[0].id, on=date(2026, 10, 26))))

    rebuilt = replay()

    assert rebuilt.same, rebuilt
    assert {table.table: table.rows for table in rebuilt.tables}["access_user"] == 10


@pytest.mark.parametrize(
    ("why", "sql", "field"),
    [
        ("a changed row", "UPDATE access_user SET name = 'x' WHERE login = 'login3'", "changed"),
        ("a row that no operation wrote", "INSERT INTO access_user (id, login, name, password, language,"
         f" generation, opened_on) VALUES ('{uuid7().hex}', 'ghost', 'x', '!', 'vi', 0, '2026-01-01')", "missing"),
        ("a row that is gone", "DELETE FROM access_user WHERE login = 'login4'", "extra"),
    ],
)  # fmt: skip
def test_replay_names_rows_that_do_not_follow_from_the_journal(why, sql, field, journal):
    alter(sql)

    table = next(table for table in replay().tables if table.table == "access_user")
    assert len(getattr(table, field)) == 1, why
    assert User.objects.exists()


def test_passwords_are_not_part_of_the_comparison(journal):
    alter("UPDATE access_user SET password = 'argon2$...'")

    assert replay().same
