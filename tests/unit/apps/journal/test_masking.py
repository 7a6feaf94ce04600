"""Masks on what is kept as JSON, by what stands beside, and under words of its own."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from tuyen.apps.immunization.operations import Answered, RecordHistory, Remembered, Screen
from tuyen.apps.journal import seal
from tuyen.apps.journal.backup.masking import Masking, key_of
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import KINDS, Operation

ID, NOW = UUID(int=5), datetime(2026, 10, 25, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def masking():
    return Masking(key_of("secret", UUID(int=1)))


def one(masking, table, **row):
    return dict(zip(row, masking.row(table, tuple(row))(list(row.values())), strict=True))


def enveloped(payload):
    operation = Operation.of(
        payload, id=ID, unit=ID, happened_on=date(2026, 10, 25), recorded_at=NOW
    )
    return seal.Envelope(
        id=ID, kind=operation.kind, version=operation.version, unit=ID,
        happened_on=operation.happened_on, recorded_at=NOW, received_at=NOW, author=ID,
        channel="web", corrects=None, refusal=None, payload=msgspec.Raw(operation.payload),
    )  # fmt: skip


def payload_of(said):
    return KINDS.get(said.kind).decode(said.version, bytes(said.payload))


def test_a_list_of_names_in_a_column_has_the_masks_of_names(masking):
    row = one(masking, "immunization.Session", id=ID.hex, team='["Lò Thị Mai", "Giàng A Páo"]')

    names = msgspec.json.decode(row["team"])

    assert names == [masking.masks.name("Lò Thị Mai"), masking.masks.name("Giàng A Páo")]


def test_lots_of_an_adverse_event_stay_and_what_is_none_does_not(masking):
    row = one(masking, "immunization.AdverseEvent", lots='[["MR","P26-0412"],["MR","CỦA CHỊ HOA"]]')
    other = one(masking, "immunization.AdverseEvent", lots="của chị Hoa")

    assert msgspec.json.decode(row["lots"]) == [
        ["MR", "P26-0412"], ["MR", masking.masks.lot("CỦA CHỊ HOA")],
    ]  # fmt: skip
    assert other["lots"] == masking.masks.text("của chị Hoa")


@pytest.mark.parametrize(
    ("what", "said", "left"),
    [
        ("notify", "department call", "department call"),
        ("notify", "department chị-Hoa", "department "),
        ("classify", "A1 do vắc xin", "A1 Đã che · "),
        ("follow-up", "call", "Đã che · "),
    ],
)
def test_a_step_keeps_the_words_of_its_list(masking, what, said, left):
    row = one(masking, "immunization.AefiStep", what=what, said=said)

    assert row["said"].startswith(left)
    assert "Hoa" not in row["said"]


def test_an_id_that_is_made_of_a_masked_text_follows_the_mask(masking):
    row = one(masking, "immunization.CampaignDay", id="old", unit_id=ID.hex,
              campaign="Chiến dịch của chị Hoa", day="2026-10-25")  # fmt: skip

    assert row["id"] == derived_id(ID, "campaign-day", row["campaign"], "2026-10-25").hex
    assert "Hoa" not in row["campaign"]


def test_a_sentence_of_the_program_stays_and_that_of_a_person_does_not(masking):
    program, person = (one(masking, "immunization.LotHold", reason=reason)["reason"]
                       for reason in ("A serious adverse event", "A serious one"))  # fmt: skip

    assert program == "A serious adverse event"
    assert person.startswith("Đã che")


def test_what_stands_by_words_of_its_own_is_masked_too(masking):
    said = Screen(
        visit=ID, vaccines=("MR",), answers={"allergy": Answered(yes=True, to=("x-Hoa",))}
    )

    masked = payload_of(masking.operation(enveloped(said)))

    assert masked.answers["allergy"].yes
    assert masked.answers["allergy"].to != ("x-Hoa",)


def test_a_dose_of_birth_is_moved_before_the_masks(masking):
    said = RecordHistory(person=ID, doses=(Remembered(vaccine="HepB", on=date(2025, 3, 20)),))

    masked = payload_of(masking.operation(enveloped(said)))

    assert masked.doses[0].on == date(2025, 3, 1)
