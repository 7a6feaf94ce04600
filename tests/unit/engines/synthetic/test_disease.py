"""Disease whose truth is known: labels, days, carriers and reports agree with each other."""

import numpy as np
import pytest

from tuyen import rules
from tuyen.engines.synthetic import parameters
from tuyen.engines.synthetic.disease import OUTCOMES

MERGED = np.datetime64("2025-07-01")


@pytest.fixture(scope="module")
def epidemics(dien_bien):
    return dien_bien.epidemics


@pytest.fixture(scope="module")
def cases(epidemics):
    return epidemics.cases


@pytest.fixture(scope="module")
def last(dien_bien):
    return np.datetime64(dien_bien.until)


def of(epidemics, name):
    return epidemics.cases.disease == epidemics.diseases.index(name)


def test_at_least_fifteen_diseases_are_met_over_the_years(epidemics, cases):
    met = np.unique(cases.disease[cases.known])

    assert met.size >= 15
    assert {"dengue", "measles", "hand-foot-mouth", "tuberculosis"} <= {
        epidemics.diseases[n] for n in met
    }


def test_every_disease_is_on_the_list_of_its_day(epidemics, cases):
    listed = {}
    for row in rules.load("surveillance/reporting"):
        listed.setdefault(row["disease"], []).append((row["from"], row["window"]))
    for n, name in enumerate(epidemics.diseases):
        assert name in listed, f"{name} is not a notifiable disease"
        days = cases.diagnosed[cases.disease == n]
        begins = [since for since, _ in listed[name]]
        ends = [since for since, window in listed[name] if window is None]
        if days.size:
            assert days.min() >= np.datetime64(min(begins)), name
        if days.size and ends:
            assert days.max() < np.datetime64(max(ends)), name


def test_days_follow_each_other(dien_bien, cases, last):
    known = cases.known

    assert (cases.onset >= np.datetime64(dien_bien.since)).all()
    assert (cases.onset <= last).all()
    assert (cases.diagnosed >= cases.onset).all()
    assert (cases.reported[known] >= cases.diagnosed[known]).all()
    assert (cases.reported[known] <= last).all()
    assert not (cases.died < cases.diagnosed).any()
    assert not (cases.outcome_on > last).any()
    np.testing.assert_array_equal(np.isnat(cases.outcome_on), cases.outcome == 0)


def test_the_order_is_that_of_the_reports(cases):
    known = int(cases.known.sum())

    assert cases.known[:known].all()
    assert (np.diff(cases.reported[:known].astype(np.int64)) >= 0).all()


def test_carriers_lived_there_and_are_of_the_age_told(dien_bien, cases):
    people, found = dien_bien.people, cases.person >= 0
    who, day = cases.person[found], cases.onset[found]
    home = dien_bien.network.villages.former[people.village[who]]

    assert found.mean() > 0.99
    assert (people.born[who] <= day).all()
    assert not (people.died[who] < day).any()
    assert not (people.left[who] <= day).any()
    assert not (people.arrived[who] > day).any()
    np.testing.assert_array_equal(home, cases.former[found])
    np.testing.assert_array_equal(people.born[who], cases.born[found])
    np.testing.assert_array_equal(people.sex[who], cases.sex[found])


def test_nobody_gets_a_disease_twice(cases):
    found = cases.person >= 0
    pairs = np.column_stack([cases.person[found], cases.disease[found]])

    assert len(np.unique(pairs, axis=0)) == len(pairs)


def test_who_died_of_it_is_dead_in_the_register(dien_bien, cases):
    dead = ~np.isnat(cases.died)

    np.testing.assert_array_equal(dien_bien.people.died[cases.person[dead]], cases.died[dead])
    assert set(cases.outcome[dead]) <= {OUTCOMES.index("died")}


def test_children_get_hand_foot_mouth_and_adults_tuberculosis(epidemics, cases):
    age = (cases.onset - cases.born).astype(np.int64) / 365.25

    assert np.median(age[of(epidemics, "hand-foot-mouth")]) < 4
    assert np.median(age[of(epidemics, "tuberculosis")]) > 30


def test_seasons(make_province):
    epidemics = make_province(60_000, seed=5, intensity=5).epidemics
    month = epidemics.cases.onset.astype("datetime64[M]").astype(np.int64) % 12 + 1
    steady = epidemics.cases.outbreak < 0
    dengue = month[of(epidemics, "dengue") & steady]
    varicella = month[of(epidemics, "varicella") & steady]

    assert np.isin(dengue, [7, 8, 9, 10, 11]).mean() > 0.8
    assert np.isin(varicella, [1, 2, 3, 4, 5, 6]).mean() > 0.6


