"""Which schedule of immunisation is in force, asked by rooms that do not decide it.

The room that puts schedules in force answers (:func:`answers`); a room beside it, such as the one that
forecasts the need of vaccines, asks here. Without an answer the law's own days hold.

>>> from datetime import date
>>> in_force(date(2026, 10, 25), {})
"""

from collections.abc import Callable, Mapping
from datetime import date

Answer = Callable[[date], str]

ANSWERS: dict[str, Answer] = {}


def answers(room: str) -> Callable[[Answer], Answer]:
    """Register a room's answer: the code of the schedule in force on a day. One query at most."""

    def declare(answer: Answer) -> Answer:
        ANSWERS[room] = answer
        return answer

    return declare


def in_force(on: date, known: Mapping[str, Answer] = ANSWERS) -> str | None:
    """The code of the schedule in force on a day; None where no room decides."""
    for _, answer in sorted(known.items()):
        return answer(on)
    return None
