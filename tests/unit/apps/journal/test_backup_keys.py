"""A backup under a key: had back with it and by nobody without it; and which old ones are kept."""

import os
import shutil
import stat
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.apps.journal.backup import files, manifest, pruning, sealing
from tuyen.apps.journal.backup.making import back_up
from tuyen.apps.journal.backup.refusals import (
    BadKeyFile,
    DamagedBackup,
    KeyNeeded,
    KeyTooNear,
    OtherKey,
)
from tuyen.apps.journal.backup.restoring import restore
from tuyen.cli.main import main
from tuyen.rules.journal import Keep

from .test_backup import AT, home, store, template  # noqa: F401  # the same small installation

BLOCK = sealing._BLOCK


@pytest.fixture
def key(tmp_path):
    sealing.make_key(tmp_path / "backup.key")
    return sealing.read_key(tmp_path / "backup.key")


@pytest.fixture
def sealed(home, tmp_path, key, db):  # noqa: F811
    made, _ = back_up(store=store(home), to=tmp_path / "b", home=home, at=AT, secret=True, key=key)
    return made


def test_a_sealed_backup_comes_back_with_its_key(sealed, tmp_path, key):
    empty = tmp_path / "new"

    done = restore(source=sealed, store=store(empty), home=empty, at=AT, key=key)

    assert done.entries == 30
    assert (empty / "secret.key").read_text() == "not for everybody"
    left = [path.name for path in empty.iterdir() if path.name.startswith(".")]
    assert left == [], "nothing unsealed stays behind"


def test_the_key_that_signs_certificates_comes_back_and_the_one_it_replaces_is_kept(
    home,  # noqa: F811
    tmp_path,
    key,
    db,
):
    folder = home / "certificates"
    folder.mkdir(exist_ok=True)
    (folder / "issuer.key").write_text("signs booklets")
    (folder / "issuer.pem").write_text("for others")
    made, _ = back_up(store=store(home), to=tmp_path / "b", home=home, at=AT, key=key)
    assert b"signs booklets" not in b"".join(path.read_bytes() for path in made.iterdir())
    new = tmp_path / "new"
    (new / "certificates").mkdir(parents=True)
    (new / "certificates" / "issuer.key").write_text("made since")

    restore(source=made, store=store(new), home=new, at=AT, key=key)

    kept = new / "certificates" / "issuer.key"
    assert kept.read_text() == "signs booklets"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert (new / "certificates" / "issuer.pem").read_text() == "for others"
    (aside,) = (new / "certificates").glob("issuer.key.*")
    assert aside.read_text() == "made since"
    assert not (new / "secret.key").exists()


def test_an_open_backup_has_no_key_that_signs(home, tmp_path, db):  # noqa: F811
    (home / "certificates").mkdir(exist_ok=True)
    (home / "certificates" / "issuer.key").write_text("signs booklets")
    (home / "certificates" / "issuer.pem").write_text("for others")

    made, _ = back_up(store=store(home), to=tmp_path / "b", home=home, at=AT)

    assert {"issuer.pem"} == {path.name for path in made.glob("issuer*")}


def test_a_file_that_the_manifest_does_not_name_is_not_put_in_place(home, tmp_path, db):  # noqa: F811
    made, _ = back_up(store=store(home), to=tmp_path / "b", home=home, at=AT)
    (made / "secret.key").write_text("slipped in by somebody")

    restore(source=made, store=store(tmp_path / "new"), home=tmp_path / "new", at=AT)

    assert not (tmp_path / "new" / "secret.key").exists()


def test_nothing_of_a_sealed_backup_can_be_read(sealed, tmp_path):
    found = {path.name: path for path in sealed.iterdir()}
    content = b"".join(path.read_bytes() for path in found.values())

    assert found.keys() == {"manifest.json", "store.sqlite3.sealed", "secret.key.sealed"}
    for word in (b"SQLite format", "Giàng Thị Mỷ".encode(), b"login3", b"not for everybody"):
        assert word not in content, word
    assert {stat.S_IMODE(path.stat().st_mode) for path in found.values()} == {0o600}


def test_the_wrong_key_and_no_key_are_told_apart(sealed, tmp_path, key):
    other = bytes(reversed(key))

    for given_key, refusal in ((None, KeyNeeded), (other, OtherKey)):
        with pytest.raises(refusal, match=sealing.key_id(key)):
            restore(source=sealed, store=store(tmp_path / "x"), home=tmp_path / "x", at=AT,
                    scratch=True, key=given_key)  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_files_of_any_size_come_back(size, tmp_path, key):
    (tmp_path / "a").write_bytes(os.urandom(size))
    sealing.seal(tmp_path / "a", tmp_path / "a.sealed", key)
    (tmp_path / "out").mkdir()

    sealing.unseal(tmp_path / "a.sealed", tmp_path / "out" / "a", key)

    assert files.digest(tmp_path / "out" / "a") == files.digest(tmp_path / "a")


