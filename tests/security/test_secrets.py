"""Secrets: in files of their owner's, in nothing else, and changed without locking anybody out."""

import os
import re
import subprocess

import pyotp
import pytest
from cryptography.exceptions import InvalidTag

from tests.conftest import ROOT
from tests.security.entering import SECRET
from tuyen.apps.access.factor_models import CodeMaker
from tuyen.apps.access.services import factors, rotation
from tuyen.cli import rotation as command
from tuyen.project import home

PATTERNS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}",
    "a cloud key": r"\bAKIA[0-9A-Z]{16}\b",
    "a token of a forge": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20})\b",
    "a signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "a password in an address": r"://[^\s/:@'\"{}<>]+:(?!p@|PASSWORD@|x@|\.\.\.@)[^\s/:@'\"{}<>]{3,}@",
    "a long secret": r"(?i)(?:secret|token|passwor[dt]|api_?key)\w*\s*[:=]\s*['\"][A-Za-z0-9+/_-]{32,}['\"]",
}
KNOWN = {SECRET}  # of tests, and of nothing else


def secrets_in(text: str) -> list[str]:
    """What looks like a secret in a text, by what it looks like."""
    return [
        why
        for why, pattern in PATTERNS.items()
        for found in re.finditer(pattern, text)
        if not any(known in found.group() for known in KNOWN)
    ]


@pytest.mark.check("CF-04")
def test_no_file_of_the_repository_holds_a_secret():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    if listed.returncode:
        pytest.skip("not a repository")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert not [p for p in paths if p.suffix in (".key", ".pem", ".p12", ".pfx", ".kdbx", ".env")]
    text = {p: p.read_text(encoding="utf-8", errors="replace") for p in paths if p.is_file()}

    assert len(text) > 500
    assert {
        str(p.relative_to(ROOT)): found for p, t in text.items() if (found := secrets_in(t))
    } == {}


@pytest.mark.check("CF-04", mutant=True)
@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN PRIVATE KEY-----\n" + "M" * 64,
        "key = 'AKIA" + "Z" * 16 + "'",
        "url = 'postgresql://tuyen:" + "hunter22" + "@db/tuyen'",
        "SECRET_KEY = '" + "a1B2" * 10 + "'",
    ],
)
def test_mutant_a_secret_in_a_file_is_found(planted):
    assert secrets_in(planted) != []


@pytest.mark.check("CF-04")
def test_a_key_that_others_can_read_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("TUYEN_HOME", str(tmp_path))
    key, path = home.secret_key(), tmp_path / "secret.key"

    assert path.stat().st_mode & 0o777 == 0o600
    assert home.secret_key() == key
    for mode in (0o640, 0o604, 0o660, 0o666):
        path.chmod(mode)
        with pytest.raises(home.OpenKey):
            home.secret_key()


@pytest.mark.check("CF-04")
def test_a_vault_may_name_its_own_file(monkeypatch, tmp_path):
    monkeypatch.setenv("TUYEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TUYEN_SECRET_KEY_FILE", str(tmp_path / "mounted"))
    with pytest.raises(home.NoKeyFile):
        home.secret_key()

    (tmp_path / "mounted").write_text("k3Yx" * 12)
    (tmp_path / "mounted").chmod(0o400)
    assert home.secret_key() == "k3Yx" * 12
    assert not (tmp_path / "home").exists()


@pytest.mark.check("CF-04", mutant=True)
def test_mutant_a_key_that_is_read_whoever_may_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(
        home, "secret_key", lambda: (tmp_path / "secret.key").read_text(encoding="ascii")
    )
    (tmp_path / "secret.key").write_text("x")
    (tmp_path / "secret.key").chmod(0o600)

    with pytest.raises(pytest.fail.Exception):
        test_a_key_that_others_can_read_is_refused(monkeypatch, tmp_path)


@pytest.fixture
def enrolled(person, settings):
    """Somebody whose app gives codes, under the installation's present key."""
    who = person()
    who.enrol_codes()
    return who


def rotated(monkeypatch, tmp_path, capsys) -> str:
    """The key after ``tuyen rotate-key``."""
    from django.conf import settings

    from tuyen.cli.main import main

    monkeypatch.setattr(settings, "TUYEN_HOME", tmp_path)
    for name in ("TUYEN_SECRET_KEY", "TUYEN_SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert main(["rotate-key"]) == 0, capsys.readouterr().err
    return (tmp_path / "secret.key").read_text(encoding="ascii")


@pytest.mark.check("CF-04")
def test_a_key_is_changed_and_every_app_goes_on(enrolled, settings, monkeypatch, tmp_path, capsys):
    old, sealed = settings.SECRET_KEY, bytes(CodeMaker.objects.get().secret)
    new = rotated(monkeypatch, tmp_path, capsys)
    row = CodeMaker.objects.get()

    assert new != old
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "secret.key.new").exists()
    assert bytes(row.secret) != sealed
    with pytest.raises(InvalidTag):
        factors.unseal(bytes(row.secret), enrolled.user)
    settings.SECRET_KEY = new
    assert pyotp.TOTP(factors.unseal(bytes(row.secret), enrolled.user)).secret == SECRET


@pytest.mark.check("CF-04")
def test_a_session_of_the_old_key_is_over(enrolled, client, settings):
    from tests.security.conftest import BACKEND
    from tuyen.apps.access.models import User

    client.force_login(User.objects.get(pk=enrolled.user), backend=BACKEND)
    before = client.session.get("_auth_user_hash")
    settings.SECRET_KEY = "another" * 8

    assert User.objects.get(pk=enrolled.user).get_session_auth_hash() != before
    assert client.get("/account/").status_code == 302


@pytest.mark.check("CF-04")
def test_a_change_that_was_cut_off_is_finished(enrolled, settings, monkeypatch, tmp_path, capsys):
    """Sealed anew and not yet put in place: the second run takes the key that the first made."""
    kept = command._made(tmp_path / "secret.key.new")
    rotation.reseal(old=settings.SECRET_KEY, new=kept)

    assert rotated(monkeypatch, tmp_path, capsys) == kept
    settings.SECRET_KEY = kept
    assert factors.unseal(bytes(CodeMaker.objects.get().secret), enrolled.user) == SECRET


@pytest.mark.check("CF-04", mutant=True)
def test_mutant_a_change_that_seals_nothing_anew_is_found(
    enrolled, settings, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(rotation, "reseal", lambda *, old, new: 0)

    with pytest.raises(AssertionError):
        test_a_key_is_changed_and_every_app_goes_on(
            enrolled, settings, monkeypatch, tmp_path, capsys
        )


@pytest.mark.check("CF-04")
def test_a_key_of_the_environment_is_changed_where_it_is_kept(monkeypatch, tmp_path):
    from django.conf import settings

    monkeypatch.setattr(settings, "TUYEN_HOME", tmp_path)
    monkeypatch.setenv("TUYEN_SECRET_KEY", "k3Yx" * 12)
    from tuyen.cli.main import main

    assert main(["rotate-key"]) == 2
    assert os.listdir(tmp_path) == []
