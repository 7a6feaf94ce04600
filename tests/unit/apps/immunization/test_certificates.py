"""Certificates: issued of what the register holds, written again to the letter, verified with the ring."""

import zlib
from datetime import UTC, date, datetime, timedelta

import cbor2
import pytest

from tests.unit.apps.immunization.conftest import NOW, TODAY, booklet
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import certifying, keyring, queries
from tuyen.apps.immunization.certifying import Holder, Terms
from tuyen.apps.immunization.models import Certificate
from tuyen.apps.immunization.operations import (
    Given,
    IssueCertificate,
    VoidDose,
    WithdrawCertificate,
)
from tuyen.apps.immunization.queries.certificates import withdrawals
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.engines.certificates import base45
from tuyen.engines.certificates import message as layers
from tuyen.kernel.ids import uuid7

DAY = date(2026, 3, 10)
SHAN_IPV = "PolioVaccineInactivatedIProduct81ee9ba77c4419bbfe44a27cfd10027e"
STAMARIL = "YellowFeverProductd8a09f80301dc05e124f99ffe7711fc0"
HOLDER = Holder("Vàng A Tủa", date(2026, 1, 10), 1)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.TUYEN_HOME = tmp_path


@pytest.fixture
def child(world):
    return world.child()


@pytest.fixture
def polio(world, child):
    (dose,) = world.visit(child, on=DAY, given=(Given(vaccine="IPV", lot="X1"),))
    return dose


def payload(child, *doses, **rest) -> IssueCertificate:
    said = {
        "certificate": "booklet", "issued_at": NOW, "expires_on": TODAY + timedelta(days=100),
        "digest": "0" * 64, "kid": "0" * 16,
    } | rest  # fmt: skip
    return IssueCertificate(person=child, doses=tuple(doses), **said)


def test_a_certificate_is_kept_with_its_doses_and_digest(world, child, polio):
    (id,) = world.good(payload(child, polio.id), unit=world.station)

    (row,) = queries.certificates(by=world.by, person=child)
    assert row == queries.certificate(by=world.by, id=id)
    assert (row.doses, row.digest, row.unit) == ((polio.id,), "0" * 64, world.station)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expires_on": TODAY}, "immunization.ends-before-it-begins"),
        ({"certificate": "international"}, "immunization.not-accepted-abroad"),
        ({"certificate": "international", "product": STAMARIL}, "immunization.not-accepted-abroad"),
    ],
)
def test_what_a_certificate_cannot_be(world, child, polio, changes, code):
    assert world.refused(payload(child, polio.id, **changes), unit=world.station)[0] == code
    assert not Certificate.objects.exists()


def test_only_doses_that_stand_and_are_the_persons_are_certified(world, child, polio):
    (other,) = world.visit(world.child("Vàng A Súa"), "BCG", on=DAY)
    (late,) = world.visit(child, "MR", on=DAY)
    world.good(VoidDose(dose=late.id, reason="entered twice"), unit=world.station)

    assert world.refused(payload(child, other.id), unit=world.station)[0] == (
        "immunization.dose-of-another"
    )
    assert world.refused(payload(child, uuid7()), unit=world.station)[0] == (
        "immunization.dose-of-another"
    )
    assert world.refused(payload(child, late.id), unit=world.station)[0] == (
        "immunization.dose-is-void"
    )
    assert world.refused(payload(uuid7(), polio.id), unit=world.station)[0] == (
        "immunization.unknown-person"
    )


def test_an_international_one_is_of_one_dose(world, child, polio):
    said = {"certificate": "international", "product": SHAN_IPV}
    (other,) = world.visit(child, on=date(2026, 5, 11), given=(Given(vaccine="IPV", lot="X2"),))

    assert world.good(payload(child, polio.id, **said), unit=world.station)
    assert world.refused(payload(child, polio.id, other.id, **said), unit=world.station)[0] == (
        "immunization.one-dose-each"
    )


