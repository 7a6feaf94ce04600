"""The legal timeline as data: which schedule holds when, where a vaccine has begun, on whose word."""

from datetime import date

import pytest

from tuyen.rules.immunization import rollouts, schedules
from tuyen.rules.registry import gazetteer


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2019, 3, 1), "vn-tt10-2024"),  # before the first: judged by it
        (date(2024, 8, 1), "vn-tt10-2024"),
        (date(2026, 2, 14), "vn-tt10-2024"),
        (date(2026, 2, 15), "vn-tt52-2025"),
        (date(2026, 6, 30), "vn-tt52-2025"),
        (date(2026, 7, 1), "vn-tt13-2026"),
        (date(2031, 1, 1), "vn-tt13-2026"),
    ],
)
def test_the_schedule_of_a_day(on, code):
    assert schedules.in_force(on).code == code


def test_the_regimes_follow_one_another_without_a_gap():
    known = [one for one in schedules.regimes() if one.automatic]

    assert [one.until for one in known[:-1]] == [one.since for one in known[1:]]
    assert known[-1].until is None
    for one in known:
        assert one.since <= one.figures
        assert one.until is None or one.figures < one.until


def test_an_unknown_schedule_is_told_with_those_there_are():
    with pytest.raises(KeyError, match="vn-tt10-2024, vn-tt52-2025, vn-tt13-2026"):
        schedules.regime("vn-2017")


def test_what_a_circular_without_a_schedule_carries_on_is_unconfirmed():
    carried = {(one.row, one.field): one for one in schedules.figures("vn-tt13-2026")}
    read = {(one.row, one.field): one for one in schedules.figures("vn-tt52-2025")}

    birth = ("hepb-birth 1", "late_age")
    assert (read[birth].value, read[birth].confidence, read[birth].verified) == ("1 day", "H", True)
    assert (carried[birth].value, carried[birth].confidence) == ("1 day", "L")
    assert len(schedules.unconfirmed("vn-tt13-2026")) == len(carried)
    assert ("parameters", "grace") in {
        (one.row, one.field) for one in schedules.unconfirmed("vn-tt10-2024")
    }


def test_the_list_grows_with_the_circulars():
    tt10, tt52, tt13 = (schedules.listed(one.code) for one in schedules.regimes() if one.automatic)

    assert tt52 - tt10 == {"PCV"}
    assert tt13 - tt52 == {"HPV"}
    assert "Rotavirus" in tt10


def test_every_dose_of_a_series_is_a_row_with_figures():
    for one in schedules.regimes():
        known = schedules.provenance(one.code)
        assert all(known.values()), one.code
        assert {"minimum_age", "late_age"} <= {
            figure.field for figure in known["BCG 1-dose series · dose 1"]
        }


def test_provinces_of_the_texts_are_on_the_map():
    country = gazetteer.load()
    names = {one.key: one.name for one in (*country.provinces, *country.former_provinces)}

    assert {(row.province, row.name) for row in rollouts.rollouts()} <= set(names.items())


@pytest.mark.parametrize(
    ("group", "province", "on", "reach"),
    [
        ("PCV", "06", date(2025, 3, 1), "all"),  # Bắc Kạn, before it went into Thái Nguyên
        ("PCV", "19", date(2025, 3, 1), "none"),  # Thái Nguyên of then
        ("PCV", "19", date(2025, 8, 1), "part"),  # Thái Nguyên of today
        ("PCV", "11", date(2026, 12, 31), "none"),
        ("PCV", "11", date(2027, 1, 1), "all"),
        ("HPV", "08", date(2026, 1, 1), "all"),
        ("HPV", "08", date(2025, 12, 31), "none"),
    ],
)
def test_how_far_a_vaccine_has_begun(group, province, on, reach):
    assert rollouts.reach(group, province, on) == reach


def test_a_commune_says_which_part_of_a_merged_province_it_was():
    country, on = gazetteer.load(), date(2026, 1, 1)
    province_of = {one.key: one.province for one in country.former_communes}
    origins = {}
    for link in country.links:
        origins.setdefault(link.successor, set()).add(province_of[link.predecessor])
    mine = [one for one in country.communes if one.province == "p19"]
    was_bac_kan = next(one.code for one in mine if origins[one.key] == {"p06.old"})
    was_not = next(one.code for one in mine if origins[one.key] == {"p19.old"})

    assert rollouts.begun("PCV", "19", on, was_bac_kan) == date(2025, 1, 1)
    assert rollouts.begun("PCV", "19", on, was_not) is None
    assert rollouts.begun("PCV", "19", on) == date(2025, 1, 1)


def test_what_has_not_begun_in_a_province_is_nobodys_duty_there():
    def out(code, on, **where):
        return schedules.outside(code, on, **where)

    assert out("vn-tt10-2024", date(2025, 8, 1)) == {"PCV", "HPV"}
    assert out("vn-tt10-2024", date(2025, 8, 1), province="20") == {"HPV"}  # Lạng Sơn, by the plan
    assert out("vn-tt52-2025", date(2026, 3, 1)) == {"HPV"}
    assert out("vn-tt52-2025", date(2026, 3, 1), province="11") == {"PCV", "HPV"}
    assert out("vn-tt13-2026", date(2026, 8, 1), province="08") == set()
    assert out("vn-tt13-2026", date(2027, 1, 1), province="11") == {"HPV"}


def test_a_vaccine_that_began_after_a_childs_time_is_not_meant_for_it():
    assert rollouts.cohort_age("PCV", date(2026, 8, 1)) == "12 months"
    assert rollouts.cohort_age("Hib", date(2026, 8, 1)) is None

    def out(reached):
        return schedules.outside(
            "vn-tt13-2026", date(2026, 8, 1), province="04", reached={"PCV": reached}
        )

    assert "PCV" in out(date(2025, 12, 31))
    assert "PCV" in out(date(2026, 1, 1))
    assert "PCV" not in out(date(2026, 1, 2))


def test_a_definition_is_words_and_numbers_only():
    def plain(node):
        if isinstance(node, dict):
            return all(isinstance(key, str) and plain(child) for key, child in node.items())
        if isinstance(node, list):
            return all(map(plain, node))
        return node is None or isinstance(node, (str, int))

    definition = schedules.definition("vn-tt52-2025", frozenset({"HPV"}))

    assert plain(definition)
    kinds = {one["group"]: one["kind"] for one in definition["series"]}
    assert kinds["HPV"] == "evaluation"
    assert kinds["PCV"] == "standard"
    held = {one["code"]: one["antigens"] for one in definition["vaccines"]}
    assert held["08"][0] == {"antigen": "HepB-birth", "begin": "", "end": "28 days"}
    assert {one["antigen"] for one in held["03"]} == {"Measles", "Rubella"}  # mumps has no series
    assert "129" not in held  # recorded, not judged


def test_a_pack_that_waits_differs_only_in_what_it_names():
    law = {(one.row, one.field): one.value for one in schedules.figures("vn-tt13-2026")}
    own = {(one.row, one.field): one.value for one in schedules.figures("vn-tt13-2026-grace")}

    assert {place for place in law if law[place] != own[place]} == {("parameters", "grace")}
    assert schedules.in_force(date(2026, 12, 1)).code == "vn-tt13-2026"
    assert schedules.definition("vn-tt13-2026-grace")["parameters"]["grace_days"] == 4
