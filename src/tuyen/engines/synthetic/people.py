"""The people of a province as columns: who they are, whose, where, insured, and since when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic import households as homes
from tuyen.engines.synthetic import numbers
from tuyen.engines.synthetic.names import NameTables, Parts
from tuyen.engines.synthetic.streams import (
    DAY,
    NAT,
    YEAR,
    Choice,
    Days,
    Ints,
    Progress,
    Streams,
    silent,
)
from tuyen.engines.synthetic.villages import Villages
from tuyen.kernel.refusal import BadInput

RELATIONS = homes.RELATIONS
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class People:
    """p people in the order of village, household, slot. -1 means nobody; NaT, not happened.

    Rows are all who lived in the province on some day from ``since`` to ``until``: ``resident``
    says who did on a given day.
    """

    since: np.datetime64
    until: np.datetime64
    province: str  # two digits
    shift: int  # moves the serials of numbers, by seed
    names: NameTables
    rule: Mapping[str, Any]
    household: Ints  # (p,) int32, position in the household columns
    relation: Ints  # (p,) int8, position in RELATIONS, to the household's head on ``until``
    sex: Ints  # (p,) uint8: 1 male, 2 female
    born: Days
    died: Days
    arrived: Days  # came into the province on that day; NaT: born here or here before ``since``
    left: Days  # left it
    settled: Days  # lives in ``village`` since; before, in ``village_before``. NaT: always
    group: Ints  # (p,) int8, position in names.groups (codes and titles alongside)
    family: Ints  # (p,) int16, positions in names.words
    middle: Ints
    given: Ints
    mother: Ints  # (p,) int32, position of a person
    father: Ints
    spouse: Ints
    village: Ints  # (p,) int16, position in villages
    village_before: Ints  # (p,) int16; -1: outside the province, or the same
    serial: Ints  # (p,) int32, of the citizen number
    card: Ints  # (p,) int8, position in ``cards``
    insured_since: Days  # NaT: never insured
    insured_until: Days  # first day no longer insured; NaT: still is
    has_phone: Flags
    household_village: Ints  # (h,) int16
    household_head: Ints  # (h,) int32, position of a person
    household_number: Ints  # (h,) int16, house number, from 1 in each village

    def __len__(self) -> int:
        return int(self.sex.size)

    @property
    def cards(self) -> list[str]:
        """The first three signs of an insurance card, by position: group and benefit level."""
        return [f"{c['card']}{c['level']}" for c in self.rule["insurance"]["cards"]]

    def resident(self, on: np.datetime64) -> Flags:
        """(p,) who lives in the province at the end of the day ``on``."""
        gone = (self.died <= on) | (self.left <= on)
        return np.asarray((self.born <= on) & ~gone & ~(self.arrived > on))

    def insured(self, on: np.datetime64) -> Flags:
        """(p,) who is insured on the day ``on``."""
        return np.asarray((self.insured_since <= on) & ~(self.insured_until <= on))


class Rendered(NamedTuple):
    """What a person is called and numbered, as text, for rows ``start`` to ``stop``."""

    name: list[str]
    citizen_id: list[str]  # 12 digits, never a real one
    insurance_number: list[str]  # 10 digits, never a real one
    insurance_card: list[str]  # 15 signs; "" for the never insured
    phone: list[str]  # 10 digits, reaches nobody; "" for none
    ethnic: list[str]  # national code of the ethnic group, two digits


def render(people: People, start: int = 0, stop: int | None = None) -> Rendered:
    """The texts of rows ``start`` to ``stop``. Columns stay small; texts are made when needed."""
    part = slice(start, len(people) if stop is None else min(stop, len(people)))
    rows = np.arange(part.start, part.stop)
    reserved, cards = people.rule["reserved"], people.cards
    insurance = numbers.insurance_numbers(rows, people.shift, reserved["insurance"])
    phones = numbers.phones(rows, people.shift, reserved["phone"])
    never = np.isnat(people.insured_since[part]).tolist()
    codes = people.names.codes
    return Rendered(
        name=people.names.full(Parts(people.family[part], people.middle[part], people.given[part])),
        citizen_id=numbers.citizen_ids(
            people.province,
            people.sex[part],
            people.born[part],
            people.serial[part],
            reserved["citizen_id"],
        ),
        insurance_number=insurance,
        insurance_card=[
            "" if no else f"{cards[c]}{people.province}{number}"
            for no, c, number in zip(never, people.card[part].tolist(), insurance, strict=True)
        ],
        phone=[p if has else "" for p, has in zip(phones, people.has_phone[part], strict=True)],
        ethnic=[codes[g] for g in people.group[part].tolist()],
    )


def chunks(people: People, size: int = 5_000) -> Iterator[tuple[int, int, Rendered]]:
    """All rows in pieces of ``size``: start, stop and their texts."""
    for start in range(0, len(people), size):
        stop = min(start + size, len(people))
        yield start, stop, render(people, start, stop)


def build(
    size: int,
    villages: Villages,
    names: NameTables,
    rule: Mapping[str, Any],
    province: str,
    since: np.datetime64,
    until: np.datetime64,
    streams: Streams,
    progress: Progress = silent,
) -> People:
    """People of a province with exactly ``size`` residents on the last day, ``until``.

    Parameters
    ----------
    rule : content of rules/synthetic/demography
    since, until : datetime64[D]; births, deaths and moves are known between them

    Raises
    ------
    BadInput
        If ``size`` is below 1 or the days are in the wrong order.

    Notes
    -----
    About 25 µs and 250 bytes a person, the peak included.
    """
    if size < 1:
        raise BadInput(what=f"{size} people cannot make a province; ask for 1 or more")
    if not since < until:
        raise BadInput(what=f"the first day {since} is not before the last day {until}")
    rng = streams.of("people.households")
    parts, placed, left = [], [], size
    while left > 0:
        village, block = _block(left, villages, names, rule, since, until, rng)
        keep = _enough(block, left)
        parts.append(homes.Block._make(column[:keep] for column in block))
        placed.append(village[:keep])
        left -= int(_here(parts[-1]).sum())
        progress("people", size - max(left, 0), size)
    village = np.concatenate(placed)
    order = np.argsort(village, kind="stable")
    block = homes.Block._make(
        np.concatenate(columns)[order] for columns in zip(*parts, strict=True)
    )
    return _assemble(block, village[order], villages, names, rule, province, since, until, streams)


def _here(block: homes.Block) -> Flags:
    return np.asarray(block.there & np.isnat(block.died) & np.isnat(block.left))


def _block(
    wanted: int,
    villages: Villages,
    names: NameTables,
    rule: Mapping[str, Any],
    since: np.datetime64,
    until: np.datetime64,
    rng: np.random.Generator,
) -> tuple[Ints, homes.Block]:
    h = max(8, min(int(wanted / 4.2) + 8, 40_000))
    village = Choice(villages.weight).draw(rng, h).astype(np.int16)
    mixed = villages.mix[villages.former[village]].cumsum(axis=1)
    stranger = np.minimum((rng.random((h, 1)) > mixed).sum(axis=1), len(names.groups) - 1)
    group = np.where(rng.random(h) < 0.9, villages.group[village], stranger).astype(np.int8)
    block = homes.draw(group, stranger.astype(np.int8), names.groups, since, until, rule, rng)
    return village, block


def _enough(block: homes.Block, wanted: int) -> int:
    """How many households of the block bring ``wanted`` residents; trims the last one to fit."""
    here = _here(block)
    total = np.cumsum(here.sum(axis=1))
    keep = int(np.searchsorted(total, wanted)) + 1
    if keep > total.size:
        return int(total.size)
    # The youngest go first, so that nobody loses a parent who is still there.
    surplus = int(total[keep - 1]) - wanted
    if surplus:
        block.there[keep - 1, np.flatnonzero(here[keep - 1])[-surplus:]] = False
    return keep


def _assemble(
    block: homes.Block,
    village: Ints,
    villages: Villages,
    names: NameTables,
    rule: Mapping[str, Any],
    province: str,
    since: np.datetime64,
    until: np.datetime64,
    streams: Streams,
) -> People:
    peopled = block.there.any(axis=1)
    block, village = homes.Block._make(column[peopled] for column in block), village[peopled]
    home, slot = np.nonzero(block.there)
    row = np.full(block.there.shape, -1, np.int32)
    row[home, slot] = np.arange(home.size, dtype=np.int32)
    head = homes.heads(block, until)
    at = (home, slot)
    born, sex = block.born[at], block.sex[at]
    arrived = np.where(block.arrived[home] > born, block.arrived[home], NAT)
    came = _moves(block, village, villages, since, until, rule, streams.of("people.moves"))
    settled, before = _settled(block, home, born, arrived, came)
    numbering = streams.of("people.numbers")
    shift = int(numbering.integers(1_000_000))
    group, family = _groups_and_families(block, home, slot, names, streams.of("people.families"))
    middle, given = names.personal(group, sex, born, streams.of("people.names"))
    links = _links(row, home, slot)
    died, left = block.died[at], block.left[at]
    card, insured_since, insured_until = _insurance(
        born, died, left, arrived, group, names, since, until, rule, streams.of("people.insurance")
    )
    adult = born <= until - np.timedelta64(15 * 366, "D")
    phone = adult & (streams.of("people.phones").random(adult.size) < rule["phones"]["share"])
    number = np.arange(village.size) - np.searchsorted(village, village) + 1
    return People(
        since, until, province, shift, names, rule,
        home.astype(np.int32), homes.relations(head)[at], sex, born, died, arrived, left,
        settled, group, family, middle, given, *links, village[home], before,
        numbers.citizen_serials(sex, born, shift), card, insured_since, insured_until, phone,
        village, row[np.arange(head.size), head], number.astype(np.int16),
    )  # fmt: skip


def _moves(
    block: homes.Block,
    village: Ints,
    villages: Villages,
    since: np.datetime64,
    until: np.datetime64,
    rule: Mapping[str, Any],
    rng: np.random.Generator,
) -> tuple[Days, Ints]:
    """(h,) the day each household moved to its village from another, and from which; NaT, -1."""
    span = int((until - since).astype(int))
    moves = rng.random(village.size) < rule["movement"]["household_moves_within"] * span / YEAR
    day = since + rng.integers(0, span, village.size).astype("timedelta64[D]")
    origin = Choice(villages.weight).draw(rng, village.size)
    moves &= (origin != village) & np.isnat(block.arrived)
    return np.where(moves, day, NAT), np.where(moves, origin, -1).astype(np.int16)


def _settled(
    block: homes.Block, home: Ints, born: Days, arrived: Days, came: tuple[Days, Ints]
) -> tuple[Days, Ints]:
    day = came[0][home]
    at = block.there.nonzero()
    gone = np.fmin(block.died[at], block.left[at])  # fmin: a day where there is one
    moved = (day > born) & ~(gone <= day)
    settled = np.where(moved, day, arrived).astype(DAY)
    return settled, np.where(moved, came[1][home], -1).astype(np.int16)


def _groups_and_families(
    block: homes.Block, home: Ints, slot: Ints, names: NameTables, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Group and family name: his for his kin and the children, her own for each wife."""
    his, hers = block.group[:, 0], block.group[:, 1]
    family = {
        homes.HUSBAND: names.families(his, rng),
        homes.WIFE: names.families(hers, rng),
        homes.MOTHER: names.families(his, rng),
    }
    lone = ~block.there[:, homes.HUSBAND] & block.there[:, homes.WIFE]
    child = np.where(lone, family[homes.WIFE], family[homes.HUSBAND])
    by_slot = np.empty((home.max() + 1, homes.SLOTS), np.int16)
    by_slot[:] = child[:, None]
    by_slot[:, homes.HUSBAND] = by_slot[:, homes.FATHER] = family[homes.HUSBAND]
    by_slot[:, homes.OTHER] = family[homes.HUSBAND]
    by_slot[:, homes.WIFE], by_slot[:, homes.MOTHER] = family[homes.WIFE], family[homes.MOTHER]
    of_wife = (slot == homes.WIFE) | ((slot >= homes.CHILD) & lone[home])
    return np.where(of_wife, hers[home], his[home]), by_slot[home, slot]


