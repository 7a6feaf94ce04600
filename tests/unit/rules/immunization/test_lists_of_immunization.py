"""What the immunisation rooms read: lists that hang together, limits by the day, clocks and classes."""

from datetime import date, datetime

import pytest

from tuyen.rules import load
from tuyen.rules.immunization import fields, lists, programme, reactions, screening

TODAY = date(2026, 11, 26)


def test_every_code_that_a_row_names_is_on_its_list():
    antigens = lists.antigens()
    for vaccine in lists.vaccines().values():
        assert {held.antigen for held in vaccine.antigens} <= antigens.keys(), vaccine.code
        assert vaccine.route in lists.words("route"), vaccine.code
        assert vaccine.site in lists.words("site"), vaccine.code
        assert vaccine.open_rule in lists.words("open-rule"), vaccine.code
        assert (vaccine.open_rule == "single") == (vaccine.open_hours == 0), vaccine.code
        assert vaccine.payer in lists.words("payer"), vaccine.code
    for product in lists.products().values():
        assert product.vaccine in lists.vaccines(), product.code
        assert product.since >= date(1985, 1, 1)


def test_a_cvx_stands_for_one_vaccine():
    assert len(lists.by_cvx()) == len(lists.vaccines())
    assert lists.by_cvx()["08"].code == "HepB"


@pytest.mark.parametrize(
    "name",
    ["antigens", "vaccines", "products", "lists", "screening_reasons", "fields_3891"],
)
def test_every_source_is_a_known_text(name):
    assert {row["source"] for row in load(f"immunization/{name}")} <= load(
        "immunization/sources"
    ).keys()


def test_the_birth_dose_is_an_antigen_by_age():
    assert lists.vaccines()["HepB"].antigens == (
        lists.AgeAntigen("HepB-birth", "", "28 days"),
        lists.AgeAntigen("HepB", "28 days", ""),
    )


def test_the_lists_of_a_day():
    assert "OPV" in lists.vaccines(date(2016, 5, 31))
    assert "OPV" not in lists.vaccines(date(2016, 6, 1))
    assert set(lists.words("programme", TODAY)) == {
        "routine",
        "catch-up",
        "campaign",
        "school",
        "private",
    }
    with pytest.raises(KeyError, match="there is no list"):
        lists.words("colour")


def test_what_was_measured_gives_reasons():
    def codes(**vitals):
        return [reason.code for reason in screening.measured(TODAY, **vitals)]

    assert codes(temperature=37.5) == ["fever"]
    assert codes(temperature=37.4, weight_g=2000) == []
    assert codes(temperature=35.5, weight_g=1999) == ["hypothermia", "low-weight"]


def test_a_reason_stands_only_against_the_vaccines_it_names():
    def codes(vaccine, *ticked, harmed_by=()):
        chosen = lists.vaccines()[vaccine]
        return [r.code for r in screening.against(chosen, ticked, TODAY, harmed_by)]

    assert codes("Rotavirus-1", "intussusception") == ["intussusception"]
    assert codes("DTP-HepB-Hib", "intussusception", "immunodeficiency") == []
    assert codes("MR", "fever", "immunodeficiency") == ["immunodeficiency", "fever"]
    assert codes("IPV", "severe-reaction", harmed_by=("Measles",)) == []
    assert codes("MR", "severe-reaction", harmed_by=("Measles",)) == ["severe-reaction"]
    assert codes("IPV", "severe-reaction") == ["severe-reaction"]  # which dose harmed is not known


def test_what_nobody_compared_is_said_to_be_open():
    found = screening.limits(TODAY)

    assert (found.observation, found.home_observation) == (30, 24)
    assert (found.session_per_table, found.session_size) == (50, 100)
    assert {"fever", "session_size", "lowest_weight"} <= found.unverified


def test_clocks_of_a_reaction_outlive_the_repealed_decree_as_parameters():
    before, after = reactions.clocks(date(2026, 6, 30)), reactions.clocks(date(2026, 7, 1))

    assert (before["council"].amount, before["council"].unit) == (5, "working days")
    assert before["council"].verified
    assert not after["council"].verified
    assert after["report"].amount == 24
    assert reactions.serious(["hospital"], TODAY)
    assert not reactions.serious([], TODAY)
    assert list(reactions.words("causality", TODAY)) == [
        "A1",
        "A2",
        "A3",
        "A4",
        "B1",
        "B2",
        "C",
        "D",
    ]
    assert reactions.steps(TODAY) == ("stop-session", "suspend-lot", "report")


def test_indicators_name_antigens_of_the_list():
    full = programme.fully_immunized(TODAY)

    assert full.by == "12 months"
    assert full.doses.keys() <= lists.antigens().keys()
    assert programme.zero_dose(TODAY).fewer_than == 1
    assert programme.drop_outs(TODAY)["bcg-mr1"].second == ("Measles", 1)
    assert "hpv" not in programme.targets(date(2025, 12, 31))
    assert programme.targets(TODAY)["mr-2"] == 95


def test_days_of_reports():
    assert programme.monthly_report_due(2026, 12) == date(2027, 1, 3)
    assert programme.monthly_report_due(2026, 10) == date(2026, 11, 3)
    assert programme.yearly_report_due(2026) == date(2027, 1, 13)
    assert programme.campaign_report_due(TODAY) == datetime(2026, 11, 26, 17)


@pytest.mark.parametrize(
    ("vaccine", "kept", "until"),
    [
        ("HepB", True, datetime(2026, 11, 26, 8)),
        ("MR", True, datetime(2026, 11, 26, 11)),  # reconstituted: to the end of the session
        ("DTP", True, datetime(2026, 12, 24, 8)),
        ("DTP", False, datetime(2026, 11, 26, 11)),
    ],
)
def test_how_long_an_opened_vial_is_used(vaccine, kept, until):
    opened, ends = datetime(2026, 11, 26, 8), datetime(2026, 11, 26, 11)

    assert (
        programme.opened_until(
            lists.vaccines()[vaccine], opened, session_ends=ends, conditions_kept=kept
        )
        == until
    )


def test_a_long_session_does_not_outlast_the_vial():
    opened, ends = datetime(2026, 11, 26, 7), datetime(2026, 11, 26, 17)

    assert programme.opened_until(
        lists.vaccines()["BCG"], opened, session_ends=ends, conditions_kept=True
    ) == datetime(2026, 11, 26, 13)


def test_need_is_planned_with_wastage_and_a_reserve():
    assert programme.planned_wastage("BCG", TODAY) == 0.5
    assert programme.planned_wastage("never-heard-of", TODAY) == 0.1
    assert programme.reserve_months(TODAY) == 6


def test_twenty_of_the_fields_are_mandatory():
    found = fields.fields()

    assert (len(found), sum(field.mandatory for field in found)) == (44, 20)
    assert [field.about for field in found if field.mandatory].count("person") == 15
    assert len({field.code for field in found}) == 44
    record = {field.code: "x" for field in found if field.mandatory} | {"antigen": " "}
    assert [field.code for field in fields.missing(record)] == ["antigen"]
