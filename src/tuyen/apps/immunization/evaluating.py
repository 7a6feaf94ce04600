"""The schedule engine as the register asks it: which pack holds for whom, and what it says."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tuyen.apps.immunization.sameness import Row
from tuyen.engines.immunization import evaluate_many
from tuyen.engines.immunization.history import DoseGiven, GroupAnswer, Person
from tuyen.engines.immunization.pack import Pack
from tuyen.rules.immunization import lists

_GENDER = {1: "M", 2: "F"}


class Asked(NamedTuple):
    """Somebody to be looked at: birth, sex (1 male, 2 female), and the doses that count."""

    born_on: date
    sex: int
    doses: Sequence[Row]


def judged(pack: Pack, people: Sequence[Asked], on: date) -> list[tuple[GroupAnswer, ...]]:
    """What a pack says of each of these people on a day, one entry for each vaccine group. Doses of
    an answer are numbered as they were given, from 0."""
    batch = [(_person(one), _given(one.doses)) for one in people]
    return [answer.groups for answer in evaluate_many(pack, batch, on)]


def _person(asked: Asked) -> Person:
    return Person(dob=asked.born_on, gender=_GENDER.get(asked.sex, "U"))


def _given(doses: Sequence[Row]) -> list[DoseGiven]:
    vaccines, products = lists.vaccines(), lists.products()
    found = []
    for n, row in enumerate(doses):
        vaccine = vaccines.get(row["vaccine"])
        product = products.get(row["product"])
        found.append(
            DoseGiven(
                date=row["given_on"], vaccine=vaccine.cvx if vaccine else row["vaccine"], n=n,
                maker=product.mvx if product else "",
                trade_name=product.trade_name if product else "",
            )
        )  # fmt: skip
    return found
