"""The points of a drill: what was asked, what was done, and what was not asked at all."""

import pytest

from tuyen.engines.surveillance.drill_score import (
    Deed,
    Judged,
    Message,
    Stage,
    Wanted,
    fits,
    judge,
    points,
)

OPEN = ({"kind": "open"}, {"kind": "triage", "decision": "open"})


@pytest.mark.parametrize(
    ("why", "deed", "fit"),
    [
        ("of the kind", Deed("open", 1.0, {}), True),
        ("of the kind, with the fact", Deed("triage", 1.0, {"decision": "open", "x": 1}), True),
        ("of the kind, with another fact", Deed("triage", 1.0, {"decision": "dismiss"}), False),
        ("of another kind", Deed("report", 1.0, {"decision": "open"}), False),
    ],
)
def test_a_deed_fits_by_its_kind_and_facts(why, deed, fit):
    assert fits(deed, OPEN) is fit, why


def test_decisions_are_judged_from_their_anchor_and_those_not_asked_for_left_out():
    wanted = [Wanted("open", "alarm", 24, OPEN, 2), Wanted("never", "message:x", 4, OPEN, 1)]
    deeds = [
        Deed("triage", 90.0, {"decision": "dismiss"}),
        Deed("open", 110.0, {}),
        Deed("open", 99.0, {}),
    ]

    assert judge(deeds, wanted, {"alarm": 80.0}) == [Judged("open", 24, 19.0, True)]
    assert judge(deeds, wanted, {"alarm": 60.0}) == [Judged("open", 24, 39.0, False)]
    assert judge([], wanted, {"alarm": 60.0}) == [Judged("open", 24, None, False)]


def test_a_decision_before_its_anchor_was_taken_at_once():
    assert judge(
        [Deed("open", 5.0, {})], [Wanted("open", "alarm", 24, OPEN, 1)], {"alarm": 80.0}
    ) == [Judged("open", 24, 0.0, True)]


def test_points_weigh_stages_decisions_and_messages():
    stages = [Stage("detect", 1.0, True), Stage("notify", 2.0, False)]
    judged = [Judged("a", 1, 0.5, True), Judged("b", 1, None, False)]
    messages = [Message(5.0, 4.0), Message(5.0, 6.0), Message(5.0, None), Message(9.0, 9.0)]

    assert points(stages, judged, {"a": 3, "b": 1}, messages) == round(
        100 * (0.40 * 1 / 2 + 0.45 * 3 / 4 + 0.15 * 2 / 4)
    )


def test_a_part_of_which_there_is_nothing_gives_its_share_to_the_others():
    judged = [Judged("a", 1, 0.5, True), Judged("b", 1, None, False)]

    assert points([], judged, {}, []) == 50
    assert points([], [], {}, []) == 0
