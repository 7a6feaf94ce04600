"""A backup comes back whole or not at all, and says in one sentence why not."""

import json
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.core.management import call_command

from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import OpenAccount
from tuyen.apps.journal import doctor, queries
from tuyen.apps.journal import store as current
from tuyen.apps.journal.backup import embedded, facts, files, ledger, manifest
from tuyen.apps.journal.backup.making import back_up
from tuyen.apps.journal.backup.refusals import (
    DamagedBackup,
    NotABackup,
    NotEmpty,
    NotWhole,
    OtherStore,
    OtherVersion,
    StillInUse,
)
from tuyen.apps.journal.backup.restoring import restore
from tuyen.apps.journal.backup.server import Server
from tuyen.apps.journal.operations import DeclareRestored
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.journal.verify import verify
from tuyen.cli.main import main
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Overriding setting DATABASES"),
]

AT = datetime(2026, 10, 25, 5, tzinfo=UTC)
ACCOUNTS = 30


def at(path):
    """The settings of a SQLite file."""
    return embedded.settings_of(path)


@pytest.fixture(scope="module")
def template(tmp_path_factory, django_db_blocker):
    """A store with thirty accounts in its journal."""
    path = tmp_path_factory.mktemp("template") / "tuyen.sqlite3"
    accounts = [
        Operation.of(OpenAccount(login=f"login{n}", name="Giàng Thị Mỷ"), unit=NODE,
                     happened_on=AT.date(), recorded_at=AT)
        for n in range(ACCOUNTS)
    ]  # fmt: skip
    with django_db_blocker.unblock(), facts.opened("made", at(path)), current.working_on("made"):
        call_command("migrate", database="made", verbosity=0)
        commit(by=Actor.program(AT.date()), operations=accounts, at=AT)
    return path


