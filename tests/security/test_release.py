"""A release can be built again to the last byte, and what was not signed is not taken."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "ops"))
import release


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small tree of the shape of ours, without a repository."""
    root = tmp_path / "source"
    (root / "src" / "tuyen" / "rules").mkdir(parents=True)
    for n in range(21):
        (root / "src" / "tuyen" / "rules" / f"r{n}.yaml").write_text(f"n: {n}\n")
    (root / "src" / "tuyen" / "__init__.py").write_text("")
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture
def signed(tmp_path: Path, source: Path, monkeypatch):
    """(the release, the key that proves it)"""
    monkeypatch.setattr(release, "ROOT", source)
    private, public, out = tmp_path / "a.pem", tmp_path / "b.pem", tmp_path / "out"
    assert release.main(["key", str(private), str(public)]) == 0
    assert private.stat().st_mode & 0o777 == 0o600
    assert release.main(["build", str(out), "--key", str(private)]) == 0
    return out, public


@pytest.mark.check("CF-06")
def test_two_builds_in_two_places_at_two_times_are_the_same_bytes(source, tmp_path):
    other = tmp_path / "elsewhere" / "deeper"
    shutil.copytree(source, other)
    for n, path in enumerate(sorted(other.rglob("*"), reverse=True)):
        if path.is_file():
            path.chmod(0o600 if n % 2 else 0o755)
            path.touch()
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()

    assert release.wheel(one, source).read_bytes() == release.wheel(two, other).read_bytes()


@pytest.mark.check("CF-06")
def test_the_program_itself_is_built_alike_and_whole(tmp_path):
    built = [release.wheel(folder) for folder in (tmp_path / "a", tmp_path / "b")
             if folder.mkdir() is None]  # fmt: skip
    names = set(zipfile.ZipFile(built[0]).namelist())

    assert built[0].read_bytes() == built[1].read_bytes()
    assert {"tuyen/project/settings.py", "tuyen/rules/access/roles.yaml"} <= names
    assert not [name for name in names if name.endswith((".pyc", ".key", ".sqlite3"))]
    done = subprocess.run(
        [sys.executable, "-c", "import tuyen, sys; print(tuyen.__file__)"],
        env={"PYTHONPATH": str(built[0])}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(built[0]) in done.stdout


@pytest.mark.check("CF-06", mutant=True)
def test_mutant_a_build_that_holds_the_hour_is_found(source, tmp_path, monkeypatch, capsys):
    from itertools import count

    hours = count()
    monkeypatch.setattr(release, "ROOT", source)
    monkeypatch.setattr(release, "_moment", lambda root: (2026, 1, 1 + next(hours) % 27, 0, 0, 0))

    assert release.main(["build", str(tmp_path / "out")]) == 1
    assert "not the same bytes" in capsys.readouterr().err


@pytest.mark.check("CF-06")
def test_what_was_signed_is_taken(signed):
    out, public = signed

    assert release.main(["verify", str(out), str(public)]) == 0


DEFECTS = {
    "a changed file": lambda out: next(out.glob("*.whl")).open("ab").write(b"x"),
    "a file more": lambda out: (out / "extra.js").write_text("x"),
    "a file less": lambda out: next(out.glob("*.whl")).unlink(),
    "another manifest": lambda out: (out / "manifest.json").write_bytes(b'{"files": {}}'),
    "no signature": lambda out: (out / "manifest.sig").unlink(),
    "half a signature": lambda out: (out / "manifest.sig").write_text("abcd"),
}


@pytest.mark.check("CF-06")
@pytest.mark.parametrize("why", DEFECTS)
def test_what_was_not_signed_is_not_taken(why, signed):
    out, public = signed
    DEFECTS[why](out)

    assert release.main(["verify", str(out), str(public)]) == 1


@pytest.mark.check("CF-06")
def test_another_key_proves_nothing(signed, tmp_path):
    out, _public = signed
    release.main(["key", str(tmp_path / "c.pem"), str(tmp_path / "d.pem")])

    assert release.main(["verify", str(out), str(tmp_path / "d.pem")]) == 1


@pytest.mark.check("CF-06", mutant=True)
def test_mutant_a_proof_that_looks_at_no_file_is_found(signed, monkeypatch):
    out, public = signed
    said = (out / "manifest.json").read_bytes()
    monkeypatch.setattr(release, "manifest", lambda folder: said)

    with pytest.raises(AssertionError):
        test_what_was_not_signed_is_not_taken("a changed file", (out, public))
