"""People who could be, and numbers that cannot."""

import numpy as np
import pytest

from tuyen import rules
from tuyen.engines.synthetic import people as people_of
from tuyen.engines.synthetic.events import KINDS, events
from tuyen.engines.synthetic.people import RELATIONS, render
from tuyen.kernel.refusal import BadInput

YEAR = 365.25


@pytest.fixture(scope="module")
def people(dien_bien):
    return dien_bien.people


@pytest.fixture(scope="module")
def here(people):
    return people.resident(people.until)


@pytest.fixture(scope="module")
def texts(people):
    return render(people)


def years(late, early):
    return (late - early).astype(np.int64) / YEAR


@pytest.mark.parametrize("size", [1, 2, 37, 4_000])
def test_as_many_residents_as_asked(make_province, size):
    people = make_province(size).people

    assert people.resident(people.until).sum() == size


def test_nobody_is_refused(make_province):
    with pytest.raises(BadInput, match="0 people cannot make a province"):
        make_province(0)


@pytest.mark.parametrize(
    ("what", "low", "high"),
    [("under 15", 0.25, 0.34), ("15 to 64", 0.58, 0.70), ("65 and over", 0.04, 0.09)],
)
def test_the_pyramid_is_that_of_a_young_province(people, here, what, low, high):
    age = years(people.until, people.born[here])
    share = {
        "under 15": (age < 15).mean(),
        "15 to 64": ((age >= 15) & (age < 65)).mean(),
        "65 and over": (age >= 65).mean(),
    }[what]

    assert low < share < high


def test_rates_of_birth_death_and_sex_are_plausible(people, here):
    years_of_story = years(people.until, people.since)
    residents = here.sum()
    births = (people.born >= people.since).sum() / years_of_story / residents
    deaths = (~np.isnat(people.died)).sum() / years_of_story / residents
    newborn = people.born >= people.since

    assert 0.015 < births < 0.026
    assert 0.004 < deaths < 0.009
    assert 0.48 < (people.sex[here] == 1).mean() < 0.52
    assert 1.0 < (people.sex[newborn] == 1).sum() / (people.sex[newborn] == 2).sum() < 1.25


def test_ethnic_groups_are_near_the_census(people, here):
    share = dict(
        zip(
            people.names.groups,
            np.bincount(people.group[here], minlength=len(people.names.groups)) / here.sum(),
            strict=True,
        )
    )

    assert 0.30 < share["thai"] < 0.42
    assert 0.32 < share["hmong"] < 0.44
    assert 0.12 < share["kinh"] < 0.23


@pytest.mark.parametrize(("link", "least", "most"), [("mother", 13, 50), ("father", 13, 70)])
def test_parents_are_older_by_a_life_that_could_be(people, link, least, most):
    parent = getattr(people, link)
    known = parent >= 0
    gap = years(people.born[known], people.born[parent[known]])

    assert known.any()
    assert gap.min() >= least
    assert gap.max() <= most
    assert set(people.sex[parent[known]]) == {2 if link == "mother" else 1}


def test_nobody_is_born_to_the_dead(people):
    mothers, fathers = people.mother >= 0, people.father >= 0

    assert not (people.died[people.mother[mothers]] < people.born[mothers]).any()
    long_dead = people.died[people.father[fathers]] + np.timedelta64(280, "D")
    assert not (long_dead < people.born[fathers]).any()


def test_spouses_are_each_others_of_two_sexes_and_grown(people):
    known = np.flatnonzero(people.spouse >= 0)
    other = people.spouse[known]

    np.testing.assert_array_equal(people.spouse[other], known)
    assert (people.sex[known] != people.sex[other]).all()
    assert years(people.until, people.born[known]).min() >= 18
    np.testing.assert_array_equal(people.household[known], people.household[other])


def test_each_household_has_one_head_an_adult_where_there_is_one(people, here):
    heads = np.flatnonzero(people.relation == RELATIONS.index("head"))

    np.testing.assert_array_equal(np.sort(heads), np.sort(people.household_head))
    np.testing.assert_array_equal(
        people.household[people.household_head], np.arange(people.household_head.size)
    )
    age = years(people.until, people.born)
    grown = np.bincount(people.household[here & (age >= 16)], minlength=heads.size) > 0
    assert (age[people.household_head][grown] >= 15).all()
    assert here[people.household_head][grown].all()


def test_household_sizes(people, here):
    size = np.bincount(people.household[here])
    size = size[size > 0]

    assert 3.4 < size.mean() < 5.2
    assert size.max() <= 17
    assert (size == 1).mean() < 0.15


