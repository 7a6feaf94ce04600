"""What must hold of the answers of a visit: each fits its question, or the visit is refused with it."""

from collections.abc import Iterable

from tuyen.apps.clinical.operations import Answered
from tuyen.apps.clinical.refusals import AnsweredTwice, UnknownProgramme, refusal_of
from tuyen.rules.clinical.answers import read_form
from tuyen.rules.clinical.programme import programmes


def check_answers(told: Iterable[Answered]) -> None:
    """Raise the first answer that its programme's form does not take."""
    seen: set[str] = set()
    for one in told:
        held = programmes().get(one.programme)
        if held is None:
            raise UnknownProgramme(value=one.programme, known=", ".join(programmes()))
        if one.programme in seen:
            raise AnsweredTwice(programme=one.programme)
        seen.add(one.programme)
        _, wrong = read_form(held, one.fields)
        if wrong:
            raise refusal_of(one.programme, wrong[0])
