"""The compiled engine against the literal reference, and against itself in any order of entry.

Its code runs here as Python, since compiling takes half a minute; the nightly test compiles it and
goes through every pack at hand.
"""

import datetime
import importlib
import random
import sys
from dataclasses import replace

import numba
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.engines.immunization.coast import asked, coast, own_cases
from tests.unit.engines.immunization.suites import SUITES, cases, pack, question
from tuyen.engines.immunization import (
    CalendarRules,
    DoseGiven,
    Observation,
    Parameters,
    Person,
    evaluate,
    evaluate_each,
    evaluate_many,
    reference,
)

OTHERWISE = Parameters(CalendarRules("month-end", "stay-last", 28), 3, "all-seasons")
"""Every parameter of a pack other than by default."""


@pytest.fixture(scope="module")
def fast():
    """The engine's modules with their code left as Python; as they were again afterwards."""
    package = importlib.import_module("tuyen.engines.immunization")
    compiled, numba.config.DISABLE_JIT = numba.config.DISABLE_JIT, 1
    kept = taken_out(package)
    try:
        yield importlib.import_module("tuyen.engines.immunization.fast")
    finally:
        numba.config.DISABLE_JIT = compiled
        taken_out(package)
        for name, module in kept.items():
            sys.modules[name] = module
            setattr(package, name.rpartition(".")[2], module)


def taken_out(package):
    """Our modules, no longer imported: neither by name nor as attributes of their package, which
    ``from package import module`` would take first."""
    kept = {name: sys.modules.pop(name) for name in ours()}
    for name in kept:
        vars(package).pop(name.rpartition(".")[2], None)
    return kept


def ours():
    start = "tuyen.engines.immunization."
    those = tuple(start + name for name in ("kernel", "fast", "impact_sieve", "impact_columns"))
    return [name for name in sys.modules if name.startswith(those)]


def plainly(schedule, question):
    return [reference.without_trace(one) for one in evaluate(schedule, *question)]


@st.composite
def histories(draw):
    """A person of 0 to 18 years, or grown up, with doses near the ages and intervals that matter."""
    born = draw(st.dates(datetime.date(1930, 1, 1), datetime.date(2026, 12, 31)))
    age = draw(st.one_of(st.integers(0, 18 * 366), st.integers(0, 90 * 366)))
    marks = [0, 42, 60, 70, 120, 180, 365, 547, 2000, 4000, 18262]
    near = st.builds(lambda mark, by: mark + by, st.sampled_from(marks), st.integers(-5, 60))
    days = st.one_of(near, st.integers(-3, age + 60))
    doses = draw(
        st.lists(
            st.builds(
                DoseGiven,
                days.map(lambda by: born + datetime.timedelta(max(by, -3))),
                st.sampled_from(["01", "1", "02", "21", "22", "23", "31", "32", "99"]),
                maker=st.sampled_from(["", "NOR"]),
                trade_name=st.sampled_from(["", "", "Northern", "Southern"]),
                lot_expires=st.one_of(st.none(), st.dates(born, datetime.date(2200, 1, 1))),
                substandard=st.sampled_from([False] * 9 + [True]),
            ),
            max_size=9,
        )
    )
    codes = draw(st.lists(st.sampled_from(["901", "902", "903", "904", "999"]), max_size=2))
    since = draw(st.one_of(st.none(), st.just(born + datetime.timedelta(days=age // 2))))
    person = Person(
        born, draw(st.sampled_from("FMUX")), tuple(Observation(code, since) for code in codes),
        draw(st.sampled_from(["", "Coast"])),
    )  # fmt: skip
    return person, doses, born + datetime.timedelta(days=age)


RARELY = settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip


@RARELY
@given(history=histories(), otherwise=st.booleans())
def test_the_fast_engine_answers_as_the_reference(fast, history, otherwise):
    schedule = _otherwise() if otherwise else coast()

    assert next(fast.evaluate_many(schedule, [history])) == plainly(schedule, history)


def _otherwise(made=[]):  # noqa: B006  # one pack, so that its tables are made once
    if not made:
        made.append(replace(coast(), parameters=OTHERWISE))
    return made[0]


def test_own_cases_are_answered_alike(fast):
    questions = [asked(case) for case in own_cases()]

    answers = list(fast.evaluate_many(coast(), questions))

    assert answers == [plainly(coast(), question) for question in questions]


def test_a_history_longer_than_the_tables_is_left_to_the_reference(fast):
    start = datetime.date(2000, 1, 1)
    doses = [DoseGiven(start + datetime.timedelta(30 * n), "31") for n in range(70)]
    question = (Person(start), doses, datetime.date(2026, 1, 1))

    assert next(fast.evaluate_many(coast(), [question])) == plainly(coast(), question)


def test_few_people_are_answered_alike_without_a_trace():
    questions = [asked(case) for case in own_cases()]

    answers = list(evaluate_each(coast(), questions))

    assert answers == [plainly(coast(), question) for question in questions]
    assert [evaluate_many(coast(), [one[:2]], one[2])[0] for one in questions] == answers


def test_threads_change_nothing(fast):
    questions = [asked(case) for case in own_cases()] * 8
    flat = fast.compiled_pack(coast())
    people, _ = fast.columns_of(flat, questions)

    alone, shared = fast.judge(flat, people), fast.judge(flat, people, threads=2)

    assert (alone.rows == shared.rows).all()
    assert (alone.doses == shared.doses).all()


@RARELY
@given(history=histories(), seed=st.integers(0, 99))
def test_the_order_of_entry_changes_nothing(history, seed):
    person, doses, on = history
    doses = [replace(dose, n=n) for n, dose in enumerate(doses)]
    shuffled = random.Random(seed).sample(doses, len(doses))

    assert repr(evaluate(coast(), person, shuffled, on)) == repr(
        evaluate(coast(), person, doses, on)
    )


@pytest.mark.nightly
@pytest.mark.parametrize("suite", SUITES)
def test_compiled_it_answers_every_case_at_hand_as_the_reference(suite):
    from tuyen.engines.immunization import fast

    questions = [question(suite, case) for case in cases(suite)]
    schedule = pack(SUITES[suite])

    answers = list(fast.evaluate_many(schedule, questions))

    assert answers == [plainly(schedule, one) for one in questions]
