"""What is wrong with what is told of a death: all of it, each beside its field."""

from datetime import date

from tuyen.apps.clinical.operations.deaths import DeathFacts
from tuyen.apps.clinical.refusals import (
    CauseNeeded,
    CodeMisshapen,
    CodeOfAnotherTime,
    NoMother,
    UnknownCode,
)
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import codes

MALE = 1
WORDS = 3
"""Letters of a cause in words, at least."""


def faults(what: DeathFacts, *, sex: int, died_on: date) -> list[tuple[str, Refusal]]:
    """(field, refusal), in the order of the form; none of what can be kept. The cause is judged by the
    list in force on the day of death."""
    found: list[tuple[str, Refusal]] = []
    cause = what.cause.strip().upper()
    if cause:
        wrong = _of_code(cause, died_on)
        found += [("cause", wrong)] if wrong else []
    elif len(what.cause_words.strip()) < WORDS:
        found.append(("cause", CauseNeeded()))
    if sex == MALE and what.mother not in ("", "none"):
        found.append(("mother", NoMother(what=what.mother)))
    return found


def _of_code(cause: str, on: date) -> Refusal | None:
    judged = codes.judge(cause, on)
    if judged.standing == "misshapen":
        return CodeMisshapen(value=cause)
    if judged.standing == "ended":
        return CodeOfAnotherTime(value=cause, on=on, instead=judged.instead or "-")
    if judged.standing != "known":
        return UnknownCode(value=cause, on=on)
    return None
