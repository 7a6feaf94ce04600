"""What is compiled is compiled once on a machine, and whoever serves knows whether it was."""

import subprocess
import sys

import pytest

from tuyen.cli import compiled, compiling
from tuyen.cli.main import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    return tmp_path / "numba"


def test_each_part_is_marked_for_itself_and_for_this_version_of_the_engines(
    folder, tmp_path, monkeypatch
):
    assert not compiled.is_compiled(compiled.PAGES)
    compiled.mark_compiled(compiled.PAGES)
    assert compiled.is_compiled(compiled.PAGES)
    assert not compiled.is_compiled(compiled.ALL)

    engines = tmp_path / "engines"
    engines.mkdir()
    (engines / "kernel.py").write_text("a = 1\n")
    monkeypatch.setattr(compiled, "_ENGINES", engines)
    assert not compiled.is_compiled(compiled.PAGES)
    compiled.mark_compiled(compiled.PAGES)
    assert len(list(folder.glob("pages-*"))) == 1
    (engines / "kernel.py").write_text("a = 10\n")
    assert not compiled.is_compiled(compiled.PAGES)


def test_one_process_compiles_and_the_others_wait_for_it(monkeypatch):
    begun = []

    def another():
        """One that ends at once, as it does where somebody else is at it."""
        begun.append(subprocess.Popen([sys.executable, "-c", ""]))
        begun[-1].wait()
        return begun[-1]

    asked = []
    monkeypatch.setattr(compiled, "start", another)
    monkeypatch.setattr(
        compiled.time, "sleep", lambda _s: (asked.append(1), compiled.mark_compiled(compiled.PAGES))
    )
    held = compiled.alone()
    assert held is not None
    assert compiled.alone() is None

    assert compiled.compile_beside() is begun[0]

    assert asked == [1]
    held.close()
    compiled.mark_compiled(compiled.ALL)
    assert compiled.compile_beside() is None
    assert len(begun) == 1


def test_a_process_that_fails_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(
        compiled, "start", lambda: subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])
    )

    child = compiled.compile_beside()

    assert child is not None
    assert child.returncode == 1
    assert not compiled.is_compiled(compiled.PAGES)


def test_a_part_that_cannot_be_compiled_is_not_marked_as_done(monkeypatch, capfd, tmp_path):
    monkeypatch.setattr(compiling, "_OTHERS", {"nothing": ("nothing", lambda: None)})
    monkeypatch.setattr(
        compiling, "_FOR_PAGES", {}
    )  # the program that is called knows no such part

    assert main(["compile", "--home", str(tmp_path)]) == 2

    assert "nothing" in capfd.readouterr().err
    assert compiled.is_compiled(compiled.PAGES)
    assert not compiled.is_compiled(compiled.ALL)
