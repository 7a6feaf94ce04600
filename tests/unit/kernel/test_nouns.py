"""The small nouns: validity, text, ids, clocks, quantities, refusals."""

import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.kernel.clock import BadStamp, HybridClock, Stamp
from tuyen.kernel.ids import derived_id, one_time_token, uuid7
from tuyen.kernel.quantity import Quantity, UnknownUnit, UnlikeUnits
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.text import fold, nfc
from tuyen.kernel.validity import EmptyValidity, Validity, first_overlap

DAYS = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(DAYS, st.integers(1, 500), DAYS)
def test_validity_covers_its_first_day_and_not_its_last(since, length, day):
    span = Validity(since, since + timedelta(days=length))

    assert span.covers(day) == (since <= day < since + timedelta(days=length))


def test_an_open_validity_covers_everything():
    assert Validity().covers(date.min)
    assert Validity().covers(date.max)


def test_a_validity_that_ends_before_it_begins_is_refused():
    with pytest.raises(EmptyValidity):
        Validity(date(2026, 1, 2), date(2026, 1, 2))


@given(st.lists(st.tuples(DAYS, st.integers(1, 400)), max_size=6))
def test_first_overlap_agrees_with_comparing_every_pair(spans):
    held = [Validity(since, since + timedelta(days=n)) for since, n in spans]
    pairs = [(a, b) for i, a in enumerate(held) for b in held[i + 1 :] if a.overlaps(b)]

    assert (first_overlap(held) is not None) == bool(pairs)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Đặng Thị Hoà", "dang thi hoa"),
        ("đặng thị hòa", "dang thi hoa"),
        (unicodedata.normalize("NFD", "Đặng Thị Hòa"), "dang thi hoa"),
        ("  GIÀNG\u00a0A   Páo ", "giang a pao"),
        ("Lò-Văn.Ơn", "lo van on"),
        ("Ư ứ Ữ", "u u u"),
        ("", ""),
        ("...", ""),
    ],
)
def test_fold(typed, folded):
    assert fold(typed) == folded


@given(st.text())
def test_folding_twice_is_folding_once_and_form_does_not_matter(text):
    assert fold(fold(text)) == fold(text)
    assert fold(nfc(text)) == fold(text)


@given(st.integers(0, 2**48 - 2))
def test_uuid7_is_a_version_7_uuid_that_sorts_by_time(ms):
    earlier, later = uuid7(ms, lambda n: b"\xff" * n), uuid7(ms + 1, bytes)

    assert earlier.version == later.version == 7
    assert earlier.variant == "specified in RFC 4122"
    assert earlier < later


def test_a_derived_id_is_the_uuid5_of_its_parts():
    root = uuid7()

    for parts in ((), ("tuần", 1), (root, "2026-01-05", None)):
        assert derived_id(root, *parts) == uuid5(root, "/".join(map(str, parts)))


def test_a_derived_id_is_the_same_for_the_same_parts_only():
    root = UUID(int=1)

    assert derived_id(root, "a", 1) == derived_id(root, "a", 1)
    assert derived_id(root, "a", 1) != derived_id(root, "a", 2)


def test_one_time_tokens_do_not_repeat_or_use_look_alikes():
    tokens = {one_time_token() for _ in range(200)}

    assert len(tokens) == 200
    assert not set("".join(tokens)) & set("01IOabc")


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10**6)), max_size=60))
def test_hybrid_clocks_never_go_back_and_order_what_was_seen(steps):
    clocks = [HybridClock(f"n{k}") for k in range(3)]
    seen = Stamp(0, 0, "n9")
    for node, now in steps:
        stamp = clocks[node].see(seen, now) if now % 2 else clocks[node].tick(now)
        if now % 2:
            assert stamp[:2] > seen[:2]
        assert Stamp.parse(str(stamp)) == stamp
        seen = max(seen, stamp)


def test_a_full_counter_moves_the_clock_on():
    clock = HybridClock("n", (5, 0xFFFF))

    assert clock.tick(5)[:2] == (6, 0)


@pytest.mark.parametrize("text", ["", "x", "0.0.n", "00000000000g.0000.n", "000000000000.0000."])
def test_a_bad_stamp_is_refused(text):
    with pytest.raises(BadStamp):
        Stamp.parse(text)


def test_quantities_convert_exactly_and_only_between_like_units():
    assert Quantity(Decimal("0.05"), "g/L").to("mg/L").value == Decimal("50")
    assert Quantity(Decimal("1"), "km") + Quantity(Decimal("250"), "m") == Quantity(
        Decimal("1.25"), "km"
    )
    assert Quantity(Decimal("99"), "mg/L") < Quantity(Decimal("1"), "g/L")
    with pytest.raises(UnlikeUnits):
        Quantity(Decimal(1), "mg/L").to("km")
    with pytest.raises(UnknownUnit):
        Quantity(Decimal(1), "furlong")


class Example(Refusal):
    code = "kernel.example"
    message = N_("{value} is wrong; expected {expected}.")


def test_a_refusal_keeps_its_values_and_speaks_through_any_template():
    refusal = Example(value=3, expected="4")

    assert str(refusal) == "3 is wrong; expected 4."
    assert refusal.sentence("cần {expected}, có {value}") == "cần 4, có 3"
    assert refusal.as_dict()["values"] == {"value": 3, "expected": "4"}


def test_a_template_that_names_a_missing_value_shows_its_name_instead_of_failing():
    assert Example(value=3).sentence("{value} {nothing}") == "3 {nothing}"
