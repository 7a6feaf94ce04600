"""The patient of a claim is mended where the claim lacks it; a check-in is posted again from its page."""

import json

import pytest
from django.urls import reverse

from tests.unit.apps.claims.conftest import CARD, FACILITY, NOW
from tests.unit.apps.claims.test_life import run
from tests.unit.web.claims.test_claims import text
from tuyen.apps.claims import tasks
from tuyen.apps.claims.models import CardTry, Claim, PatientFacts
from tuyen.apps.claims.operations import Line, PrepareClaims, SetCatalogue
from tuyen.apps.claims.standin import StandIn, opened
from tuyen.kernel.ids import uuid7


@pytest.fixture
def foreign(station):
    """A visit of somebody without a personal number: the claim lacks the nationality."""
    id = station.visit(station.patient(number=""))
    station.good(PrepareClaims(claims=(id,)))
    return id


def portal(folder, address):
    told = {"address": address, "username": "20001_BV", "password_file": "password",
            "staff": {"name": "Lò Văn C", "citizen": "020182037967"}}  # fmt: skip
    (folder / "portal.json").write_text(json.dumps(told))
    (folder / "password").write_text("rehearsal")
    (folder / "password").chmod(0o600)


def test_a_fact_that_lacks_is_entered_at_the_claim_and_checked_at_once(head, foreign):
    address = reverse("claim-patient", args=[foreign])
    shown = text(head.get(reverse("claim", args=[foreign])))
    wrong = head.post(address, {"nationality": "Lào", "five_years_on": "2019-13-01"})
    kept = head.post(address, {"nationality": "116", "occupation": "05467", "exempt_from": ""})

    assert f'href="{address}"' in shown
    assert wrong.status_code == 422
    assert all(word in text(wrong) for word in ("Lào", "2019-13-01"))
    assert kept.status_code == 302
    assert PatientFacts.objects.get().nationality == "116"
    assert "MA_QUOCTICH" not in Claim.objects.get().findings
    assert "116" in text(head.get(address))


def test_the_portal_is_asked_about_the_card_and_its_silence_is_kept(head, foreign, key, tmp_path):
    address = reverse("claim-card", args=[foreign])
    nothing, unset = text(head.get(address)), head.post(address)
    with opened(StandIn()) as at:
        portal(tmp_path, at)
    silent = text(head.post(address, follow=True))
    pages = [
        text(head.get(reverse(name, args=[foreign]))) for name in ("claim", "visit", "claim-card")
    ]
    closing = text(head.get(reverse("claims-closing"), {"first": "2026-10-01"}))
    desk = text(head.get(reverse("claims")))

    assert "The portal was not asked yet" in nothing
    assert (unset.status_code, "portal.json" in text(unset)) == (422, True)
    assert "did not answer" in silent
    assert all("entitlement not confirmed" in page for page in [*pages, closing, desk])
    assert all(f'href="{address}"' in page for page in [*pages[:2], closing])
    assert "?entitlement=due&amp;first=2024-01-01" in desk
    assert reverse("claim", args=[foreign]) in text(
        head.get(reverse("claims-list"), {"entitlement": "due"})
    )

    standin = StandIn(now=lambda: NOW)
    standin.cards[CARD] = {"hoTen": "Nông Thị B", "maDKBD": "20001", "gtTheDen": "31/12/2026"}
    with opened(standin) as at:
        portal(tmp_path, at)
        good = text(head.post(address, follow=True))
    assert all(
        word in good for word in ("000: The card is good", "31/12/2026", "entitlement confirmed")
    )
    assert "asked 2 times" in good
    assert str(CardTry.objects.order_by("at").first().operation_id) in good
    assert reverse("claim", args=[foreign]) not in text(
        head.get(reverse("claims-list"), {"entitlement": "due"})
    )


def test_nobody_of_another_station_sees_the_patient(signed_in, foreign):
    other = signed_in("station-head", uuid7())

    assert other.get(reverse("claim-patient", args=[foreign])).status_code == 404
    assert other.get(reverse("claim-card", args=[foreign])).status_code == 404
    assert other.post(reverse("claim-card", args=[foreign])).status_code == 404
    assert not CardTry.objects.exists()


def test_a_check_in_that_was_refused_is_posted_again_from_the_page(head, station, foreign, key):
    told = Line(values=FACILITY | {"check_in": "yes", "nationality_unknown": "000"})
    station.good(
        SetCatalogue(kind="facility", since=NOW.date().replace(month=1, day=2), lines=(told,))
    )
    tasks.check_in(None, NOW)
    run("703")
    page = reverse("claim", args=[foreign])
    refused, desk = text(head.get(page)), text(head.get(reverse("claims")))
    listed = text(head.get(reverse("claims-list"), {"check_in": "refused", "first": "2026-10-01"}))
    posted = head.post(reverse("claim-check-in", args=[foreign]))

    assert "Post the check-in again" in refused
    assert "1 check-in" in desk
    assert page in listed
    assert posted.status_code == 302
    assert Claim.objects.get().check_in == "waiting"
