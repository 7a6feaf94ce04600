"""Households as they may be met: couples, children, his parents, lone people, in one matrix.

Each household is a row of slots: husband, wife, his father, his mother, another relative, and up
to twelve children in the order of birth. Empty slots stay empty, so everything is a column
operation; the caller flattens the rows into people.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic.lives import LifeTable
from tuyen.engines.synthetic.streams import NAT, YEAR, Choice, Days, Floats, Ints

HUSBAND, WIFE, FATHER, MOTHER, OTHER, CHILD = range(6)
SLOTS = CHILD + 12

RELATIONS = (
    "head",
    "spouse",
    "child",
    "parent",
    "child-in-law",
    "grandchild",
    "parent-in-law",
    "sibling",
    "other",
)
_HEAD, _SPOUSE, _CHILD, _PARENT, _CHILD_IN_LAW, _GRANDCHILD, _IN_LAW, _SIBLING, _OTHER = range(9)
# Who one is to the head: row = slot of the head, column = own slot (the last: any child).
_KIN = np.array(
    [
        [_HEAD, _SPOUSE, _PARENT, _PARENT, _SIBLING, _CHILD],
        [_SPOUSE, _HEAD, _IN_LAW, _IN_LAW, _OTHER, _CHILD],
        [_CHILD, _CHILD_IN_LAW, _HEAD, _SPOUSE, _CHILD, _GRANDCHILD],
        [_CHILD, _CHILD_IN_LAW, _SPOUSE, _HEAD, _CHILD, _GRANDCHILD],
        [_SIBLING, _OTHER, _PARENT, _PARENT, _HEAD, _OTHER],
        [_PARENT, _PARENT, _OTHER, _OTHER, _OTHER, _SIBLING],
    ],
    np.int8,
)


class Block(NamedTuple):
    """h households. Slot matrices are (h, SLOTS); a slot with ``there`` False is nobody."""

    there: np.ndarray[Any, np.dtype[np.bool_]]
    sex: Ints  # uint8: 1 male, 2 female
    born: Days
    died: Days  # NaT: alive on the last day
    left: Days  # NaT: has not left the province
    arrived: Days  # (h,) the day the household came into the province; NaT: always here
    group: Ints  # (h, 2) int8: of the husband, of the wife


class _Couple(NamedTuple):
    wife: Days
    husband: Days
    has_wife: np.ndarray[Any, np.dtype[np.bool_]]
    has_husband: np.ndarray[Any, np.dtype[np.bool_]]


def draw(
    group: Ints,
    other_group: Ints,
    groups: list[str],
    since: np.datetime64,
    until: np.datetime64,
    rule: Mapping[str, Any],
    rng: np.random.Generator,
) -> Block:
    """Draw one household for each of ``group`` (h,), as its people were between two days.

    Deaths are drawn over whole lives from the life table: who died before ``since`` is not there,
    who died up to ``until`` has a day of death. Nobody is born after ``until``, to a dead mother,
    or more than 280 days after his father's death.

    Parameters
    ----------
    group, other_group : (h,) the household's ethnic group, and the wife's where she married in
    groups : names of the groups, for the parameters by group
    rule : content of rules/synthetic/demography
    """
    table, homes = LifeTable(rule["mortality"]), rule["households"]
    h = group.size
    couple = _couples(h, until, homes, rng)
    hers = np.where(rng.random(h) < homes["intermarriage"], other_group, group)
    there = np.zeros((h, SLOTS), bool)
    born = np.full((h, SLOTS), until, "datetime64[D]")
    sex = np.tile(np.array([1, 2, 1, 2, 1] + [1] * (SLOTS - CHILD), np.uint8), (h, 1))
    died = np.full((h, SLOTS), NAT)

    born[:, HUSBAND], born[:, WIFE] = couple.husband, couple.wife
    there[:, HUSBAND], there[:, WIFE] = couple.has_husband, couple.has_wife
    grown = np.full(h, 15.0)
    died[:, HUSBAND] = table.death(sex[:, HUSBAND], couple.husband, grown, rng)
    died[:, WIFE] = table.death(sex[:, WIFE], couple.wife, grown, rng)
    _parents(there, born, died, couple, group, groups, homes, table, rng)
    _relatives(there, sex, born, died, couple, since, homes, table, rng)
    _children(there, sex, born, died, couple, group, groups, until, rule, table, rng)

    left = _leave(there, sex, born, since, until, rule["movement"], rng)
    years = (until - since).astype(int) / YEAR
    comes = rng.random(h) < rule["movement"]["household_arrives"] * years
    arrived = np.where(comes, since + _some_days(rng, h, since, until), NAT)
    # Who comes has lived until then; a death or departure before the arrival was elsewhere.
    elsewhere = (died < arrived[:, None]) | (left < arrived[:, None])
    there &= ~elsewhere & (died >= since)
    left[(left >= died) | ~there] = NAT  # the dead do not leave
    died[(died > until) | (died > left) | ~there] = NAT  # who left dies elsewhere, unrecorded
    return Block(there, sex, born, died, left, arrived, np.column_stack([group, hers]))


def _some_days(
    rng: np.random.Generator, size: int, since: np.datetime64, until: np.datetime64
) -> np.ndarray[Any, np.dtype[np.timedelta64]]:
    span = max(int((until - since).astype(int)), 1)
    return rng.integers(0, span, size).astype("timedelta64[D]")


def _days(years: Floats) -> np.ndarray[Any, np.dtype[np.timedelta64]]:
    return (years * YEAR).astype("timedelta64[D]")


def _couples(
    h: int, until: np.datetime64, homes: Mapping[str, Any], rng: np.random.Generator
) -> _Couple:
    edges = np.array([*homes["wife_age_from"], homes["wife_age_end"]], float)
    band = Choice(homes["wife_age_share"]).draw(rng, h)
    wife = until - _days(edges[band] + rng.random(h) * np.diff(edges)[band])
    husband = wife - _days(_older(h, homes, rng))
    # The youngest husband is 18 on the last day.
    husband = np.minimum(husband, until - np.timedelta64(18 * 366, "D"))
    fate = rng.random(h)
    lone_woman, lone_man = homes["lone_woman"], homes["lone_man"]
    return _Couple(
        wife,
        husband,
        fate < 1 - lone_man,
        (fate < 1 - lone_man - lone_woman) | (fate >= 1 - lone_man),
    )


def _older(h: int, homes: Mapping[str, Any], rng: np.random.Generator) -> Floats:
    by = homes["husband_older_by"]
    return np.clip(rng.normal(by["mean"], by["sd"], h), by["least"], by["most"])


def _parents(
    there: np.ndarray[Any, Any],
    born: Days,
    died: Days,
    couple: _Couple,
    group: Ints,
    groups: list[str],
    homes: Mapping[str, Any],
    table: LifeTable,
    rng: np.random.Generator,
) -> None:
    """His parents, where the young couple lives with them."""
    h = group.size
    chance = np.array([homes["with_his_parents"][name] for name in groups])[group]
    with_them = (rng.random(h) < chance) & couple.has_husband
    mother_age = np.clip(rng.normal(24.0, 4.5, h), 16, 44)
    born[:, MOTHER] = couple.husband - _days(mother_age)
    father_age = np.clip(mother_age + _older(h, homes, rng), 16, 60)
    born[:, FATHER] = couple.husband - _days(father_age)
    for slot, age in ((MOTHER, mother_age), (FATHER, father_age)):
        sex = np.full(h, 2 if slot == MOTHER else 1)
        died[:, slot] = table.death(sex, born[:, slot], age, rng)
        there[:, slot] = with_them


def _relatives(
    there: np.ndarray[Any, Any],
    sex: Ints,
    born: Days,
    died: Days,
    couple: _Couple,
    since: np.datetime64,
    homes: Mapping[str, Any],
    table: LifeTable,
    rng: np.random.Generator,
) -> None:
    """A younger brother or sister of his, grown up, who lives with them."""
    h = couple.wife.size
    younger = _days(rng.uniform(1.5, 9, h))
    born[:, OTHER] = couple.husband + younger
    sex[:, OTHER] = rng.integers(1, 3, h)
    died[:, OTHER] = table.death(sex[:, OTHER], born[:, OTHER], np.full(h, 12.0), rng)
    grown = born[:, OTHER] < since - np.timedelta64(16 * 366, "D")
    # A parent in the house was alive for this birth too: she is at most 44 + 2 years older.
    mother_fits = (born[:, OTHER] - born[:, MOTHER]) < np.timedelta64(46 * 365, "D")
    chance = rng.random(h) < homes["with_another_relative"]
    there[:, OTHER] = chance & grown & mother_fits & couple.has_husband


def _children(
    there: np.ndarray[Any, Any],
    sex: Ints,
    born: Days,
    died: Days,
    couple: _Couple,
    group: Ints,
    groups: list[str],
    until: np.datetime64,
    rule: Mapping[str, Any],
    table: LifeTable,
    rng: np.random.Generator,
) -> None:
    """Children by the mother's family size, first birth and gaps, who have not yet left home."""
    fertility, h, k = rule["fertility"], group.size, SLOTS - CHILD
    of = {
        part: np.array([fertility["by_group"][name][part] for name in groups])[group]
        for part in ("births", "first", "gap")
    }
    year = couple.wife.astype("datetime64[Y]").astype(np.int64) + 1970
    family = of["births"] + fertility["older_cohorts_add"] * np.clip(1985 - year, 0, 45)
    count = 1 + rng.poisson(np.maximum(family - 1, 0.1))
    childless = np.where(couple.has_husband, 0.04, 0.45)
    count[(rng.random(h) < childless) | ~couple.has_wife] = 0

    first = np.maximum(rng.normal(of["first"], 2.9), fertility["youngest_mother"] + 0.1)
    gaps = np.maximum(rng.gamma(3.5, of["gap"][:, None] / 3.5, (h, k - 1)), 1.05)
    age = np.column_stack([first, first[:, None] + np.cumsum(gaps, axis=1)])
    birth = couple.wife[:, None] + _days(age)
    boy = rng.random((h, k)) < fertility["boys_per_100_girls"] / (
        100 + fertility["boys_per_100_girls"]
    )
    sexes = np.where(boy, 1, 2).astype(np.uint8)
    death = table.death(sexes.ravel(), birth.ravel(), np.zeros(h * k), rng).reshape(h, k)

    leaves = rule["households"]["child_leaves_home_at"]
    mean = np.where(boy, leaves["male"]["mean"], leaves["female"]["mean"])
    spread = np.where(boy, leaves["male"]["sd"], leaves["female"]["sd"])
    away = birth + _days(np.maximum(rng.normal(mean, spread), 15))
    last_for_father = np.where(
        couple.has_husband, died[:, HUSBAND] + np.timedelta64(280, "D"), until
    )
    possible = (np.arange(k) < count[:, None]) & (age < fertility["oldest_mother"])
    possible &= (birth <= until) & (birth <= died[:, WIFE][:, None])
    possible &= birth <= last_for_father[:, None]
    # With a husband too young for the first birth, the couple waits: he is a father from 15.
    possible &= ~couple.has_husband[:, None] | (
        birth - couple.husband[:, None] >= np.timedelta64(15 * 366, "D")
    )
    there[:, CHILD:] = possible & (np.minimum(death, until) < away)
    sex[:, CHILD:], born[:, CHILD:], died[:, CHILD:] = sexes, birth, death


