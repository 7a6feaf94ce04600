"""Immunisation as pure functions: the schedule engine here; screening, sessions, adverse events beside.

The schedule engine: which doses count, and when the next one is due.

A *pack* is a schedule as data (:mod:`~tuyen.engines.immunization.pack`); :func:`read_pack` reads one
from CDSi supporting data. :func:`evaluate` answers for one person, :func:`evaluate_many` for many.
The engine follows the CDSi logic specification v4.6; it names no vaccine, antigen or country.

.. code-block:: python

    answers = evaluate(pack, Person(date(2025, 9, 6), "F"),
                       [DoseGiven(date(2025, 11, 6), "198")], on=date(2026, 1, 10))
    answers[0].vaccine_group, answers[0].status, answers[0].recommended

Doses later than ``on`` are judged as well: to ask how things stood on a past day, give the history
of that day. The order in which doses are given never matters. Answers are in the pack's order of
vaccine groups; where a group has two forecasts, that which fits the person's age stands first.
"""

import datetime
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from tuyen.engines.immunization.cdsi import BadPack, read_pack
from tuyen.engines.immunization.history import (
    REASONS,
    DoseAnswer,
    DoseGiven,
    Finding,
    GroupAnswer,
    Observation,
    Person,
    Problem,
)
from tuyen.engines.immunization.pack import Counting, Pack, Parameters
from tuyen.engines.immunization.reference import evaluate, problems, without_trace
from tuyen.engines.immunization.spans import CalendarRules

__all__ = [
    "REASONS", "BadPack", "CalendarRules", "Counting", "DoseAnswer", "DoseGiven", "Finding", "GroupAnswer",
    "Observation", "Pack", "Parameters", "Person", "Problem", "evaluate", "evaluate_each", "evaluate_many",
    "problems", "read_pack",
]  # fmt: skip


MANY = 5000
"""People from which compiling the engine, for the first time in a process, is worth its while."""


def evaluate_many(
    pack: Pack, batch: Iterable[tuple[Person, Sequence[DoseGiven]]], on: datetime.date
) -> list[list[GroupAnswer]]:
    """:func:`evaluate` for each person of a batch, in its order, without the trace.

    Many people, and all once it is loaded, are answered by the compiled engine
    (:mod:`~tuyen.engines.immunization.fast`), which gives the same answers.
    """
    return list(evaluate_each(pack, [(person, doses, on) for person, doses in batch]))


def evaluate_each(
    pack: Pack, asked: Sequence[tuple[Person, Sequence[DoseGiven], datetime.date]]
) -> Iterable[list[GroupAnswer]]:
    """:func:`evaluate_many` with a day for each person."""
    kernel = sys.modules.get("tuyen.engines.immunization.kernel")
    compiled: Any = getattr(kernel, "judge_people", None)
    if len(asked) >= MANY or bool(getattr(compiled, "signatures", None)):
        from tuyen.engines.immunization import fast

        return fast.evaluate_many(pack, asked)
    return ([without_trace(one) for one in evaluate(pack, *each)] for each in asked)
