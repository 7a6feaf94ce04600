"""What is served is safe to serve, or is not served; what we depend on is known."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib

import pytest
from django.conf import settings

from tests import passwords
from tests.conftest import ROOT
from tests.house.source import PACKAGE, modules
from tuyen.project import home, safety

GOOD = {
    "loopback": False,
    "debug": False,
    "key": "k3Yx" * 12 + "abcdefghij",
    "hosts": ["tuyen.example"],
}
UNSAFE = {
    "DEBUG": {"debug": True},
    "a short key": {"key": "short"},
    "a plain key": {"key": "a" * 60},
    "a wildcard host": {"hosts": ["*"]},
    "a wildcard domain": {"hosts": [".example"]},
    "plain HTTP beyond this machine": {"loopback": True},
}


@pytest.mark.check("CF-01")
@pytest.mark.parametrize("why", UNSAFE)
def test_an_unsafe_installation_is_refused(why):
    assert safety.faults(**GOOD) == []
    assert safety.faults(**GOOD | UNSAFE[why]) != []


@pytest.mark.check("CF-01")
@pytest.mark.parametrize(
    ("environment", "starts"),
    [
        ({"TUYEN_HOSTS": "tuyen.example"}, True),
        ({"TUYEN_HOSTS": "tuyen.example", "TUYEN_DEBUG": "1"}, False),
        ({"TUYEN_HOSTS": "tuyen.example", "TUYEN_SECRET_KEY": "changeme"}, False),
        ({"TUYEN_HOSTS": "*"}, False),
        ({"TUYEN_HOSTS": "tuyen.example", "TUYEN_LOOPBACK": "1"}, False),
        ({"TUYEN_LOOPBACK": "1", "TUYEN_DEBUG": "1"}, True),
    ],
)
def test_the_program_itself_does_not_start_unsafe(environment, starts, tmp_path):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TUYEN_")}
    done = subprocess.run(
        [sys.executable, "-c", "import tuyen.project.settings"], capture_output=True, text=True,
        env={**kept, "PYTHONPATH": str(ROOT / "src"), "TUYEN_HOME": str(tmp_path), **environment},
    )  # fmt: skip

    assert (done.returncode == 0) is starts, done.stderr[-500:]
    if not starts:
        assert "would not be safe to serve" in done.stderr


@pytest.mark.check("CF-01", mutant=True)
@pytest.mark.parametrize("why", UNSAFE)
def test_mutant_a_start_that_checks_nothing_is_found(why, monkeypatch):
    monkeypatch.setattr(safety, "faults", lambda **given: [])

    with pytest.raises(AssertionError):
        test_an_unsafe_installation_is_refused(why)


@pytest.mark.check("CF-01")
def test_a_commit_outlives_a_power_cut_on_both_stores(monkeypatch):
    monkeypatch.setenv("TUYEN_DATABASE_URL", "postgresql:///tuyen?host=/run/x")
    assert "synchronous_commit=on" in home.database()["OPTIONS"]["options"]
    monkeypatch.setenv("TUYEN_DATABASE_URL", "sqlite:////x/y")
    assert "synchronous=FULL" in home.database()["OPTIONS"]["init_command"]


@pytest.mark.check("CF-01")
def test_a_new_key_is_long_and_for_its_owner_only(monkeypatch, tmp_path):
    monkeypatch.setenv("TUYEN_HOME", str(tmp_path))

    assert len(home.secret_key()) >= safety.SHORTEST_KEY
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


# -- CF-05, CF-07 ----------------------------------------------------------------------------------

MOST_DIRECT = 25


def unpinned(lock: str) -> list[str]:
    """Requirements of a lock without an exact version or without a hash."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock)
    named = [block for block in blocks if re.match(r"[A-Za-z0-9][^\n]*==", block)]
    loose = [b for b in blocks if re.match(r"[A-Za-z0-9]", b) and b not in named]
    return [b.splitlines()[0] for b in loose + [b for b in named if "--hash=sha256:" not in b]]