def _leave(
    there: np.ndarray[Any, Any],
    sex: Ints,
    born: Days,
    since: np.datetime64,
    until: np.datetime64,
    movement: Mapping[str, Any],
    rng: np.random.Generator,
) -> Days:
    """(h, SLOTS) day on which a grown child or relative left the province; NaT for the others."""
    h = there.shape[0]
    years = (until - since).astype(int) / YEAR
    day = since + _some_days(rng, h * SLOTS, since, until).reshape(h, SLOTS)
    age = (day - born).astype(np.int64) / YEAR
    goes = (rng.random((h, SLOTS)) < movement["young_adult_leaves"] * years) & there
    goes &= (age >= 17) & (age < 31)
    goes[:, :OTHER] = False
    return np.where(goes, day, NAT)


def heads(block: Block, until: np.datetime64) -> Ints:
    """(h,) slot of the head on ``until``: the first adult of couple, parents, relative, children.

    Where the husband is under 35, his father is the head. Where no adult is left, the head is the
    eldest child who is, and where nobody is left, the first who was.
    """
    here: Any = block.there & np.isnat(block.died) & np.isnat(block.left)
    adult = here & (block.born <= until - np.timedelta64(15 * 366, "D"))
    order = np.where(adult.any(axis=1)[:, None], adult, here)
    order = np.where(here.any(axis=1)[:, None], order, block.there)
    head = order.argmax(axis=1)
    young = block.born[:, HUSBAND] > until - np.timedelta64(35 * 365, "D")
    return np.asarray(np.where(young & (head == HUSBAND) & here[:, FATHER], FATHER, head))


def relations(head: Ints) -> Ints:
    """(h, SLOTS) int8 position in RELATIONS of each slot, given the head's slot (h,)."""
    own = np.minimum(np.arange(SLOTS), CHILD)
    kin = _KIN[np.minimum(head, CHILD)[:, None], own[None, :]]
    kin[np.arange(head.size), head] = _HEAD
    return kin
