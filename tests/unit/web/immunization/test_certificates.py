"""Certificates at the human door: a picture in, words out; a booklet issued, printed and verified."""

import io
import re
from datetime import UTC, date, datetime

import pytest
import segno
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.unit.apps.immunization.conftest import NOW, World
from tuyen.apps.access import clock
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.immunization import certifying, keyring
from tuyen.apps.immunization.models import Certificate
from tuyen.apps.immunization.operations import Given
from tuyen.apps.registry.operations import AmendPerson
from tuyen.engines.certificates import issuing
from tuyen.kernel.ids import NODE, uuid7

TODAY = date(2026, 10, 25)
SHAN_IPV = "PolioVaccineInactivatedIProduct81ee9ba77c4419bbfe44a27cfd10027e"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def stage(monkeypatch, settings, tmp_path):
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"
    settings.TUYEN_HOME = tmp_path


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def nurse(world):
    return sign_in(world, "station-head", world.station)


def sign_in(world, role, unit) -> Client:
    login = f"u{uuid7().hex[-10:]}"
    (user,) = world.good(OpenAccount(login=login, name="Người thử"), unit=NODE)
    (post,) = world.good(CreatePost(role=role, since=date(2020, 1, 1)), unit=unit)
    world.good(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=unit)
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def signed(name: str = "Lò Thị Hoà") -> str:
    own = keyring.own(NOW)
    claim = issuing.booklet(
        issuing.Person(name, date(2025, 3, 2), "female"),
        [issuing.Dose("BCG", date(2025, 3, 3), lot=HOSTILE[:40])], issuer="Trạm Y tế", id="1",
    )  # fmt: skip
    return issuing.issue(
        claim, form=-70001, issuer="VN", issued=NOW, expires=datetime(2027, 1, 1, tzinfo=UTC),
        private=own.private, kid=own.key.kid,
    )  # fmt: skip


def words(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_picture_or_a_text_is_judged_in_words(nurse):
    picture = io.BytesIO()
    segno.make_qr(signed(), error="q").save(picture, kind="png", scale=4)
    address = reverse("certificate-verify")

    seen = nurse.post(address, {"picture": SimpleUploadedFile("a.png", picture.getvalue())})
    typed = nurse.post(address, {"text": f" {signed()}\n"})
    broken = nurse.post(address, {"picture": SimpleUploadedFile("a.png", b"no picture")})
    nothing = nurse.post(address, {})

    for answer in (seen, typed):
        assert "Valid: signed by a trusted issuer and unchanged" in words(answer)
        assert "Lò Thị Hoà" in words(answer)
    assert "there is no QR code in the picture" in words(broken)
    assert nothing.status_code == 422


def test_foreign_text_stays_text_and_an_altered_one_is_not_shown(nurse):
    text = signed(name=f"Name {HOSTILE}")
    place = len(text) // 2
    other = "A" if text[place] != "A" else "B"
    address = reverse("certificate-verify")

    shown = words(nurse.post(address, {"text": text}))
    keyring.folder().joinpath("issuer.pem").unlink()
    unknown = words(nurse.post(address, {"text": text}))
    damaged = words(nurse.post(address, {"text": text[:place] + other + text[place + 1 :]}))

    assert HOSTILE not in shown + unknown + damaged
    assert "&lt;script&gt;" in shown
    assert "Unknown issuer" in unknown
    assert "Valid:" not in damaged


def test_a_booklet_is_issued_printed_and_verified(world, nurse):
    child = world.child()
    world.visit(child, on=date(2026, 3, 10), given=(Given(vaccine="IPV", lot="X1"),))
    page = reverse("certificates", args=[child])

    assert page in words(nurse.get(reverse("child", args=[child])))
    assert page in words(nurse.get(reverse("person", args=[child])))
    assert "Issue the booklet" in words(nurse.get(page))
    printed = nurse.post(page, {"kind": "booklet"}, follow=True)
    sheet = words(printed)

    assert "SỔ TIÊM CHỦNG CÁ NHÂN" in sheet
    assert "data:image/svg+xml" in sheet
    row = Certificate.objects.get()
    assert (row.kind, row.person_id, row.unit_id) == ("booklet", child, world.station)
    world.good(AmendPerson(person=child, name="Vàng A Tùa"), unit=world.village)
    changed = words(nurse.get(reverse("certificate", args=[row.id])))
    assert "The record has changed since" in changed
    assert "data:image/svg+xml" not in changed


def test_an_international_one_needs_a_product_that_who_accepts(world, nurse):
    child = world.child()
    (dose,) = world.visit(child, on=date(2026, 3, 10), given=(Given(vaccine="IPV", lot="X1"),))
    page = reverse("certificates", args=[child])
    asked = {"kind": "international", "dose": str(dose.id)}

    refused = nurse.post(page, asked | {"product": "IPV"})
    taken = nurse.post(page, asked | {"product": SHAN_IPV}, follow=True)

    assert refused.status_code == 422
    assert "WHO accepts only those of its list" in words(refused)
    assert "ShanIPV" in words(taken)
    assert Certificate.objects.get().product == SHAN_IPV


def test_who_may_not_is_told_that_there_is_nothing(world, nurse):
    child = world.child()
    far = sign_in(world, "station-head", world.elsewhere)
    planner = sign_in(world, "planner", world.province)

    assert far.get(reverse("certificates", args=[child])).status_code == 404
    assert planner.get(reverse("certificate-verify")).status_code == 404
    assert nurse.get(reverse("certificate", args=[uuid7()])).status_code == 404
    assert nurse.get(reverse("certificates", args=[child])).status_code == 200
    assert "No dose on record" in words(nurse.get(reverse("certificates", args=[child])))


def test_a_certificate_is_withdrawn_at_the_desk_and_its_holder_is_told(world, nurse):
    child = world.child()
    world.visit(child, on=date(2026, 3, 10), given=(Given(vaccine="IPV", lot="X1"),))
    nurse.post(reverse("certificates", args=[child]), {"kind": "booklet"})
    row = Certificate.objects.get()
    paper, href = (reverse(name, args=[row.pk]) for name in ("certificate", "certificate-withdraw"))
    assert href in nurse.get(paper).content.decode()

    nurse.post(href, {"reason": " "})
    assert Certificate.objects.get().withdrawn_at is None
    assert nurse.post(href, {"reason": "nhầm trẻ"}).status_code == 302
    said = words(nurse.get(paper))
    assert "Withdrawn on" in said
    assert "nhầm trẻ" in said
    assert "ĐÃ THU HỒI / WITHDRAWN" in said
    assert href not in nurse.get(paper).content.decode()
    far = sign_in(world, "station-head", world.elsewhere)
    assert far.post(href, {"reason": "nhầm trẻ"}).status_code == 404


def test_a_long_booklet_still_fits_a_code(world):
    own = keyring.own(NOW)
    doses = [
        issuing.Dose("DTP-HepB-Hib", date(2025, 1, 1 + n % 28), n % 9, f"LOT{n:05}", f"PRODUCT-{n}")
        for n in range(60)
    ]  # fmt: skip
    claim = issuing.booklet(
        issuing.Person("Nguyễn " * 15, date(2024, 1, 1), "male"), doses, issuer="x" * 120, id="1"
    )
    text = issuing.issue(
        claim,
        form=-70001,
        issuer="VN",
        issued=NOW,
        expires=NOW,
        private=own.private,
        kid=own.key.kid,
    )

    from tuyen.web.immunization.views_certificates import printed

    assert printed(text).startswith("data:image/svg+xml")
    assert certifying.verify(text, NOW).status == "valid"
