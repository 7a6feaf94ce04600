"""The papers of a visit and how it ended, at the screen."""

from tests.unit.web.clinical.sending import fields
from tuyen.apps.clinical.keeping import read
from tuyen.apps.clinical.models import Visit

MARK = "answer.antenatal-leave."


def content(id):
    return read(Visit.objects.get(pk=id).content)


def test_a_paper_is_written_mended_and_taken_back_and_a_correction_keeps_it(world, signed_in):
    desk = signed_in("physician-assistant", world.station)
    id = world.visit(world.person())
    page = f"/care/visit/{id}/papers/"
    paper = {
        "what": "antenatal-leave", MARK + "number": "12", MARK + "serial": "AB", MARK + "employer": "Chè",
        MARK + "since": "25/10/2026", MARK + "until": "27/10/2026",
    }  # fmt: skip

    empty = desk.get(page)
    short = desk.post(page, paper | {MARK + "serial": "", MARK + "until": "hôm kia"})
    before = desk.post(page, paper | {MARK + "until": "20/10/2026"})
    saved = desk.post(page, paper)
    held = content(id)
    form = fields(desk.get(f"/care/visit/{id}/correct/").content.decode())
    told = form | {"why": ["Ghi thêm kết quả"], "outcome": ["2"], "leaving": ["4"]}
    corrected = desk.post(f"/care/visit/{id}/correct/", told)
    after = content(id)
    shown = desk.get(f"/care/visit/{id}/").content.decode()
    desk.post(page, {"what": "antenatal-leave", "do": "remove"})

    assert (empty.status_code, short.status_code, before.status_code) == (200, 422, 422)
    assert "hôm kia" in short.content.decode()
    assert (saved.status_code, corrected.status_code) == (302, 302)
    assert held.papers[0].fields["since"] == "2026-10-25"
    assert (after.outcome, after.leaving, after.papers) == ("2", "4", held.papers)
    assert "Improved" in shown
    assert content(id).papers == ()