def test_days_are_in_order(people):
    assert (people.born <= people.until).all()
    assert not (people.died < people.born).any()
    assert not (people.died < people.since).any()
    assert not (people.died > people.until).any()
    assert not (people.arrived <= people.born).any()
    assert not (people.left < people.arrived).any()
    assert not (~np.isnat(people.died) & ~np.isnat(people.left)).any()
    assert years(people.until, people.born).max() < 115
    for day in ("arrived", "left", "settled", "insured_since"):
        column = getattr(people, day)
        assert not (column > people.until).any(), day
    assert not (people.insured_until <= people.insured_since).any()


def test_nobody_is_insured_for_no_day_at_all(names):
    rule = rules.load("synthetic/demography")
    since, n = np.datetime64("2021-01-01"), 2_000
    born, never = np.full(n, np.datetime64("1980-05-05")), np.full(n, np.datetime64("NaT", "D"))

    _, start, end = people_of._insurance(
        born, never, np.full(n, since), never, np.zeros(n, np.int64), names, since,
        np.datetime64("2026-10-25"), rule, np.random.default_rng(1),
    )  # fmt: skip

    assert (end[~np.isnat(start)] > start[~np.isnat(start)]).all()


@pytest.mark.parametrize(("on", "low"), [("since", 0.8), ("until", 0.94)])
def test_insured_share(people, on, low):
    day = getattr(people, on)
    share = people.insured(day)[people.resident(day)].mean()

    assert low < share < 0.965


def test_numbers_can_belong_to_nobody(people, texts):
    # Fourth digit 8 or 9: born from 2300 on. 99: no province. 060: no network.
    assert {number[3] for number in texts.citizen_id} == {"8", "9"}
    assert all(len(number) == 12 and number[:3] == "011" for number in texts.citizen_id)
    assert all(len(number) == 10 and number[:2] == "99" for number in texts.insurance_number)
    assert all(card == "" or len(card) == 15 for card in texts.insurance_card)
    assert all(phone == "" or (len(phone) == 10 and phone[:3] == "060") for phone in texts.phone)


def test_numbers_are_given_once(dien_bien, people, texts):
    staff = [member.citizen_id for member in dien_bien.staff.members]
    phones = [phone for phone in texts.phone if phone]
    phones += [member.phone for member in dien_bien.staff.members]

    assert len(set(texts.citizen_id + staff)) == len(people) + len(staff)
    assert len(set(texts.insurance_number)) == len(people)
    assert len(set(phones)) == len(phones)


def test_the_citizen_number_tells_sex_and_year(people, texts):
    rows = range(0, len(people), 97)

    for row in rows:
        number = texts.citizen_id[row]
        assert number[3] == {1: "8", 2: "9"}[int(people.sex[row])]
        assert number[4:6] == str(people.born[row])[2:4]


def test_names_are_composed_vietnamese_letters(texts):
    import unicodedata

    assert all(unicodedata.is_normalized("NFC", name) for name in texts.name[:5_000])
    assert any("Thị" in name.split() for name in texts.name)
    assert all(2 <= len(name.split()) <= 4 for name in texts.name)


def test_children_bear_the_fathers_name(people):
    child = np.flatnonzero((people.father >= 0) & (people.mother >= 0))

    np.testing.assert_array_equal(people.family[child], people.family[people.father[child]])


def test_pieces_are_the_whole(people, texts):
    names = [name for _, _, piece in people_of.chunks(people, 7_001) for name in piece.name]

    assert names == texts.name


def test_events_are_ordered_and_balance(people):
    found = events(people)
    day, kind = found.day, found.kind
    count = dict(zip(KINDS, np.bincount(kind, minlength=len(KINDS)).tolist(), strict=True))
    before = people.resident(people.since - np.timedelta64(1, "D")).sum()
    after = people.resident(people.until).sum()

    assert (np.diff(day.astype(np.int64)) >= 0).all()
    assert day.min() >= people.since
    assert day.max() <= people.until
    assert before + count["born"] + count["arrived"] - count["died"] - count["left"] == after
    assert count["moved"] > 0


def test_a_mover_leaves_the_village_he_lived_in(people):
    found = events(people)
    where = people.village.copy()
    moved = people.village_before >= 0
    where[moved] = people.village_before[moved]
    for kind, person, origin, village in zip(
        found.kind.tolist(), found.person.tolist(), found.origin.tolist(), found.village.tolist(),
        strict=True,
    ):  # fmt: skip
        if KINDS[kind] in ("moved", "died", "left"):
            assert where[person] == origin
        if KINDS[kind] == "moved":
            where[person] = village

    np.testing.assert_array_equal(where[moved], people.village[moved])
