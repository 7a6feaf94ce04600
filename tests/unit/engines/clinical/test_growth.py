"""Scores against values that WHO published, and against the file of its own program (igrowup)."""

import csv
from datetime import date
from decimal import Decimal as D
from importlib.resources import files

import pytest

from tuyen.engines.clinical import growth
from tuyen.engines.clinical.growth import Cuts, Measures, Signs, Span

CUTS = Cuts(D(-2), D(-3), D(2), D(3), D("12.5"), D("11.5"), 6, 59)
MARCH = [growth.months(date(2025, 9, 30), date(2026, 3, day)) for day in (29, 30)]

# Simplified field tables of WHO (z-scores): sex, index, age in days, score -> value to one decimal.
PUBLISHED = [
    ("male", "wfa", 0, {-3: 2.1, -2: 2.5, -1: 2.9, 0: 3.3, 1: 3.9, 2: 4.4, 3: 5.0}),
    ("female", "wfa", 0, {-3: 2.0, -2: 2.4, -1: 2.8, 0: 3.2, 1: 3.7, 2: 4.2, 3: 4.8}),
    ("male", "hfa", 0, {-3: 44.2, -2: 46.1, 0: 49.9, 2: 53.7, 3: 55.6}),
    ("female", "hfa", 0, {-3: 43.6, -2: 45.4, 0: 49.1, 2: 52.9, 3: 54.7}),
    ("male", "hfa", 365, {-2: 71.0, 0: 75.7, 2: 80.5}),
    ("female", "wfa", 365, {-3: 6.3, -2: 7.0, 0: 8.9, 2: 11.5}),
]


@pytest.mark.parametrize(("sex", "index", "day", "values"), PUBLISHED)
def test_bands_are_those_of_the_published_tables(sex, index, day, values):
    ((_, drawn),) = growth.band(index, sex, list(values), day, day)

    assert [round(value, 1) for value in drawn] == pytest.approx(list(values.values()), abs=0.051)


def test_scores_agree_with_the_program_of_who():
    text = files("pygrowup").joinpath("test_datasets/MySurvey_z_st.csv").read_text()
    compared, far = 0, []
    for row in csv.DictReader(text.splitlines()):
        if row["age.days"] in ("", "NA") or row["GENDER"] not in ("1", "2"):
            continue
        position = {"l": "lying", "h": "standing"}.get(row["measure"].lower(), "")
        number = {key: D(row[key]) for key in ("WEIGHT", "HEIGHT", "HEAD", "MUAC")
                  if row[key] not in ("", "NA")}  # fmt: skip
        told = Measures(number.get("WEIGHT"), number.get("HEIGHT"), position,
                        number.get("MUAC"), number.get("HEAD"), row["oedema"] == "y")  # fmt: skip
        sex = "male" if row["GENDER"] == "1" else "female"
        found = growth.scores(sex, int(row["age.days"]), told)
        for index, column in (("hfa", "zlen"), ("wfa", "zwei"), ("wfh", "zwfl"), ("mfa", "zac"),
                              ("hcfa", "zhc")):  # fmt: skip
            if row[column] in ("", "NA") or index not in found:
                continue
            compared += 1
            if abs(found[index] - D(row[column])) > D("0.011"):
                far.append((row["id"], index, found[index], row[column]))

    assert compared > 1500
    assert far == []


def test_the_day_of_birth_is_an_age():
    found = growth.scores("female", 0, Measures(D("3.2"), D("49.1")))

    assert abs(found["wfa"]) < D("0.1")
    assert abs(found["hfa"]) < D("0.1")


def test_a_child_is_longer_lying_than_standing_at_every_age():
    day = 731 - 1
    lying = growth.scores("male", day, Measures(stature=D("85.0"), position="lying"))
    standing = growth.scores("male", day, Measures(stature=D("84.3"), position="standing"))
    after = growth.scores("male", 731, Measures(stature=D("85.0"), position="lying"))

    assert lying == standing
    assert abs(lying["hfa"] - after["hfa"]) < D("0.05")


@pytest.mark.parametrize(
    "measures",
    [Measures(D("0.9"), D("30")), Measures(D(0), D(0)), Measures(D(900)), Measures(muac=D(90))],
)
def test_what_has_no_table_has_no_score(measures):
    assert "wfh" not in growth.scores("male", 100, measures)


def test_before_birth_nothing_is_scored():
    assert growth.scores("male", -1, Measures(D(5))) == {}


def test_with_oedema_a_weight_says_nothing():
    found = growth.scores("male", 500, Measures(D(10), D(78), "lying", D(13), oedema=True))

    assert set(found) == {"hfa", "mfa"}


def test_scores_beyond_belief_are_named():
    spans = {"hfa": Span(D(-6), D(6)), "wfa": Span(D(-6), D(5))}

    assert growth.implausible({"hfa": D("6.01"), "wfa": D("5")}, spans) == {"hfa"}


@pytest.mark.parametrize(
    ("age", "wfh", "muac", "signs", "acute"),
    [
        (12, "-1.99", "12.5", Signs(), "none"),
        (12, "-2.01", "13", Signs(), "moderate"),
        (12, "-2.01", "11.4", Signs(), "severe"),
        (12, None, "12.4", Signs(), "moderate"),
        (12, "-3", "13", Signs(), "moderate"),
        (12, "-3.01", None, Signs(), "severe"),
        (12, "0", "14", Signs(oedema=1), "severe"),
        (12, "0", "14", Signs(oedema=3), "complicated"),
        (12, "-3.5", None, Signs(appetite=False), "complicated"),
        (12, "-2.5", None, Signs(appetite=False), "moderate"),
        (5, None, "10.0", Signs(), "unknown"),
        (5, "-3.2", "10.0", Signs(), "complicated"),
        (60, "-3.5", "11", Signs(), "unknown"),
        (12, None, None, Signs(), "unknown"),
    ],
)
def test_acute_malnutrition(age, wfh, muac, signs, acute):
    found = {} if wfh is None else {"wfh": D(wfh)}

    seen = growth.state(age, found, None if muac is None else D(muac), signs, CUTS)

    assert seen.acute == acute


def test_stunting_and_overweight_have_their_limits_outside():
    found = {"hfa": D("-2.00"), "wfa": D("-3.01"), "wfh": D("2.01")}

    seen = growth.state(30, found, None, Signs(), CUTS)

    assert (seen.stunting, seen.underweight, seen.over) == ("none", "severe", "overweight")


def test_from_five_years_on_overweight_is_of_bmi():
    assert growth.state(72, {"bfa": D("1.5")}, None, Signs(), CUTS).over == "overweight"


def test_weight_for_height_follows_two_tables():
    rows = growth.band("wfh", "male", (0,), 85, 88, 1)

    assert [at for at, _ in rows] == [D("85.0"), D("86.0"), D("87.0"), D("88.0")]
    assert rows[2][1][0] > rows[1][1][0]


def test_a_month_is_complete_on_its_day():
    assert MARCH == [5, 6]
