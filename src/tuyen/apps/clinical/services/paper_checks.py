"""What must hold of papers that a visit gives out. No query: the rules say it all."""

from datetime import date

from tuyen.apps.clinical.operations import Issued
from tuyen.apps.clinical.refusals import (
    LeaveEndsBefore,
    PaperTwice,
    UnknownPaper,
    refusal_of,
)
from tuyen.rules.clinical.answers import read_form
from tuyen.rules.clinical.papers import papers


def check_papers(told: tuple[Issued, ...]) -> None:
    """Raise what is wrong with the papers of a visit: one of a kind, each as it is declared."""
    seen: set[str] = set()
    for one in told:
        held = papers().get(one.what)
        if held is None:
            raise UnknownPaper(value=one.what, known=", ".join(papers()))
        if one.what in seen:
            raise PaperTwice(paper=one.what)
        seen.add(one.what)
        said, wrong = read_form(held, one.fields)
        if wrong:
            raise refusal_of(one.what, wrong[0])
        since, until = said.get("since"), said.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            raise LeaveEndsBefore(paper=one.what, since=since, until=until)
