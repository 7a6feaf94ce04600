"""Whoever holds the machine helps somebody in; what is printed holds for as long as it says."""

from datetime import date

import pytest

from tuyen.apps.access import services
from tuyen.apps.access.models import RecoveryCode, User
from tuyen.apps.access.operations import OpenAccount
from tuyen.apps.access.services import factors
from tuyen.apps.journal.models import Entry
from tuyen.apps.journal.services import commit
from tuyen.cli import access
from tuyen.cli.main import main
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """The store of the test is the installation."""
    monkeypatch.setattr(access, "office", lambda home, owner=False: None)


@pytest.fixture
def sole():
    """A sole administrator with a password and recovery codes."""
    from django.utils import timezone

    from tuyen.apps.access.actors import Actor

    now = timezone.now()
    made = Operation.of(OpenAccount(login="quantri", name="Lò Thị Quản"), id=uuid7(), unit=NODE,
                        happened_on=date(2026, 1, 2), recorded_at=now)  # fmt: skip
    commit(by=Actor.program(date(2026, 1, 2)), operations=[made], at=now)
    services.set_password(user=made.id, password="ba ngọn núi xanh")
    factors.make_recovery_codes(user=made.id, now=now)
    return made.id


def test_a_factor_is_reset_at_the_machine_and_a_link_is_printed(sole, capsys):
    before = User.objects.get(pk=sole).generation

    done = main(["access", "reset-factor", "quantri", "--reason", "mất điện thoại và khoá"])

    said = capsys.readouterr().out
    assert done == 0
    assert not RecoveryCode.objects.filter(user_id=sole).exists()
    assert User.objects.get(pk=sole).generation == before + 1
    assert "within 10 minutes" in said
    token = said.rpartition("#")[2].strip()
    from django.utils import timezone

    assert services.invitation(token, timezone.now()).user_id == sole


def test_the_journal_keeps_that_the_program_did_it_and_why(sole):
    main(["access", "reset-factor", "quantri", "--reason", "mất điện thoại và khoá"])

    entry = Entry.objects.get(kind="access.reset_second_factor")
    assert entry.author_id is None
    assert "mất điện thoại" in bytes(entry.body).decode()


def test_a_reset_without_a_reason_changes_nothing(sole, capsys):
    done = main(["access", "reset-factor", "quantri", "--reason", " "])

    assert done == 2
    assert RecoveryCode.objects.filter(user_id=sole).exists()
    assert "#" not in capsys.readouterr().out


def test_an_unknown_login_is_refused(db, capsys):
    assert main(["access", "reset-factor", "khong.co", "--reason", "thử xem"]) == 2
    assert "[cli.no-such-login]" in capsys.readouterr().err


def test_a_first_link_holds_days_and_one_for_an_existing_password_minutes(sole, capsys):
    main(["invite", "quantri"])
    assert "within 10 minutes" in capsys.readouterr().out

    from tuyen.apps.access.guard import opened

    with opened("credentials"):
        User.objects.filter(pk=sole).update(password="!")
    main(["invite", "quantri"])
    assert "within 7 days" in capsys.readouterr().out
