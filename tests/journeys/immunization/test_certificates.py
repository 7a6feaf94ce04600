"""Somebody shows a certificate on a telephone: a photograph of it is judged in words."""

import io
from datetime import UTC, date, datetime

import segno

from tests.journeys.conftest import PHONE
from tests.unit.engines.certificates.conftest import make_issuer
from tuyen.engines.certificates.issuing import Dose, Person, booklet, issue


def test_a_photograph_of_a_certificate_is_told_in_words(visit):
    stranger = make_issuer()
    claim = booklet(
        Person("Seng Phommachanh <b>x</b>", date(2025, 1, 10)), [Dose("BCG", date(2025, 1, 11))],
        issuer="Phongsaly", id="7",
    )  # fmt: skip
    text = issue(
        claim, form=-70001, issuer="LA", issued=datetime(2026, 1, 2, tzinfo=UTC),
        expires=datetime(2030, 1, 1, tzinfo=UTC), private=stranger.private, kid=stranger.key.kid,
    )  # fmt: skip
    picture = io.BytesIO()
    segno.make_qr(text, error="q").save(picture, kind="png", scale=4, border=4)
    nurse = visit("tramtruong", PHONE)
    page = nurse.open("/certificates/verify/")

    file = {"name": "qr.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    page.set_input_files("#picture", file)
    nurse.click("main form:has(#picture) button")

    assert page.locator("#verdict .notice").count() >= 1
    assert "Không rõ nơi cấp" in page.inner_text("#verdict")
    assert "Seng Phommachanh <b>x</b>" in page.inner_text("#verdict")
    nurse.check_accessible()
    nurse.check_fits()