def _links(row: Ints, home: Ints, slot: Ints) -> tuple[Ints, Ints, Ints]:
    """Mother, father and spouse of each person, as positions of people."""
    mother, father, spouse = np.full((3, *row.shape), -1, np.int32)
    mother[:, homes.CHILD :] = row[:, homes.WIFE][:, None]
    father[:, homes.CHILD :] = row[:, homes.HUSBAND][:, None]
    for slot_of in (homes.HUSBAND, homes.OTHER):
        mother[:, slot_of], father[:, slot_of] = row[:, homes.MOTHER], row[:, homes.FATHER]
    for one, other in ((homes.HUSBAND, homes.WIFE), (homes.FATHER, homes.MOTHER)):
        spouse[:, one], spouse[:, other] = row[:, other], row[:, one]
    return mother[home, slot], father[home, slot], spouse[home, slot]


def _insurance(
    born: Days,
    died: Days,
    left: Days,
    arrived: Days,
    group: Ints,
    names: NameTables,
    since: np.datetime64,
    until: np.datetime64,
    rule: Mapping[str, Any],
    rng: np.random.Generator,
) -> tuple[Ints, Days, Days]:
    """Card kind, and one interval of entitlement each."""
    n = born.size
    age = (until - born).astype(np.int64) / YEAR
    card = np.full(n, -1, np.int8)
    for position, kind in enumerate(rule["insurance"]["cards"]):
        fits = (card < 0) & (age >= kind.get("from", 0)) & (age < kind.get("until", 200))
        fits &= age < kind.get("under", 200)
        if "groups" in kind:
            fits &= np.isin(group, [names.groups.index(name) for name in kind["groups"]])
        fits &= rng.random(n) < kind.get("share", 1)
        card[fits] = position
    luck, moment = rng.random((2, n))
    here_since = np.fmax(np.fmax(born, since), arrived)  # fmax: a day where there is one
    gone = np.fmin(died, left)
    last = np.where(np.isnat(gone), until, gone)
    inside = here_since + ((last - here_since).astype(np.int64) * moment).astype("timedelta64[D]")
    share = rule["insurance"]["share"]
    long_ago = np.maximum(born, since - (moment * 4 * YEAR).astype("timedelta64[D]"))
    recent = luck < 0.12 * share  # insured only since some day of the period
    start = np.where(recent & (age > 6), inside, np.where(np.isnat(arrived), long_ago, arrived))
    lapsed = (luck >= share) & (luck < share + (1 - share) * 0.4) & (inside > start)
    end = np.where(lapsed, inside, gone)
    insured = ((luck < share) | lapsed) & ~(end <= start)  # one who goes on the first day has none
    return card, np.where(insured, start, NAT), np.where(insured, end, NAT)