def test_noise_is_wider_than_poisson(make_province):
    epidemics = make_province(60_000, seed=6, intensity=10).epidemics
    weekly = np.bincount(
        (epidemics.cases.onset.astype(np.int64) // 7)[of(epidemics, "mumps")]
        - epidemics.cases.onset.min().astype(np.int64) // 7
    )

    assert weekly.var() > 1.5 * weekly.mean()


def test_labels_give_back_each_outbreak(epidemics, cases):
    assert len(epidemics.outbreaks) > 20
    for outbreak in epidemics.outbreaks:
        rows = cases.outbreak == outbreak.id
        assert rows.sum() == epidemics.size(outbreak.id) == outbreak.size
        assert set(cases.disease[rows]) == {outbreak.disease}
        assert set(cases.former[rows]) == {outbreak.former}
        assert cases.onset[rows].min() == outbreak.start
        assert cases.onset[rows].max() <= outbreak.end


def test_a_case_comes_from_an_earlier_one_of_its_outbreak(cases):
    rows = np.flatnonzero(cases.source >= 0)
    source = cases.source[rows]

    assert rows.size
    np.testing.assert_array_equal(cases.outbreak[source], cases.outbreak[rows])
    assert (cases.onset[source] <= cases.onset[rows]).all()
    assert not (source == rows).any()


def test_the_board_is_alive_on_the_last_day(dien_bien, epidemics, cases, last):
    recent = [outbreak for outbreak in epidemics.outbreaks if outbreak.recent]
    fresh = cases.known & (cases.onset > last - np.timedelta64(21, "D"))

    assert len({outbreak.commune for outbreak in recent}) >= 6
    assert recent[0].commune == dien_bien.network.focus
    for outbreak in recent:
        assert (fresh & (cases.outbreak == outbreak.id)).sum() == outbreak.size


def test_a_linked_cluster_of_a_non_endemic_disease_in_one_week(epidemics, cases):
    # AL-B2 asks for 3 linked cases of one week, EP-B2 for 5 of one month.
    rows = of(epidemics, "diphtheria") & cases.known & cases.linked
    rows &= cases.outbreak == max(o.id for o in epidemics.outbreaks
                                  if epidemics.diseases[o.disease] == "diphtheria")  # fmt: skip
    weeks = np.unique((cases.onset[rows].astype(np.int64) + 3) // 7)

    assert rows.sum() >= 5
    assert weeks.size == 1


def test_no_disease_of_group_a(epidemics):
    group_a = {row["disease"] for row in rules.load("surveillance/groups") if row["group"] == "A"}
    still = {
        row["disease"]: row["group"]
        for row in sorted(rules.load("surveillance/groups"), key=lambda row: row["from"])
    }

    assert not {d for d in epidemics.diseases if d in group_a and still[d] == "A"}


def test_cases_lie_on_the_map_of_their_report(dien_bien, cases):
    known = cases.known

    np.testing.assert_array_equal(cases.merged[known], cases.reported[known] >= MERGED)
    np.testing.assert_array_equal(cases.commune, dien_bien.gazetteer.successor[cases.former])
    day = cases.reported[known].astype(object)
    for unit, on in zip(cases.unit[known].tolist(), day.tolist(), strict=True):
        facility = dien_bien.network.facilities[unit]
        assert facility.since <= on
        assert facility.until is None or on < facility.until


def test_some_cases_are_never_told_and_some_weeks_are_silent(epidemics, cases, last):
    returns = epidemics.returns
    missing = np.isnat(returns.sent) & (returns.due < last)

    assert 0.05 < (~cases.known).mean() < 0.35
    assert 0.005 < missing.mean() < 0.1
    assert 0.03 < (returns.sent > returns.due).mean() < 0.25
    assert (returns.week.astype(np.int64) % 7 == 4).all()  # Mondays: 1970-01-01 was a Thursday


def test_one_return_a_week_from_every_station_there_is(dien_bien, epidemics):
    returns, facilities = epidemics.returns, dien_bien.network.facilities
    pairs = np.column_stack([returns.unit, returns.week.astype(np.int64)])
    before = returns.week < np.datetime64("2025-06-30")

    assert len(np.unique(pairs, axis=0)) == len(pairs)
    assert len(np.unique(returns.unit[before])) == 129
    assert len(np.unique(returns.unit[~before])) == 45
    assert {facilities[unit].kind for unit in np.unique(returns.unit)} == {"station"}


@pytest.mark.parametrize("name", ["dengue", "influenza", "tuberculosis"])
def test_the_season_has_mean_one(name):
    disease = next(d for d in parameters.read(rules.load("synthetic/diseases")) if d.id == name)

    assert np.isclose(disease.season(np.arange(365)).mean(), 1, atol=1e-6)
