"""The script that starts everything: what it counts, what it installs, what it says."""

import importlib.machinery
import importlib.util
import json

import pytest

from tests.house.source import ROOT


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The script as a module, working in a folder of its own."""
    loader = importlib.machinery.SourceFileLoader("tuyen_run", str(ROOT / "run"))
    spec = importlib.util.spec_from_loader("tuyen_run", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    for name, folder in {"TOOLS": ".tools", "VENV": ".venv", "LOCKS": "requirements"}.items():
        (tmp_path / folder).mkdir()
        monkeypatch.setattr(module, name, tmp_path / folder)
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "stamp.json")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "python")
    for group in module.GROUPS:
        (tmp_path / "requirements" / f"{group}.lock").write_text("")
    return module


def test_locks_of_two_groups_become_one(run):
    (run.LOCKS / "runtime.lock").write_text("b==1 \\\n    --hash=sha256:b\n")
    (run.LOCKS / "dev.lock").write_text(
        "a==2 \\\n    --hash=sha256:a\nb==1 \\\n    --hash=sha256:b\n"
    )

    assert run.merged_lock(["runtime", "dev"]) == "a==2 --hash=sha256:a\nb==1 --hash=sha256:b\n"


def test_setup_installs_once_and_keeps_what_is_there(run, monkeypatch):
    installed = []
    monkeypatch.setattr(run, "install", installed.append)
    run.PYTHON.touch()

    run.setup()
    run.setup()
    run.setup("dev")
    run.setup()

    assert installed == [["runtime", "build"], ["runtime", "build", "dev"]]


def test_setup_installs_again_when_a_lock_changes(run, monkeypatch):
    installed = []
    monkeypatch.setattr(run, "install", installed.append)
    run.PYTHON.touch()
    run.setup()

    (run.LOCKS / "docs.lock").write_text("a==1 --hash=sha256:a\n")
    run.setup()

    assert len(installed) == 2
    assert json.loads(run.STAMP.read_text())["groups"] == ["runtime", "build"]


def report(*, tests, failures=0, errors=0, skipped=0):
    return (
        f'<testsuites><testsuite tests="{tests}" failures="{failures}" errors="{errors}"'
        f' skipped="{skipped}"/></testsuites>'
    )


def test_the_sum_is_over_all_runs_and_is_the_last_line(run, tmp_path, capsys):
    tally = run.Tally()
    for part in (report(tests=10, skipped=2), report(tests=5)):
        path = tmp_path / "junit.xml"
        path.write_text(part)
        tally._count(path)
    tally.absent.append("Journeys in Chromium: no chromium")

    code = tally.close()

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert lines[-2:] == [
        "Did not run: Journeys in Chromium: no chromium.",
        "13 passed, 0 failed, 2 skipped",
    ]


@pytest.mark.parametrize(
    ("why", "counts", "broken"),
    [
        ("a test failed", {"tests": 3, "failures": 1}, []),
        ("a test could not be set up", {"tests": 3, "errors": 1}, []),
        ("a linter failed", {"tests": 3}, ["mypy"]),
        ("nothing ran", {"tests": 0}, []),
    ],
)
def test_whatever_fails_fails_the_run(run, tmp_path, why, counts, broken):
    tally = run.Tally()
    tally.broken += broken
    path = tmp_path / "junit.xml"
    path.write_text(report(**counts))
    tally._count(path)

    assert tally.close() == 1, why


def test_a_failed_linter_never_reads_as_nothing_failed(run, capsys):
    tally = run.Tally()
    tally.passed = 7
    tally.broken.append("mypy")

    tally.close()

    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 1 failed, 0 skipped"


def test_what_is_missing_is_said_in_one_sentence(run, monkeypatch):
    monkeypatch.setattr(run.os, "geteuid", lambda: 1000)

    with pytest.raises(run.Missing) as missing:
        run.apt_install("postgresql-15")

    assert str(missing.value) == (
        "the Debian package is missing: run `apt install postgresql-15` as root, then again"
    )


def test_paths_are_told_from_options(run):
    paths, options = run.split_paths(["tests/unit/ops", "-k", "run", "tests/house/source.py::x"])

    assert paths == ["tests/unit/ops", "tests/house/source.py::x"]
    assert options == ["-k", "run"]
