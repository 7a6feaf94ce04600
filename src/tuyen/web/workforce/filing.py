"""A file as a page shows it: posts, papers, hours of training against those asked for."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from tuyen.apps.workforce import queries
from tuyen.engines.workforce import learning
from tuyen.rules import workforce as rules
from tuyen.web.workforce import words


class Licence(NamedTuple):
    """``tone``: bad when it ended, warn when it ends soon, good else, plain without an end."""

    number: str
    until: date | None
    tone: str


def licence_of(held: tuple[str, date | None] | None, on: date) -> Licence | None:
    """A licence with how urgent it is."""
    if held is None:
        return None
    number, until = held
    if until is None:
        return Licence(number, None, "plain")
    if until <= on:
        return Licence(number, until, "bad")
    soon = until <= on + timedelta(days=rules.licence_term(on).warn)
    return Licence(number, until, "warn" if soon else "good")


def lists() -> dict[str, list[tuple[str, str]]]:
    """The lists that the forms of a file offer."""
    names = (
        "cadre", "position", "contract", "kind", "qualification", "language", "field", "competence",
    )  # fmt: skip
    return {**{name: words.options(name) for name in names}, "sex": list(words.SEX.items())}


def page(found: queries.File, on: date) -> dict[str, Any]:
    """What the page of a file shows, for its editors and for its owner alike."""
    posts = [
        {
            "row": row, "cadre": words.named("cadre", row.cadre),
            "position": words.named("position", row.position),
            "contract": words.named("contract", row.contract),
            "now": not row.void and row.since <= on and (row.until is None or on < row.until),
        }
        for row in found.posts
    ]  # fmt: skip
    papers = [
        {"row": row, "kind": words.named("kind", row.kind), "what": words.shown(row.kind, row.what)}
        for row in found.credentials
    ]
    licences = found.of("licence")
    last = licences[0] if licences else None
    asked = [
        {"row": row, "field": words.named("field", row.field), "state": words.STATE[row.state],
         "tone": words.TONE[row.state]}
        for row in found.wishes
    ]  # fmt: skip
    return {
        "file": found, "posts": posts, "papers": papers, "asked": asked,
        "licence": licence_of((last.number, last.until) if last else None, on),
        "hours": _hours(found, on), "sex": words.SEX.get(found.sex, ""),
        "languages": [words.named("language", row.what) for row in found.of("language")],
    }  # fmt: skip


def _hours(found: queries.File, on: date) -> dict[str, Any] | None:
    """Hours of training in the span that a licence asks them for; None without a licence."""
    licences = found.of("licence")
    if not licences:
        return None
    last, rule = licences[0], rules.training(on)
    # Of a licence that ended the hours of its own last span count, not of one that never began.
    day = on if last.until is None else min(on, last.until - timedelta(days=1))
    trained = [(row.since, row.hours or 0) for row in found.of("training")]
    done = learning.hours(trained, last.since, day, rule.hours, rule.years)
    return {"done": done, "rule": rule, "late": done.share_due < rule.warn}