def test_a_dose_without_a_lot_is_not_accepted_abroad(world, child):
    (dose,) = world.visit(child, "IPV", on=DAY)
    world.good(
        booklet(child, ("IPV", date(2026, 4, 1)), lot="L", precision="month"), unit=world.station
    )
    rows = queries.doses(by=world.by, people=[child])[child]

    assert [len(certifying.accepted_abroad(row)) for row in rows] == [0, 0]
    assert (
        world.refused(
            payload(child, dose.id, certificate="international", product=SHAN_IPV),
            unit=world.station,
        )[0]
        == "immunization.not-accepted-abroad"
    )


def test_a_batch_is_what_its_operations_are_one_by_one_and_replay_gives_the_same(
    world, child, polio
):
    payloads = [
        payload(child, polio.id), payload(child, uuid7()), payload(child, polio.id, digest="1" * 64),
    ]  # fmt: skip
    world.send(*payloads, unit=world.station)
    together = sorted(Certificate.objects.values_list("digest", "kind", "person_id"))
    world.send(*payloads, unit=world.station, size=1)

    assert sorted(Certificate.objects.values_list("digest", "kind", "person_id")) == sorted(
        together * 2
    )
    assert replay().same


def test_who_may_not_certify_there_sees_none(world, child, polio):
    (id,) = world.good(payload(child, polio.id), unit=world.station)
    nobody = Actor(user=uuid7(), name="x", posts=(), on=TODAY, channel="web")

    assert queries.certificates(by=nobody, person=child) == []
    assert queries.certificate(by=nobody, id=id) is None


def test_a_text_is_written_again_to_the_letter_and_verifies(world, child, polio):
    rows = queries.doses(by=world.by, people=[child])[child]
    terms = Terms(uuid7(), "booklet", "Trạm y tế Nà Hỳ", NOW, TODAY + timedelta(days=100))

    first, again = (certifying.write(HOLDER, rows, terms) for _ in range(2))
    verdict = certifying.verify(first.text, NOW + timedelta(days=1))

    assert first == again
    assert (verdict.status, verdict.form, verdict.faults) == ("valid", "booklet", ())
    assert verdict.content["d"] == [{"v": "IPV", "t": "2026-03-10", "b": "X1"}]
    assert certifying.verify(first.text, NOW + timedelta(days=200)).status == "expired"


def issued(world, child, dose, **rest):
    """A signed certificate that is on record; returns its id and its text."""
    operation, written = certifying.prepare(
        HOLDER, child, [queries.dose(by=world.by, id=dose.id)], kind="booklet",
        unit=world.station, at=NOW,
    )  # fmt: skip
    (receipt,) = commit(by=world.by, operations=[operation], at=NOW)
    assert receipt.ok
    return operation.id, written.text


def test_who_verifies_what_was_withdrawn_is_told(world, child, polio):
    id, text = issued(world, child, polio)
    _other, stays = issued(world, child, polio)
    assert certifying.verify(text, NOW, by=world.by).status == "valid"
    back = WithdrawCertificate(certificate=id, reason="nhầm trẻ")

    assert world.refused(back, unit=world.elsewhere)[0] == "immunization.unknown-certificate"
    assert world.refused(WithdrawCertificate(certificate=child, reason="nhầm"), unit=world.station)[
        0
    ] == ("immunization.unknown-certificate")
    world.good(back, unit=world.station)
    assert world.refused(back, unit=world.station)[0] == "immunization.withdrawn-already"

    verdict = certifying.verify(text, NOW, by=world.by)
    assert (verdict.status, verdict.withdrawn) == ("withdrawn", NOW)
    late = certifying.verify(text, NOW + timedelta(days=4000), by=world.by)
    assert late.status == "withdrawn"
    assert certifying.verify(stays, NOW).status == "valid"
    (row,) = withdrawals(by=world.by)
    assert row.digest == certifying.digest_of(text)
    assert replay().same


