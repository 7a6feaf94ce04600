"""The schedule engine as the register asks it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tuyen.apps.immunization.sameness import Row
from tuyen.engines.immunization import (
    DoseGiven,
    GroupAnswer,
    Pack,
    Person,
    evaluate,
    evaluate_many,
)
from tuyen.rules.immunization import lists

_GENDER = {1: "M", 2: "F"}


class Asked(NamedTuple):
    """Somebody to be looked at: birth, sex (1 male, 2 female), and the doses that count."""

    born_on: date
    sex: int
    doses: Sequence[Row]


def judged(pack: Pack, people: Sequence[Asked], on: date) -> list[list[GroupAnswer]]:
    """What a pack says of each of these people on a day, one answer for each vaccine group. Doses of
    an answer are numbered as they were given, from 0.

    Where the engine has two forecasts for a group, that which fits the person's age is taken.
    """
    batch = [(_person(one), given(one.doses)) for one in people]
    return [_one_each(answers) for answers in evaluate_many(pack, batch, on)]


def explained(pack: Pack, asked: Asked, on: date) -> list[GroupAnswer]:
    """:func:`judged` for one person, with the rule and the row of the pack behind every verdict."""
    return _one_each(evaluate(pack, _person(asked), given(asked.doses), on))


def given(doses: Sequence[Row]) -> list[DoseGiven]:
    """Doses as the engine takes them, with the maker and trade name where they are known."""
    vaccines, products = lists.vaccines(), lists.products()
    found = []
    for n, row in enumerate(doses):
        vaccine, product = vaccines.get(row["vaccine"]), products.get(row["product"])
        found.append(
            DoseGiven(
                date=row["given_on"], vaccine=vaccine.cvx if vaccine else row["vaccine"], n=n,
                maker=product.mvx if product else "",
                trade_name=product.trade_name if product else "",
            )
        )  # fmt: skip
    return found


def _person(asked: Asked) -> Person:
    return Person(dob=asked.born_on, gender=_GENDER.get(asked.sex, "U"))


def _one_each(answers: Sequence[GroupAnswer]) -> list[GroupAnswer]:
    found: dict[str, GroupAnswer] = {}
    for answer in answers:
        found.setdefault(answer.vaccine_group, answer)
    return list(found.values())
