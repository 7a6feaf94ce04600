"""Travel surfaces go along with a backup, come back with it, and are held against their names."""

import tarfile
from hashlib import sha256

import msgspec
import pytest

from tuyen.apps.journal.backup import files, manifest, surfaces
from tuyen.apps.journal.backup.making import back_up
from tuyen.apps.journal.backup.refusals import NotWhole
from tuyen.apps.journal.backup.restoring import restore
from tuyen.apps.journal.backup.sealing import make_key, read_key

from .test_backup import AT, home, store, template  # noqa: F401  # the same small installation

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Overriding setting DATABASES"),
]
LAND, WAYS = b"a country" * 1000, b"ways over it"
NAMES = [f"{sha256(LAND).hexdigest()}.npz", f"ways-{'0' * 32}.npz"]


@pytest.fixture
def travelled(home):  # noqa: F811
    """The installation with a surface, its ways, one that is not what its name says, and a stray file."""
    folder = home / surfaces.FOLDER
    folder.mkdir()
    for name, content in zip(NAMES, (LAND, WAYS), strict=True):
        (folder / name).write_bytes(content)
    (folder / f"{'0' * 64}.npz").write_bytes(b"cut short")
    (folder / ".part").write_bytes(b"half written")
    return home


def made(travelled, tmp_path, key=None):
    return back_up(store=store(travelled), to=tmp_path / "b", home=travelled, at=AT, key=key)[0]


def found(home):  # noqa: F811
    folder = home / surfaces.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize("sealed", [False, True])
def test_surfaces_come_back_as_they_were_and_what_is_damaged_stays_behind(
    travelled, tmp_path, sealed
):
    key = None
    if sealed:
        make_key(tmp_path / "key")
        key = read_key(tmp_path / "key")
    empty = tmp_path / "new"

    restore(source=made(travelled, tmp_path, key), store=store(empty), home=empty, at=AT, key=key)

    assert found(empty) == sorted(NAMES)
    assert (empty / surfaces.FOLDER / NAMES[0]).read_bytes() == LAND
    assert (empty / surfaces.FOLDER / NAMES[1]).read_bytes() == WAYS


@pytest.mark.parametrize(
    ("name", "told"),
    [(f"{'1' * 64}.npz", "not what its name says"), ("../secret.key", "no travel surface")],
)
def test_a_surface_exchanged_for_another_is_found_though_every_digest_is_right(
    travelled, tmp_path, name, told
):
    backup = made(travelled, tmp_path)
    other = tmp_path / "other"
    other.write_bytes(b"another country")
    path = backup / manifest.SURFACES
    with tarfile.open(path, "w") as packed:
        packed.add(other, arcname=name)
    kept = manifest.read(backup)
    said = kept.files | {path.name: manifest.File(path.stat().st_size, files.digest(path))}
    manifest.write(backup, msgspec.structs.replace(kept, files=said))
    empty = tmp_path / "new"

    with pytest.raises(NotWhole, match=told):
        restore(source=backup, store=store(empty), home=empty, at=AT)

    assert found(empty) == []
    assert not (empty / "tuyen.sqlite3").exists()


def test_a_backup_without_surfaces_has_no_such_file(home, tmp_path):  # noqa: F811
    assert not (made(home, tmp_path) / manifest.SURFACES).exists()
