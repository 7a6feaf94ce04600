"""Refusals of the network as sentences, fresh from a service and read back from a receipt."""

import pytest
from django.utils import translation

from tuyen.apps.network import refusals
from tuyen.kernel.refusal import StoredRefusal
from tuyen.web.network import outreach_words, words

FRESH = [
    refusals.UnknownAnswer(field="transport", value="air", known="paved, track"),
    refusals.TooManyPoints(criterion="transport", most=10, value=11),
    refusals.AnsweredTwice(field="terrain", value="hill"),
    refusals.NothingFound(),
]


@pytest.mark.parametrize("fresh", FRESH, ids=lambda fresh: fresh.code)
def test_a_refusal_read_back_is_said_as_the_fresh_one(fresh):
    kept = StoredRefusal(**fresh.as_dict())

    with translation.override("vi"):
        assert words.said(kept) == words.said(fresh)


def test_the_fields_of_a_refusal_read_back_have_their_names():
    kept = StoredRefusal(**FRESH[0].as_dict())

    with translation.override("en"):
        assert words.said(kept).startswith("air is no answer for Road to the site;")


def test_services_of_a_sheet_have_their_names_and_order():
    with translation.override("en"):
        names = [
            outreach_words.service(key)
            for key in sorted(
                ("elderly", "hypertension", "antenatal"), key=outreach_words.service_order
            )
        ]

    assert names[0] == "Antenatal contact"
    assert "Care of the elderly" in names
    assert "hypertension" not in names