@pytest.fixture
def home(template, tmp_path):
    """An installation with that store, and a secret."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(template, folder / "tuyen.sqlite3")
    (folder / "secret.key").write_text("not for everybody")
    return folder


def store(home):
    return embedded.Embedded(home / "tuyen.sqlite3")


@pytest.fixture
def backup(home, tmp_path):
    made, _ = back_up(store=store(home), to=tmp_path / "backups", home=home, at=AT)
    return made


def put_back(backup, home, **more):
    return restore(source=backup, store=store(home), home=home, at=AT + timedelta(hours=1), **more)


def head(home):
    with facts.opened("made", at(home / "tuyen.sqlite3")), current.working_on("made"):
        return queries.head()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# --- Making -----------------------------------------------------------------------------------


def test_a_backup_holds_the_store_and_its_facts(backup, home):
    kept = manifest.read(backup)

    assert names(backup) == ["manifest.json", "store.sqlite3"]
    assert backup.name == f"tuyen-20261025T050000Z-{ACCOUNTS}"
    assert (kept.kind, kept.facts.position) == ("SQLite", ACCOUNTS)
    assert kept.facts.tables["access_user"] == ACCOUNTS
    assert kept.facts.head == head(home)[2]
    assert {"access_user", "journal_entry"} <= {sample.table for sample in kept.facts.samples}


def test_a_backup_is_for_its_owner_only(backup):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in backup.iterdir()}

    assert (modes, stat.S_IMODE(backup.stat().st_mode)) == ({0o600}, 0o700)


def test_the_secret_key_comes_along_only_when_asked(backup, home, tmp_path):
    assert "secret.key" not in names(backup)

    made, _ = back_up(store=store(home), to=tmp_path / "b", home=home, at=AT, secret=True)

    assert (made / "secret.key").read_text() == "not for everybody"


def test_a_backup_is_of_one_moment_while_somebody_writes(home, tmp_path, operate, program):
    """What is committed during the copy is not in it, and does not make it start afresh."""
    with facts.opened("writer", at(home / "tuyen.sqlite3")) as db, db.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        assert cursor.fetchone() == ("wal",)  # unread, it would hold the store locked
        during = []

        def meanwhile(done, total):
            if not during:
                with current.working_on("writer"):
                    during.extend(commit(by=program, operations=[
                        operate(OpenAccount(login="meanwhile", name="Sùng A Sáng"))], at=AT))  # fmt: skip

        _, kept = back_up(
            store=store(home), to=tmp_path / "b", home=home, at=AT, progress=meanwhile
        )

    assert [receipt.position for receipt in during] == [ACCOUNTS + 1]
    assert kept.facts.position == ACCOUNTS


def test_two_backups_of_one_second_stand_side_by_side(backup, home):
    made, _ = back_up(store=store(home), to=backup.parent, home=home, at=AT)

    assert names(backup.parent) == [backup.name, f"{backup.name}-2"]
    assert made.name == f"{backup.name}-2"


def test_a_backup_that_fails_leaves_nothing(home, tmp_path, monkeypatch):
    def fail(*args):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(manifest, "write", fail)
    with pytest.raises(OSError, match="Input/output"):
        back_up(store=store(home), to=tmp_path / "b", home=home, at=AT)

    assert names(tmp_path / "b") == []
    assert ledger.standing(home) is None


# --- Restoring --------------------------------------------------------------------------------


def test_a_restored_store_is_the_one_that_was_kept(backup, tmp_path):
    home = tmp_path / "other"

    done = put_back(backup, home)

    assert (done.entries, done.aside) == (ACCOUNTS, "")
    assert names(home) == ["tuyen.sqlite3"]
    with facts.opened("made", at(home / "tuyen.sqlite3")) as db, current.working_on("made"):
        assert verify().sound
        assert facts.counts(db)["access_user"] == ACCOUNTS


def test_a_restore_begins_a_new_epoch_and_its_journal_says_so(backup, home, tmp_path, program):
    before = head(home)
    put_back(backup, tmp_path / "other")

    after = head(tmp_path / "other")

    assert after[0] != before[0]
    assert after[1] == ACCOUNTS + 1
    with (
        facts.opened("made", at(tmp_path / "other" / "tuyen.sqlite3")),
        current.working_on("made"),
    ):
        page = queries.feed(by=program, after=ACCOUNTS, epoch=after[0])
        with pytest.raises(queries.OtherEpoch):
            queries.feed(by=program, after=ACCOUNTS, epoch=before[0])
    (declared,) = page.entries
    assert declared.kind == "journal.declare_restored"
    assert declared.payload["backup"] == backup.name
    assert declared.payload["former_epoch"] == str(before[0])
    assert declared.payload["position"] == ACCOUNTS


def test_sessions_of_the_backup_are_not_open_again(home, tmp_path):
    with closing(sqlite3.connect(home / "tuyen.sqlite3")) as db:
        db.execute("INSERT INTO django_session VALUES ('k', 'd', '2030-01-01')")
        db.commit()
    made, _ = back_up(store=store(home), to=tmp_path / "b", home=home, at=AT)

    put_back(made, tmp_path / "other")

    with closing(sqlite3.connect(tmp_path / "other" / "tuyen.sqlite3")) as db:
        assert db.execute("SELECT COUNT(*) FROM django_session").fetchone() == (0,)


def test_an_installation_is_replaced_only_when_asked_and_is_kept(backup, home):
    before = (home / "tuyen.sqlite3").read_bytes()
    with pytest.raises(NotEmpty):
        put_back(backup, home)
    assert (home / "tuyen.sqlite3").read_bytes() == before

    done = put_back(backup, home, replace=True)

    assert head(home)[1] == ACCOUNTS + 1
    assert done.aside.endswith("tuyen.sqlite3.before-20261025T060000Z")
    with closing(sqlite3.connect(done.aside)) as db:
        assert db.execute("SELECT position FROM journal_head").fetchone() == (ACCOUNTS,)


def test_a_store_in_use_is_not_replaced(backup, home):
    with closing(sqlite3.connect(home / "tuyen.sqlite3")) as reader:
        reader.execute("PRAGMA journal_mode=WAL")
        reader.execute("SELECT 1 FROM journal_head").fetchone()

        with pytest.raises(StillInUse):
            put_back(backup, home, replace=True)

    assert head(home)[1] == ACCOUNTS


def test_a_store_that_cannot_be_read_is_replaced_with_its_log(backup, home):
    (home / "tuyen.sqlite3").write_bytes(b"rubbish" * 5000)
    (home / "tuyen.sqlite3-wal").write_bytes(b"more rubbish")

    done = put_back(backup, home, replace=True)

    assert head(home)[1] == ACCOUNTS + 1
    assert not (home / "tuyen.sqlite3-wal").exists()
    assert (home / f"{done.aside}-wal").read_bytes() == b"more rubbish"


# --- What is not whole ------------------------------------------------------------------------


def refused(backup, kind, tmp_path):
    """The refusal of a restore, which must have put nothing in place."""
    with pytest.raises(kind) as caught:
        put_back(backup, tmp_path / "other")
    left = names(tmp_path / "other") if (tmp_path / "other").exists() else []
    assert left == []
    return str(caught.value)


def test_a_file_cut_short_is_found(backup, tmp_path):
    path = backup / "store.sqlite3"
    path.write_bytes(path.read_bytes()[:-1])

    assert "bytes where" in refused(backup, DamagedBackup, tmp_path)


@pytest.mark.parametrize("place", [0, 0.3, 0.7, 0.9999])
def test_a_single_bit_is_found(backup, tmp_path, place):
    path = backup / "store.sqlite3"
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1
    path.write_bytes(content)

    assert "digest" in refused(backup, DamagedBackup, tmp_path)


@pytest.mark.parametrize("place", [n / 12 for n in range(12)])
def test_a_changed_manifest_is_found(backup, tmp_path, place):
    path = backup / "manifest.json"
    content = bytearray(path.read_bytes())
    where = int(place * len(content))
    content[where] ^= 2
    path.write_bytes(content)

    if bytes(content).isspace() or chr(content[where] ^ 2).isspace():
        return  # a blank between values means nothing, whatever JSON makes of its change
    assert str(backup) in refused(backup, (DamagedBackup, OtherVersion), tmp_path)


def reseal(backup, **changes):
    """A manifest that a careful forger has sealed again."""
    kept = manifest.read(backup)
    manifest.write(backup, msgspec.structs.replace(kept, **changes))
    return kept


def test_a_lost_row_is_found_though_every_digest_is_right(backup, tmp_path):
    with closing(sqlite3.connect(backup / "store.sqlite3")) as db:
        db.execute("DELETE FROM access_user WHERE login = 'login7'")
        db.commit()
    path = backup / "store.sqlite3"
    reseal(backup, files={path.name: manifest.File(path.stat().st_size, files.digest(path))})

    assert "table access_user has 29 rows where 30 were kept" in refused(backup, NotWhole, tmp_path)


def test_a_changed_row_is_found_by_its_sample(backup, tmp_path):
    kept = manifest.read(backup)
    key = next(sample.key for sample in kept.facts.samples if sample.table == "access_user")
    with closing(sqlite3.connect(backup / "store.sqlite3")) as db:
        db.execute("UPDATE access_user SET name = 'X' WHERE id = ?", [key.removeprefix("s:")])
        db.commit()
    path = backup / "store.sqlite3"
    reseal(backup, files={path.name: manifest.File(path.stat().st_size, files.digest(path))})

    assert f"row {key} of access_user is not as it was" in refused(backup, NotWhole, tmp_path)


def test_a_broken_chain_is_found(backup, tmp_path):
    with closing(sqlite3.connect(backup / "store.sqlite3")) as db:
        db.execute("DROP TRIGGER journal_entry_no_UPDATE")
        db.execute("UPDATE journal_entry SET body = CAST('{}' AS BLOB) WHERE position = 5")
        db.commit()
    path = backup / "store.sqlite3"
    kept = manifest.read(backup)
    untold = msgspec.structs.replace(kept.facts, samples=[])
    digests = {path.name: manifest.File(path.stat().st_size, files.digest(path))}
    reseal(backup, files=digests, facts=untold)

    assert "journal entry 5" in refused(backup, NotWhole, tmp_path)


def test_a_later_schema_is_refused(backup, tmp_path):
    kept = manifest.read(backup)
    later = [*kept.facts.migrations, "journal.0999_from_the_future"]
    reseal(backup, facts=msgspec.structs.replace(kept.facts, migrations=later), program="9.1")

    said = refused(backup, OtherVersion, tmp_path)

    assert "version 9.1" in said
    assert "journal.0999_from_the_future" in said


def test_another_format_is_refused(backup, tmp_path):
    path = backup / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"format": 1', b'"format": 2'))

    assert "format 2 where 1 is known" in refused(backup, OtherVersion, tmp_path)


def test_a_file_outside_the_backup_is_never_named(backup, tmp_path):
    kept = manifest.read(backup)
    reseal(backup, files={**kept.files, "../../etc/passwd": manifest.File(1, "")})

    assert "other files" in refused(backup, DamagedBackup, tmp_path)


def test_what_is_not_a_backup_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()

    assert "no manifest.json" in refused(tmp_path / "empty", NotABackup, tmp_path)
    assert "no such folder" in refused(tmp_path / "nowhere", NotABackup, tmp_path)


def test_the_other_store_is_refused(backup, tmp_path):
    with pytest.raises(OtherStore):
        restore(source=backup, store=Server({"NAME": "x"}), home=tmp_path / "other", at=AT)


# --- Proof ------------------------------------------------------------------------------------


def test_a_scratch_restore_leaves_a_proof_and_nothing_else(backup, tmp_path):
    done = put_back(backup, tmp_path / "other", scratch=True)

    proof = manifest.proof_of(backup, manifest.read(backup))
    assert not (tmp_path / "other").exists()
    assert (proof.entries, proof.tables) == (ACCOUNTS, len(done.manifest.facts.tables))
    assert proof.at == "2026-10-25T06:00:00+00:00"


def test_a_proof_is_of_one_manifest(backup, home, tmp_path):
    put_back(backup, tmp_path / "other", scratch=True)
    made, kept = back_up(store=store(home), to=backup.parent, home=home, at=AT)
    shutil.copy(backup / "proof.json", made / "proof.json")

    assert manifest.proof_of(made, kept) is None


def told(monkeypatch, home, now):
    monkeypatch.setattr(doctor, "_home", lambda: home)
    monkeypatch.setattr(doctor.clock, "real_now", lambda: now)
    return [
        (finding.state, finding.sentence.format(**finding.values)) for finding in doctor.backups()
    ]


def test_the_doctor_asks_for_a_backup_then_for_a_proof_then_for_another(
    home, tmp_path, monkeypatch
):
    (finding,) = told(monkeypatch, home, AT)
    assert finding == ("warning", "No backup was ever made here.")

    made, _ = back_up(store=store(home), to=tmp_path / "b", home=home, at=AT)
    (finding,) = told(monkeypatch, home, AT)
    assert (finding[0], "unproven" in finding[1]) == ("warning", True)

    put_back(made, tmp_path / "other", scratch=True)
    (finding,) = told(monkeypatch, home, AT + timedelta(hours=23))
    assert (finding[0], "23 hours old" in finding[1]) == ("good", True)
    (finding,) = told(monkeypatch, home, AT + timedelta(hours=25))
    assert (finding[0], "25 hours old" in finding[1]) == ("warning", True)

    (made / "store.sqlite3").write_bytes(b"")
    (finding,) = told(monkeypatch, home, AT)
    assert (finding[0], "cannot be relied on" in finding[1]) == ("bad", True)


def test_only_the_program_declares_a_restore(send, operate, holder):
    forged = DeclareRestored(
        backup="b", made_at=AT, position=1, former_epoch=uuid7(), epoch=uuid7()
    )
    (receipt,) = send(holder(("administrator", NODE)), operate(forged))

    assert (receipt.status, receipt.refusal.code) == ("refused", "journal.not-by-hand")


def test_a_declared_restore_replays(send, operate, program):
    made = DeclareRestored(backup="b", made_at=AT, position=1, former_epoch=uuid7(), epoch=uuid7())
    send(program, operate(made))

    assert replay().same


# --- The commands -----------------------------------------------------------------------------


@pytest.fixture
def command(settings, home, capsys, monkeypatch):
    """Run ``tuyen``; returns (exit code, standard output, standard error)."""
    settings.DATABASES = {"default": at(home / "tuyen.sqlite3")}
    settings.TUYEN_HOME = home
    for name in ("TUYEN_HOME", "TUYEN_DATABASE_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)

    def run(*words):
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_backup_is_proved_at_once(command, tmp_path):
    code, out, err = command("backup", "--to", tmp_path / "b", "--prove", "--json")

    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert (answer["proved"], answer["entries"]) == (True, ACCOUNTS)
    assert answer["seconds"] >= answer["verified"]


def test_the_time_of_a_restore_is_shown(command, backup):
    code, out, _ = command("restore", backup, "--scratch")

    assert code == 0
    assert "Restored in " in out
    assert "Nothing was put in place" in out


def test_exit_codes_tell_findings_from_wrong_input(command, backup, tmp_path):
    assert command("restore", tmp_path / "nowhere", "--scratch")[0] == 2
    assert command("restore", backup)[::2] == (
        2,
        f"tuyen: {tmp_path}/home/tuyen.sqlite3 already holds an installation; add --replace to set"
        " it aside, or name another. [journal.not-empty]\n",
    )
    kept = manifest.read(backup)
    wrong = msgspec.structs.replace(kept.facts, position=29)
    reseal(backup, facts=wrong)
    code, _, err = command("restore", backup, "--scratch")
    assert (code, err.count("\n")) == (1, 1)
    assert "the journal does not end at 29" in err
