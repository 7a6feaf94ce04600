"""ICD-10 by the list of a day, what stands apart, and the bands of values."""

from datetime import date
from decimal import Decimal

import pytest

from tuyen.rules.clinical import codes, measures, sensitive, services

BEFORE, AFTER = date(2026, 6, 30), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("code", "on", "standing"),
    [
        ("I10", AFTER, "known"), ("e119", AFTER, "known"), ("A91", BEFORE, "known"),
        ("A91", AFTER, "ended"), ("A97.0", BEFORE, "known"), ("E48", AFTER, "unknown"),
        ("10", AFTER, "misshapen"), ("U07.1", date(2020, 3, 1), "not-yet"),
        ("U07.1", AFTER, "known"), ("I10", date(1999, 1, 1), "known"),
    ],
)  # fmt: skip
def test_a_code_stands_on_the_list_of_its_day(code, on, standing) -> None:
    assert codes.judge(code, on).standing == standing


def test_a_code_that_ended_names_what_is_written_instead() -> None:
    assert codes.judge("A90", AFTER).instead == "A97"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("B20", "hiv"), ("Z21", "hiv"), ("A15.0", "tuberculosis"), ("F32.1", "mental"),
        ("X84", "mental"), ("Y07.9", "violence"), ("T74.1", "violence"), ("X85", "violence"),
        ("O04.9", "abortion"), ("I10", ""), ("Z20.3", ""), ("O80", ""), ("X59", ""),
    ],
)  # fmt: skip
def test_what_stands_apart_is_told_by_its_code(code, kind) -> None:
    assert sensitive.kind_of(code) == kind


def test_medicines_programmes_and_services_may_stand_apart_too() -> None:
    assert [sensitive.item_apart(one) for one in ("arv-tld", "amlodipine-5", "none")] == [
        True, False, False,
    ]  # fmt: skip
    assert sensitive.programme_apart("mental_health")
    assert not sensitive.programme_apart("hypertension")
    assert sensitive.service_apart("hiv-rapid")


def test_every_band_lies_within_what_is_possible_and_ages_leave_no_gap() -> None:
    wrong = []
    for one in measures.measures().values():
        for earlier, later in zip(one.believable, one.believable[1:], strict=False):
            if earlier.last != later.first:
                wrong.append((one.code, "a gap of ages"))
        wrong += [(one.code, band) for band in one.believable
                  if not one.low <= band.low < band.high <= one.high]  # fmt: skip
        if one.believable[0].first != 0 or one.believable[-1].last is not None:
            wrong.append((one.code, "not every age"))

    assert wrong == []
    assert measures.measures()["weight"].band(600) == (Decimal(22), Decimal(160))


def test_a_service_holds_by_its_day() -> None:
    assert services.service("02.1896", AFTER) is not None
    assert (
        services.service("02.1896", date(2019, 1, 1)) is not None
    )  # judged by the list's beginning
    assert services.service("99.9999", AFTER) is None