@pytest.mark.parametrize(
    "harm", ["bit", "last bit", "cut", "cut at a block", "swapped", "renamed", "more"]
)
def test_a_sealed_file_that_was_changed_is_refused_and_leaves_nothing(harm, tmp_path, key):
    """The manifest's digests would say so too; the seal holds without them."""
    (tmp_path / "a").write_bytes(os.urandom(3 * BLOCK))
    sealing.seal(tmp_path / "a", tmp_path / "a.sealed", key)
    whole = (tmp_path / "a.sealed").read_bytes()
    unit, start = BLOCK + 16, 7
    blocks = [whole[start + n * unit : start + (n + 1) * unit] for n in range(3)]
    changed = {
        "bit": whole[:99] + bytes([whole[99] ^ 1]) + whole[100:],
        "last bit": whole[:-1] + bytes([whole[-1] ^ 1]),
        "cut": whole[:-5],
        "cut at a block": whole[: start + 2 * unit],
        "swapped": whole[:start] + blocks[1] + blocks[0] + blocks[2],
        "renamed": whole,
        "more": whole + blocks[0],
    }[harm]
    (tmp_path / "b.sealed").write_bytes(changed)
    target = tmp_path / "out" / ("b" if harm == "renamed" else "a")
    target.parent.mkdir()

    with pytest.raises(DamagedBackup):
        sealing.unseal(tmp_path / "b.sealed", target, key)

    assert not target.exists()


def test_a_key_is_not_kept_where_the_backup_is(tmp_path):
    (tmp_path / "b").mkdir()
    sealing.make_key(tmp_path / "b" / "key")
    (tmp_path / "plain").write_text("tuyen-backup-key-1:abcd")

    with pytest.raises(KeyTooNear):
        sealing.read_key(tmp_path / "b" / "key", tmp_path / "b")
    with pytest.raises(BadKeyFile):
        sealing.read_key(tmp_path / "plain")
    with pytest.raises(BadKeyFile):
        sealing.make_key(tmp_path / "plain")


def test_the_commands_make_a_key_seal_with_it_and_prove(home, tmp_path, capsys, db, settings):  # noqa: F811
    settings.DATABASES = {"default": {"ENGINE": "x.sqlite3", "NAME": str(home / "tuyen.sqlite3")}}
    settings.TUYEN_HOME = home
    where, file = str(tmp_path / "b"), str(tmp_path / "k")

    made = [main(["backup", "--make-key", file]),
            main(["backup", "--to", where, "--key-file", file, "--prove", "--prune"])]  # fmt: skip
    (folder,) = (tmp_path / "b").glob("tuyen-*")
    refused = main(["restore", str(folder), "--scratch"])

    assert (made, refused) == ([0, 0], 2)
    assert "--key-file" in capsys.readouterr().err
    assert manifest.proof_of(folder, manifest.read(folder)) is not None


# --- Which are kept -----------------------------------------------------------------------------

DAYS = [datetime(2024, 1, 1, 23, tzinfo=UTC) + timedelta(days=n) for n in range(800)]


def test_of_two_years_of_nights_days_weeks_and_months_are_kept():
    kept = sorted(pruning.to_keep(DAYS, Keep(daily=7, weekly=4, monthly=12)))

    assert kept[-7:] == DAYS[-7:]
    assert len({day.isocalendar()[:2] for day in kept[-12:]}) >= 4
    assert len({(day.year, day.month) for day in kept}) == 12
    assert len(kept) <= 7 + 4 + 12


@given(st.sets(st.sampled_from(DAYS), min_size=1), st.tuples(*[st.integers(0, 9)] * 3))
def test_a_rule_keeps_the_newest_and_never_more_than_it_says(made, numbers):
    rule = Keep(*numbers)

    kept = pruning.to_keep(made, rule)

    assert max(made) in kept <= made
    assert len(kept) <= max(1, sum(numbers))
    assert pruning.to_keep(kept, rule) == kept, "pruning twice is pruning once"


def test_pruning_spares_the_newest_that_was_proved_and_what_is_no_backup(home, tmp_path, db):  # noqa: F811
    made = [
        back_up(store=store(home), to=tmp_path / "b", home=home, at=AT + timedelta(days=n))[0]
        for n in range(5)
    ]
    restore(source=made[1], store=store(tmp_path / "x"), home=tmp_path / "x", at=AT, scratch=True)
    (tmp_path / "b" / "tuyen-notes").mkdir()
    shutil.copytree(made[0], tmp_path / "b" / "tuyen-broken")
    (tmp_path / "b" / "tuyen-broken" / "manifest.json").write_text("{}")

    done = pruning.prune(tmp_path / "b", Keep(daily=2, weekly=0, monthly=0))

    assert done.removed == (made[0], made[2])
    assert done.kept == (made[1], made[3], made[4])
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == sorted(
        [*(path.name for path in done.kept), "tuyen-notes", "tuyen-broken"]
    )