@pytest.mark.check("CF-05")
@pytest.mark.parametrize("name", ["runtime", "build", "dev", "docs", "bench"])
def test_every_dependency_is_locked_with_its_hash(name):
    assert unpinned((ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")) == []


@pytest.mark.check("CF-05")
def test_direct_dependencies_are_few():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert len(project["project"]["dependencies"]) <= MOST_DIRECT


@pytest.mark.check("CF-05", mutant=True)
def test_mutant_a_loose_or_unhashed_requirement_is_found():
    lock = "good==1.0 \\\n    --hash=sha256:00\nbare==2.0\nloose>=3\n"

    assert unpinned(lock) == ["loose>=3", "bare==2.0"]


def bill(tmp_path) -> dict:
    """What `ops/sbom.py` writes."""
    out = tmp_path / "sbom.json"
    subprocess.run([sys.executable, str(ROOT / "ops" / "sbom.py"), "--out", str(out)], check=True)
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.mark.check("CF-05")
def test_the_list_of_parts_names_every_locked_package_with_its_hashes(tmp_path):
    lock = (ROOT / "requirements" / "runtime.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", lock, re.MULTILINE))
    listed = bill(tmp_path)["components"]

    assert {part["name"]: part["version"] for part in listed} == locked
    assert all(part["hashes"] for part in listed)
    assert len(listed) >= 20


WEAK = {"md5", "sha1", "new"}
DEMANDED = {"apps/claims/portal.py": "hashlib.md5"}
"""The insurer's portal takes a password in no other form; it guards nothing, TLS does."""


def weak_hashes(package) -> list[str]:
    """Uses of a broken hash, and of random numbers that can be foretold where secrets are made."""
    findings = []
    for module in modules(package):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                use = f"{node.value.id}.{node.attr}"
                demanded = DEMANDED.get("/".join(module.inside)) == use
                if node.value.id == "hashlib" and node.attr in WEAK and not demanded:
                    findings.append(f"{module.at(node)}: {use}")
                if node.value.id == "random" and module.room == "access":
                    findings.append(f"{module.at(node)}: random.{node.attr}")
    return findings


@pytest.mark.check("CF-07")
def test_passwords_take_argon2id_and_no_hash_is_broken():
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert passwords.SPENT["memory_cost"] >= 19 * 1024  # KiB, with two rounds: what OWASP asks for
    assert passwords.SPENT["time_cost"] >= 2
    assert weak_hashes(PACKAGE) == []


@pytest.mark.check("CF-07", mutant=True)
def test_mutant_a_broken_hash_is_found(tmp_path):
    from tests.house.source import plant

    package = plant(tmp_path, {"apps/access/services.py": "import hashlib\nhashlib.md5(b'')\n"})

    assert weak_hashes(package) == ["apps/access/services.py:2: hashlib.md5"]


@pytest.mark.check("IN-08")
def test_nothing_read_becomes_code():
    assert code_from_data(PACKAGE) == []


CODE = {
    ("pickle", "loads"), ("pickle", "load"), ("marshal", "loads"), ("yaml", "load"),
    ("yaml", "unsafe_load"), ("yaml", "full_load"), ("shelve", "open"), ("dill", "loads"),
}  # fmt: skip


def code_from_data(package) -> list[str]:
    """Readers that make objects or run code: pickle and its kin, YAML objects, eval."""
    findings = []
    for module in modules(package):
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            func = node.func
            if isinstance(func, ast.Name) and func.id in ("eval", "exec", "compile", "__import__"):
                findings.append(f"{module.at(node)}: {func.id}()")
            receiver = getattr(getattr(func, "value", None), "id", "")
            if isinstance(func, ast.Attribute) and (receiver, func.attr) in CODE:
                findings.append(f"{module.at(node)}: {receiver}.{func.attr}()")
    return findings


@pytest.mark.check("IN-08", mutant=True)
def test_mutant_a_pickle_and_an_eval_are_found(tmp_path):
    from tests.house.source import plant

    package = plant(
        tmp_path, {"web/a.py": "import pickle\npickle.loads(b'')\neval('1')\nyaml.load(x)\n"}
    )

    assert len(code_from_data(package)) == 3
