"""Doses at the operator's door: in by a file, out without names, and with them once it was agreed."""

from datetime import date

import pytest

from tests.unit.apps.immunization.conftest import NOW, TODAY
from tuyen.apps.access import clock
from tuyen.apps.access.models import ExportRequest
from tuyen.apps.access.operations import (
    AnswerExport,
    Appoint,
    CreatePost,
    OpenAccount,
    RequestExport,
)
from tuyen.apps.access.queries import actor_by_login
from tuyen.apps.immunization import national
from tuyen.apps.immunization.models import Dose
from tuyen.apps.journal.services import commit
from tuyen.cli.main import main
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

ROWS = "Họ tên,Ngày sinh,Vắc xin,Ngày tiêm\nVàng A Tủa,10/01/2026,BCG,12/01/2026\n"


@pytest.fixture
def tuyen(world, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    world.child()
    return lambda *argv: main([str(part) for part in argv])


def test_a_bad_row_keeps_all_out_until_the_good_ones_are_accepted(tuyen, world, tmp_path, capsys):
    path, errors = tmp_path / "so-tiem.csv", tmp_path / "mend.csv"
    path.write_text(ROWS + "Vàng A Tủa,10/01/2026,999,13/03/2026\n", encoding="utf-8")
    given = ("import", "doses", path, "--unit", world.station)

    assert tuyen(*given, "--errors", errors) == 1
    assert not Dose.objects.exists()
    assert "row 3, column C (Vắc xin)" in capsys.readouterr().err
    assert "999" in errors.read_text(encoding="utf-8-sig")
    assert tuyen(*given, "--accept-good-rows") == 1
    assert Dose.objects.get().vaccine == "BCG"


def test_names_leave_once_for_who_was_agreed_with(tuyen, world, tmp_path, capsys):
    path, out = tmp_path / "so-tiem.csv", tmp_path / "doses.csv"
    path.write_text(ROWS, encoding="utf-8")
    assert tuyen("import", "doses", path, "--unit", world.station) == 0
    assert tuyen("export", "doses", out) == 1  # it lacks mandatory fields, and says so
    assert "Vàng A Tủa" not in out.read_text(encoding="utf-8-sig")
    for login in ("asks", "agrees"):
        (user,) = world.good(OpenAccount(login=login, name=login), unit=NODE)
        post = CreatePost(role="station-head", since=date(2020, 1, 1))
        (id,) = world.good(post, unit=world.station)
        world.good(Appoint(post=id, user=user, since=date(2020, 1, 1)), unit=world.station)
    asks, agrees = (actor_by_login(login, on=TODAY, channel="cli") for login in ("asks", "agrees"))
    span = national.Span(first=date(2026, 1, 1), last=TODAY).written()
    purpose = "gửi hệ thống quốc gia"

    said = RequestExport(what=national.WHAT, query=span, purpose=purpose, rows=1)
    sent(world, asks, said)
    request = ExportRequest.objects.get().pk
    with_names = ("export", "doses", out, "--request", request, "--as", "asks")
    assert tuyen(*with_names) == 2
    assert "No second person has agreed" in capsys.readouterr().err
    sent(world, agrees, AnswerExport(request=request, approved=True))
    assert tuyen(*with_names) == 1

    assert "Vàng A Tủa" in out.read_text(encoding="utf-8-sig")
    assert tuyen(*with_names) == 2
    assert "it leaves once" in capsys.readouterr().err
    assert tuyen("export", "doses", out, "--request", request) == 2


def sent(world, by, payload):
    operation = Operation.of(payload, unit=world.station, happened_on=TODAY, recorded_at=NOW)
    (receipt,) = commit(by=by, operations=[operation], at=NOW)
    assert receipt.refusal is None
