"""The base is the same unit's figure, or its former units' led to one map, or said to be missing."""

from datetime import date
from decimal import Decimal

import pytest

from tests.unit.apps.indicators.conftest import coverage, patients
from tuyen.apps.indicators import queries


@pytest.fixture
def publish(send, operate, program):
    def give(unit, payload):
        operation = operate(payload, unit=unit)
        (receipt,) = send(program, operation)
        assert receipt.ok, receipt.refusal
        return operation.id

    return give


def test_half_a_year_against_the_half_before(places, publish, program):
    publish(places.province, patients("597001", "2024-H1"))
    id = publish(places.province, patients("635950", "2025-H1"))

    done = queries.comparison(by=program, id=id)

    assert (done.change.change, round(done.change.percent, 4)) == (38949, Decimal("6.5241"))
    assert (done.period.label, done.base.rebased, done.change.certainty) == (
        "2024-H1", False, "exact",
    )  # fmt: skip


def test_a_base_on_the_other_calendar_is_no_base(places, publish, program):
    publish(places.province, patients("597001", "2024-H1+A"))
    id = publish(places.province, patients("635950", "2025-H1"))

    done = queries.comparison(by=program, id=id)

    assert (done.change, done.refusal.code) == (None, "indicators.no-base")


def test_former_communes_add_up_on_the_new_map(whole, publish, program):
    one, two, united = whole
    publish(one, patients("100", "2024-H2"))
    publish(two, patients("50", "2024-H2"))
    id = publish(united, patients("180", "2025-H2"))

    done = queries.comparison(by=program, id=id)

    assert (done.base.value, done.base.rebased, done.change.change) == (150, True, 30)
    assert done.change.certainty == "exact"


def test_a_missing_former_commune_is_named(whole, publish, program):
    one, _, united = whole
    publish(one, patients("100", "2024-H2"))
    id = publish(united, patients("180", "2025-H2"))

    refusal = queries.comparison(by=program, id=id).refusal

    assert (refusal.code, refusal.values["missing"]) == ("indicators.base-incomplete", "Xã Hai")


def test_a_split_commune_is_known_between_bounds(places, publish, program):
    for unit in (places.high, places.low, places.torn):
        publish(unit, patients("100", "2024-H2"))
    id = publish(places.united, patients("300", "2025-H2"))

    done = queries.comparison(by=program, id=id)

    assert (done.base.value, done.base.low, done.base.high) == (270, 200, 300)
    assert (done.change.certainty, done.change.low, done.change.high) == ("between", 0, 100)


def test_a_base_published_on_the_new_map_goes_before_a_sum(whole, publish, program):
    one, two, united = whole
    publish(one, patients("100", "2024-H2"))
    publish(two, patients("50", "2024-H2"))
    publish(united, patients("149", "2024-H2", map_on=date(2025, 12, 31)))
    id = publish(united, patients("180", "2025-H2"))

    done = queries.comparison(by=program, id=id)

    assert (done.base.value, done.base.rebased) == (149, False)


def test_rates_of_several_units_are_never_averaged(whole, publish, program):
    one, two, united = whole
    publish(one, coverage("90", "2024"))
    publish(two, coverage("80", "2024"))
    id = publish(united, coverage("88", "2025"))

    assert queries.comparison(by=program, id=id).refusal.code == "indicators.no-parts-to-add"


def test_rates_of_several_units_are_made_of_their_parts(whole, publish, program):
    one, two, united = whole
    parts = {"denominator": Decimal(100)}
    publish(one, coverage("90", "2024", numerator=Decimal(90), **parts))
    publish(two, coverage("80", "2024", numerator=Decimal(240), denominator=Decimal(300)))
    id = publish(united, coverage("88", "2025"))

    done = queries.comparison(by=program, id=id)

    assert (done.base.value, done.change.points, done.change.percent) == (
        Decimal("82.5"), Decimal("5.5"), None,
    )  # fmt: skip


def test_a_definition_that_changed_is_flagged(places, publish, program):
    publish(places.province, patients("10", "2024", definition="Số người bệnh"))
    id = publish(places.province, patients("11", "2025"))

    assert queries.comparison(by=program, id=id).change.flags == ("definition-changed",)


def test_the_figure_of_the_same_definition_is_the_base(places, publish, program):
    publish(places.province, patients("10", "2024"))
    publish(places.province, patients("9", "2024", definition="Số người bệnh", document="Khác"))
    id = publish(places.province, patients("11", "2025"))

    done = queries.comparison(by=program, id=id)

    assert (done.base.value, done.change.flags) == (10, ())


def test_completeness_that_differs_is_flagged(places, publish, program):
    publish(places.province, patients("10", "2024", completeness=Decimal("0.99")))
    id = publish(places.province, patients("11", "2025", completeness=Decimal("0.90")))

    assert queries.comparison(by=program, id=id).change.flags == ("completeness-gap",)


def test_a_year_is_projected_by_its_days_and_its_season(places, publish, program):
    publish(places.province, patients("400", "2025-H1"))
    publish(places.province, patients("1000", "2025"))
    id = publish(places.province, patients("600", "2026-H1"))

    done = queries.projection(by=program, id=id)

    assert (round(done.linear, 2), done.seasonal) == (Decimal("1209.94"), 1500)


@pytest.mark.parametrize("period", ["2025", "2025-H2", "2025-Q3", "2025-W03"])
def test_what_is_no_part_of_a_year_from_its_beginning_is_not_projected(
    places, publish, program, period
):
    id = publish(places.province, patients("600", period))

    assert queries.projection(by=program, id=id) is None


def test_a_stranger_learns_nothing(places, publish, holder):
    id = publish(places.province, patients("600", "2025"))

    assert queries.comparison(by=holder(("station-head", places.united)), id=id) is None