def test_a_withdrawn_certificate_stays_so_however_it_is_packed(world, child, polio):
    """What the signature does not cover may be changed by anybody: packing, loose header, s and n - s."""
    id, text = issued(world, child, polio)
    world.good(WithdrawCertificate(certificate=id, reason="nhầm trẻ"), unit=world.station)
    held = layers.open_text(text)
    s = layers.P256_ORDER - int.from_bytes(held.signature[32:], "big")
    other = held.signature[:32] + s.to_bytes(32, "big")
    loose = cbor2.dumps(cbor2.CBORTag(18, [held.protected, {99: 1}, held.payload, held.signature]))
    repacked = [
        layers.write_text(layers.seal(held.protected, held.payload, other)),
        layers.write_text(loose),
        layers.PREFIX + base45.encode(zlib.compress(loose, 1)),
    ]

    assert [certifying.verify(one, NOW).status for one in repacked] == ["withdrawn"] * 3


def test_a_name_that_changed_gives_another_digest(world, child, polio):
    rows = queries.doses(by=world.by, people=[child])[child]
    terms = Terms(uuid7(), "booklet", "Trạm y tế Nà Hỳ", NOW, TODAY + timedelta(days=100))
    renamed = HOLDER._replace(name="Vàng A Tùa")

    assert (
        certifying.write(HOLDER, rows, terms).digest
        != certifying.write(renamed, rows, terms).digest
    )


def test_an_international_text_keeps_whos_model(world, child, polio):
    rows = queries.doses(by=world.by, people=[child])[child]
    terms = Terms(uuid7(), "international", "Trạm y tế", NOW, TODAY + timedelta(days=300), SHAN_IPV)

    verdict = certifying.verify(certifying.write(HOLDER, rows, terms).text, NOW)

    assert (verdict.status, verdict.form, verdict.faults) == ("valid", "icvp", ())
    assert verdict.content["v"]["vle"] == "2027-03-10"
    assert SHAN_IPV in certifying.accepted_abroad(rows[0])


def test_a_dose_against_yellow_fever_is_certified_for_the_border(world, child):
    (dose,) = world.visit(child, on=DAY, given=(Given(vaccine="37", lot="YF1"),))
    said = {"certificate": "international", "product": STAMARIL}

    assert dose.vaccine == "Yellow-fever"
    assert STAMARIL in certifying.accepted_abroad(queries.dose(by=world.by, id=dose.id))
    assert world.good(payload(child, dose.id, **said), unit=world.station)


def test_yellow_fever_counts_after_ten_days_and_for_life():
    assert certifying.validity("yellow-fever", DAY) == (date(2026, 3, 20), None)


class TestKeyRing:
    def test_the_own_key_is_made_once_and_only_its_owner_reads_it(self, settings):
        first, again = keyring.own(NOW), keyring.own(NOW)

        path = keyring.folder() / "issuer.key"
        assert first.key.kid == again.key.kid
        assert path.stat().st_mode & 0o077 == 0
        assert sorted(one.name for one in keyring.folder().iterdir()) == [
            "issuer.key",
            "issuer.pem",
        ]

    def test_a_key_that_others_can_read_signs_nothing(self):
        keyring.own(NOW)
        (keyring.folder() / "issuer.key").chmod(0o644)

        with pytest.raises(keyring.OpenIssuerKey):
            keyring.own(NOW)

    def test_what_an_administrator_adds_is_trusted_and_a_bad_file_stops_nothing(self, tmp_path):
        keyring.own(NOW)
        foreign = tmp_path / "other.pem"
        foreign.write_bytes(keyring.certificate() or b"")
        bad = tmp_path / "bad.pem"
        bad.write_text("no certificate")

        key = keyring.trust(foreign)
        (keyring.folder() / "trusted" / "bad.pem").write_text("no certificate")

        assert {one.kid for one in keyring.ring()} == {key.kid}
        assert [path.name for path in keyring.unreadable()] == ["bad.pem"]
        with pytest.raises(keyring.NotAnIssuer):
            keyring.trust(bad)

    def test_before_the_first_signature_there_is_nothing_to_trust(self):
        assert keyring.ring() == []
        assert keyring.certificate() is None
        assert certifying.verify("HC1:X", datetime(2026, 1, 1, tzinfo=UTC)).status == "unreadable"
