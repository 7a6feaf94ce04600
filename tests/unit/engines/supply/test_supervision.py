"""The score of a checklist and the day of the next visit."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.supply.supervision import next_due, scored

SECTIONS = [("a", ["a1", "a2", "a3"]), ("b", ["b1"])]


def test_points_are_of_what_applies_and_a_red_item_without_points_is_told():
    found = scored(SECTIONS, {"a1": 2, "a2": 0, "a3": None, "b1": None}, {"a2", "a1"})

    assert [(s.key, s.points, s.of, s.percent) for s in found.sections] == [
        ("a", 2, 4, 50.0), ("b", 0, 0, None),
    ]  # fmt: skip
    assert (found.points, found.of, found.percent, found.red) == (2, 4, 50.0, ("a2",))


@given(st.dictionaries(st.sampled_from(["a1", "a2", "a3", "b1"]), st.sampled_from([0, 1, 2, None])))
def test_sections_add_up_and_no_score_leaves_its_bounds(given):
    found = scored(SECTIONS, given, set())

    assert found.points == sum(p for p in given.values() if p is not None)
    assert found.of == 2 * sum(p is not None for p in given.values())
    assert found.percent is None or 0 <= found.percent <= 100


def test_the_next_visit_comes_sooner_below_the_line_and_ends_with_a_short_month():
    assert next_due(date(2026, 11, 30), 60.0, 3, 60, 1) == date(2027, 2, 28)
    assert next_due(date(2026, 11, 30), 59.9, 3, 60, 1) == date(2026, 12, 30)
    assert next_due(date(2026, 12, 31), None, 3, 60, 1) == date(2027, 3, 31)
