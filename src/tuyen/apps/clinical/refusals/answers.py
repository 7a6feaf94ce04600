"""Why what a programme's form says is not taken. ``programme`` and ``field`` are keys of the rule; a
screen says their names."""

from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.clinical.answers import Wrong


class UnknownAnswer(Refusal):
    code = "clinical.unknown-answer"
    message = N_(
        "{programme} asks nothing called {field} (answered: {value}); what it asks: {expected}."
    )


class AnswerNotANumber(Refusal):
    code = "clinical.answer-not-a-number"
    message = N_("{programme}, {field}: {value} is no number; expected {expected}.")


class AnswerOutOfRange(Refusal):
    code = "clinical.answer-out-of-range"
    message = N_("{programme}, {field}: {value} is outside of {expected}; correct it.")


class AnswerNotAChoice(Refusal):
    code = "clinical.answer-not-a-choice"
    message = N_(
        "{programme}, {field}: {value} is none of the answers; expected one of: {expected}."
    )


class AnswerNotADay(Refusal):
    code = "clinical.answer-not-a-day"
    message = N_("{programme}, {field}: {value} is no day; expected one as {expected}.")


class AnswerNeeded(Refusal):
    code = "clinical.answer-needed"
    message = N_("{programme}, {field}: this is answered whenever anything of the form is.")


class AnsweredTwice(Refusal):
    code = "clinical.answered-twice"
    message = N_("{programme} is answered twice in one visit; say all of it once.")


class BeyondCap(Refusal):
    code = "clinical.beyond-cap"
    message = N_(
        "{programme}, {field}: {spent} {unit} were spent on this person in {year}; with {value} it is"
        " {sum}, above {cap}. Correct the amount, or say who else pays."
    )


REFUSALS: dict[str, type[Refusal]] = {
    "unknown-field": UnknownAnswer,
    "not-a-number": AnswerNotANumber,
    "out-of-range": AnswerOutOfRange,
    "not-a-choice": AnswerNotAChoice,
    "not-yes-or-no": AnswerNotAChoice,
    "not-a-day": AnswerNotADay,
    "needed": AnswerNeeded,
}
"""What is said of an answer, by why it does not fit."""


def refusal_of(programme: str, wrong: Wrong) -> Refusal:
    """The refusal of an answer that does not fit."""
    return REFUSALS[wrong.why](
        programme=programme, field=wrong.field, value=wrong.value[:60], expected=wrong.expected
    )
