"""The screens of claims: what is pressed becomes an operation, or comes back with a sentence."""

from decimal import Decimal
from io import BytesIO

from django.urls import reverse

from tests.unit.apps.claims.conftest import CARD
from tuyen.apps.claims.models import CatalogueLine, Claim, Denial, Submission
from tuyen.apps.clinical.operations import Dispensed
from tuyen.kernel.ids import uuid7


def text(answer):
    return answer.content.decode()


def upload(content, name):
    file = BytesIO(content.encode())
    file.name = name
    return file


def test_an_empty_desk_says_what_opens_it(head):
    for name in ("claims", "claims-list", "claims-closing", "claim-denials", "claim-catalogues"):
        assert head.get(reverse(name)).status_code == 200
    assert "No claim yet" in text(head.get(reverse("claims")))


def test_a_claim_is_checked_mended_and_sent_from_the_screen(head, station, key):
    person = station.patient()
    id = station.visit(
        person, dispensed=(Dispensed(item="losartan-50", quantity=Decimal(30), days=30),)
    )
    page = reverse("claim", args=[id])

    head.post(reverse("claims-check-all"), {"first": "2026-10-01", "last": "2026-10-06"})
    faulty = text(head.get(page))
    desk = text(head.get(reverse("claims")))
    line = {"kind": "drug", "unit": station.id, "since": "2026-10-01", "key": "losartan-50",
            "v-code": "40.500", "v-name": "Losartan", "v-unit": "Viên", "v-strength": "50mg",
            "v-route": "1.01", "v-registration": "VD-3-18", "v-tender": "QĐ1;G1;N1;2026",
            "v-price": "300"}  # fmt: skip
    short = head.post(reverse("claim-catalogue-change"), {**line, "v-price": "3,5"})
    kept = head.post(reverse("claim-catalogue-change"), line)
    head.post(reverse("claim-check", args=[id]))
    mended = text(head.get(page))

    assert "losartan-50 does not stand in the catalogue of drugs" in faulty
    assert "losartan-50" in desk
    assert (short.status_code, kept.status_code) == (422, 302)
    assert "3,5" in text(short)
    assert "losartan-50 does not stand" not in mended
    assert CARD in mended


def test_what_is_ready_is_signed_and_its_bytes_are_given(head, station, key):
    id = station.ready()

    sent = head.post(reverse("claims-send-all"), {"first": "2026-10-01", "last": "2026-10-06"})
    file = Submission.objects.get()
    page = text(head.get(reverse("claim", args=[id])))
    given = head.get(reverse("claim-file", args=[file.pk]))

    assert sent.status_code == 302
    assert Claim.objects.get().state == "signed"
    assert file.digest in page
    assert given.content == bytes(file.content)


def test_without_a_key_the_screen_says_what_to_do(head, station, tmp_path, monkeypatch):
    monkeypatch.setattr("tuyen.apps.claims.settings.folder", lambda: tmp_path)
    station.ready()

    answer = head.post(reverse("claims-send-all"), {"first": "2026-10-01", "last": "2026-10-06"})

    assert answer.status_code == 422
    assert "tuyen claims key" in text(answer)


def test_a_file_of_answers_is_read_ranked_and_corrected(head, station, key):
    id = station.signed()
    from tests.unit.apps.claims.test_life import run

    run()
    rows = f"MA_LK,KET_QUA,BANG,STT,TRUONG,MA_LY_DO,LY_DO\n{id.hex},denied,XML2,1,DON_GIA,GIA,Giá cao\n"
    bad = head.post(reverse("claim-answers"), {
        "unit": station.id, "on": "2026-10-06", "file": upload("MA_LK,KET_QUA\n,denied\n", "a.csv"),
    })  # fmt: skip
    head.post(reverse("claim-answers"), {
        "unit": station.id, "on": "2026-10-06", "file": upload(rows, "a.csv"),
    })  # fmt: skip
    shown = text(head.get(reverse("claim-denials")))
    nothing = head.post(reverse("claim-correct", args=[id]), {"reason": ""})
    wrong = head.post(reverse("claim-correct", args=[id]), {
        "reason": "Sửa", "table": "XML2", "row": "1", "field": "MAU",
    })  # fmt: skip
    head.post(reverse("claim-correct", args=[id]), {
        "reason": "Sửa", "table": "XML2", "row": "1", "field": "DON_GIA", "text": "100",
    })  # fmt: skip

    assert (bad.status_code, nothing.status_code, wrong.status_code) == (422, 422, 422)
    assert "Giá cao" in shown
    assert Denial.objects.get().at_risk == Decimal("3465.00")
    assert Claim.objects.get().correcting


def test_a_catalogue_comes_by_file_and_a_wrong_column_is_named(head, station):
    good = "licence,name,scope\n0012345/LS-CCHN,Lò Văn C,Y khoa\n"
    asked = {"kind": "practitioner", "unit": station.id, "since": "2026-10-01"}

    taken = head.post(reverse("claim-catalogue-change"), asked | {"file": upload(good, "a.csv")})
    refused = head.post(
        reverse("claim-catalogue-change"),
        asked | {"file": upload("licence,colour\n1,red\n", "b.csv")},
    )

    assert (taken.status_code, refused.status_code) == (302, 422)
    assert "colour" in text(refused)
    assert CatalogueLine.objects.filter(kind="practitioner").count() == 1


def test_a_claim_of_another_station_is_not_there(signed_in, station, key):
    id = station.ready()
    other = signed_in("station-head", uuid7())

    assert other.get(reverse("claim", args=[id])).status_code == 404
    assert other.post(reverse("claim-check", args=[id])).status_code == 404
