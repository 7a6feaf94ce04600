"""The impact in columns is the impact with everybody built: the same counts and the same moves.

Its code runs here as Python, as that of the fast engine does.
"""

from collections import Counter
from functools import partial
from statistics import median

import numpy as np
import pytest

from tests.unit.engines.immunization.test_fast import fast  # noqa: F401  # a fixture
from tests.unit.engines.immunization.test_impact import definition
from tests.unit.engines.immunization.test_impact_sieve import histories
from tuyen.engines.immunization import evaluate_many
from tuyen.engines.immunization.definitions import compile_pack
from tuyen.engines.immunization.history import DoseGiven
from tuyen.engines.immunization.impact import Case, changes, counted
from tuyen.engines.immunization.layout import MOST_DOSES

PEOPLE = 45


def columns(cases, module):
    """The same people as columns; the commune of each is its number modulo 3."""
    genders = ("M", "F")
    vaccines = sorted({dose.vaccine for case in cases for dose in case.doses})
    products = sorted({(dose.trade_name, dose.maker) for case in cases for dose in case.doses})
    doses = [dose for case in cases for dose in case.doses]

    def ints(values):
        return np.array(list(values), np.int64)

    return module.Histories(
        ints(case.person.dob.toordinal() for case in cases),
        ints(genders.index(case.person.gender) for case in cases),
        ints(int(case.commune) for case in cases),
        ints(np.cumsum([0, *(len(case.doses) for case in cases)])),
        ints(dose.date.toordinal() for dose in doses),
        ints(vaccines.index(dose.vaccine) for dose in doses),
        ints(products.index((dose.trade_name, dose.maker)) for dose in doses),
        genders, vaccines, products,
    )  # fmt: skip


def people():
    found = []
    for n, case in enumerate(histories(PEOPLE)):
        # An unknown vaccine, a dose before birth, and two brands on one day, for some of them.
        odd = [DoseGiven(case.person.dob, "999")] if n % 5 == 0 else []
        odd += [DoseGiven(case.person.dob.replace(year=2020), "08")] if n % 7 == 0 else []
        odd += [DoseGiven(case.person.dob, "198", maker="SKB")] * 2 if n % 4 == 0 else []
        doses = [
            DoseGiven(one.date, one.vaccine, maker=one.maker, n=at)
            for at, one in enumerate(sorted([*case.doses, *odd], key=lambda one: one.date))
        ]
        found.append(Case(case.key, str(n % 3), case.person, doses, case.on))
    return found


def moves_of(found):
    """As the register reckoned them before: by hand."""
    together = {}
    for one in found:
        key = (one.group, one.kind, one.before.status or "", one.after.status or "")
        days = together.setdefault(key, [0, []])
        days[0] += 1
        if one.before.recommended and one.after.recommended:
            days[1].append((one.after.recommended - one.before.recommended).days)
    told = {}
    for key, (count, days) in together.items():
        moved = [n for n in days if n]
        told[key] = (count, int(median(moved)) if moved else None)
    return told


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d["parameters"].update(grace_days=4),
        lambda d: d["series"][6]["doses"][1].update(minimum_interval="2 months"),
        lambda d: d["series"][2]["doses"][0].update(maximum_age="1 year"),
    ],
)
def test_columns_count_what_objects_do(fast, spoil):  # noqa: F811
    from tuyen.engines.immunization import impact_columns

    said = definition()
    spoil(said)
    old, new = compile_pack(definition()), compile_pack(said)
    cases = people()
    plain = list(changes(cases, lambda _: old, lambda _: new, partial(partial, evaluate_many)))

    tally = impact_columns.Tally()
    whose, on = np.arange(len(cases)), cases[0].on.toordinal()
    told = impact_columns.compare(
        tally, old, new, columns(cases, impact_columns), whose, on, threads=2
    )

    assert told
    assert plain
    assert tally.counts(["0", "1", "2"]) == counted(plain)
    assert tally.changed == len({one.key for one in plain})
    moves = {
        (one.group, one.kind, one.before, one.after): (one.people, one.days)
        for one in tally.moves()
    }
    assert moves == moves_of(plain)
    assert set(Counter(one.kind for one in plain)) <= set(impact_columns.KINDS)


def test_longer_histories_are_left_to_others(fast):  # noqa: F811
    from tuyen.engines.immunization import impact_columns

    said = definition()
    said["parameters"].update(grace_days=4)
    old, new = compile_pack(definition()), compile_pack(said)
    (case, *_) = people()
    many = [DoseGiven(case.person.dob, "08", n=n) for n in range(MOST_DOSES + 1)]
    tally = impact_columns.Tally()
    held = columns([case._replace(doses=many)], impact_columns)

    assert impact_columns.compare(tally, old, new, held, np.arange(1), case.on.toordinal())
    assert (tally.left_out, tally.changed) == ([0], 0)
    same = impact_columns.Tally()
    assert impact_columns.compare(same, old, old, held, np.arange(1), case.on.toordinal())
    assert (same.left_out, same.counts([]), same.moves()) == ([], (), ())
