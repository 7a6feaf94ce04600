"""Evidence that two records are one person: what weighs, what does not, and that few are shown."""

import random
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.registry import duplicates
from tuyen.engines.registry.duplicates import Frequencies, Record, compare, find, pairs, parts

FAMILY = ["Giàng"] * 6 + ["Lò"] * 4 + ["Quàng", "Vàng", "Nguyễn", "Đặng"]
GIVEN = ["Pó", "Chua", "Mai", "Dính", "Sua", "Thảo", "Hương", "Páo", "Ly", "Xuân", "Sáng", "Mỷ"]


def village(size=1500, seed=3):
    """Records of a district: a few clans, two middle names."""
    rng = random.Random(seed)
    people = []
    for n in range(size):
        sex = rng.choice((1, 2))
        place = rng.randrange(60)
        people.append(
            Record(
                id=f"p{n:05d}", name=_name(rng, sex), sex=sex, village=f"v{place}",
                born_on=date(rng.randrange(1940, 2024), rng.randrange(1, 13), rng.randrange(1, 28)),
                commune=f"c{place // 10}", household=f"h{n // 4}",
                numbers=(("personal_number", f"{rng.randrange(10**12):012d}"),),
            )
        )  # fmt: skip
    return people


def _name(rng, sex):
    return f"{rng.choice(FAMILY)} {'Thị' if sex == 2 else 'A'} {rng.choice(GIVEN)}"


PEOPLE = village()
KNOWN = Frequencies.of(PEOPLE)
ONE = Record("a", "Giàng A Pó", date(1987, 3, 5), sex=1, village="v1", commune="c0")


def weights(match):
    return {each.field: (each.level, each.weight) for each in match.evidence}


def test_a_very_frequent_name_weighs_little_and_a_rare_one_much():
    twin = weights(compare(ONE, ONE._replace(id="b"), KNOWN))
    rare = ONE._replace(name="Đặng A Kỉnh")
    rarer = weights(compare(rare, rare._replace(id="b"), KNOWN))

    assert twin["family"][1] < 1.5 < rarer["family"][1]
    assert twin["middle"][1] < 1.5
    assert twin["given"][1] < rarer["given"][1]


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("the same", {}),
        ("without marks", {"name": "giang a po"}),
        ("composed otherwise", {"name": "Gia\u0300ng A Po\u0301"}),
        ("without the middle name", {"name": "Giàng Pó"}),
        ("given name first", {"name": "Pó Giàng A"}),
        ("mistyped", {"name": "Giàng A Póo"}),
        ("day and month exchanged", {"born_on": date(1987, 5, 3)}),
    ],
)
def test_is_likely_the_same_person(why, change):
    number = (("personal_number", "011087001234"),)
    one = ONE._replace(numbers=number, phone="0912345678")
    other = one._replace(id="b", **change)

    assert compare(one, other, KNOWN).likely, why


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("a twin sister", {"name": "Giàng Thị Mai", "sex": 2}),
        ("a brother of the same year", {"name": "Giàng A Chua", "born_on": date(1987, 11, 20)}),
        ("the father, of the same name", {"born_on": date(1961, 7, 2)}),
        ("a neighbour with a name like many", {"born_on": date(1990, 3, 5)}),
        ("another with another number",
         {"born_on": date(1987, 9, 9), "numbers": (("personal_number", "011087009999"),)}),
    ],
)  # fmt: skip
def test_is_likely_another_person(why, change):
    one = ONE._replace(household="h1", numbers=(("personal_number", "011087001234"),))

    other = one._replace(**{"id": "b", "numbers": (), **change})

    assert compare(one, other, KNOWN).probability < 0.5, why


def test_only_the_year_known_is_weaker_evidence_than_a_day():
    year = ONE._replace(born_on=date(1987, 1, 1))
    exact = weights(compare(ONE, ONE._replace(id="b"), KNOWN))["birth"]
    vague = weights(compare(year, ONE._replace(id="b"), KNOWN))["birth"]

    assert (exact[0], vague[0]) == ("equal", "year")
    assert exact[1] > vague[1] + 5


def test_a_number_that_contradicts_speaks_against_and_a_mistyped_one_for():
    one = ONE._replace(numbers=(("personal_number", "011087001234"),))
    levels = {
        value: weights(
            compare(one, one._replace(id="b", numbers=(("personal_number", value),)), KNOWN)
        )["number"]
        for value in ("011087001234", "011087001243", "011087001235", "011099887766")
    }

    assert [level for level, _ in levels.values()] == ["equal", "mistyped", "mistyped", "differs"]
    assert [weight > 0 for _, weight in levels.values()] == [True, True, True, False]


@given(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))
def test_the_order_of_the_two_does_not_matter(one, other):
    assert compare(one, other, KNOWN) == compare(other, one, KNOWN)


def typed_again(rng, record, n):
    """The record as it comes a second time, with one thing wrong."""
    wrong = rng.choice(("marks", "number", "birth", "middle", "place"))
    again = record._replace(id=f"q{n:05d}", household=f"x{n}")
    if wrong == "marks":
        again = again._replace(name=duplicates.fold(record.name).title())
    elif wrong == "number":
        again = again._replace(numbers=())
    elif wrong == "birth":
        again = again._replace(born_on=record.born_on.replace(year=record.born_on.year - 1))
    elif wrong == "middle":
        family, _, given = record.name.split()
        again = again._replace(name=f"{family} {given}")
    else:
        again = again._replace(village="v59", commune="c5")
    return again


def test_people_registered_twice_are_found_and_hardly_anybody_else():
    rng = random.Random(5)
    twice = rng.sample(PEOPLE, 150)
    second = [typed_again(rng, record, n) for n, record in enumerate(twice)]
    everybody = [*PEOPLE, *second]

    found = find(everybody)

    truth = {(record.id, f"q{n:05d}") for n, record in enumerate(twice)}
    got = {tuple(sorted((everybody[i].id, everybody[j].id))) for i, j, _ in found}
    assert len(got & truth) >= 0.95 * len(truth)
    assert len(got - truth) <= 0.03 * len(truth)


def test_blocks_lose_nothing_that_comparing_all_with_all_would_find():
    rng = random.Random(6)
    some = PEOPLE[:120]
    everybody = [*some, *(typed_again(rng, r, n) for n, r in enumerate(some[:40]))]
    known = Frequencies.of(everybody)

    slow = {
        (i, j)
        for i, j in combinations(range(len(everybody)), 2)
        if compare(everybody[i], everybody[j], known).probability >= duplicates.POSSIBLE
    }

    assert slow <= set(pairs(everybody))


def test_never_more_than_three_are_shown():
    twins = [ONE._replace(id=f"t{n}", phone="0912345678") for n in range(12)]

    found = find([*PEOPLE, *twins])
    shown = duplicates.candidates(twins[0], twins[1:], KNOWN)

    often = [i for i, j, _ in found for i in (i, j)]
    assert max(often.count(row) for row in set(often)) <= 3
    assert len(shown) == 3


def test_a_frequent_name_makes_no_square_of_work():
    crowd = [
        ONE._replace(id=f"c{n}", born_on=date(1987, 1, 1), village="", household=f"h{n}")
        for n in range(2000)
    ]

    assert len(pairs(crowd)) < 10 * len(crowd)


def test_nobody_is_no_pair():
    assert (pairs([]), find([]), parts("")[:3]) == ([], [], ("", "", ""))
