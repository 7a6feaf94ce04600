"""May this child have these vaccines today? Answers and measures judged against rules.

The rules are data: each names the answer or the measure that sets it off, which vaccines it speaks
of, and what follows. No disease, vaccine or limit is named here. A vaccine is cleared when no rule
speaks against it; what is not asked for is not cleared.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

Outcome = Literal["defer", "hospital", "contraindicated"]
Result = Literal["passed", "deferred", "contraindicated"]
_WEIGHT: Mapping[Outcome, int] = {"defer": 1, "hospital": 2, "contraindicated": 3}


class Vaccine(NamedTuple):
    """A vaccine as the rules see it: its code, and its traits ("live", "oral", its antigens)."""

    code: str
    traits: frozenset[str] = frozenset()


class Answer(NamedTuple):
    """What was answered to one question: yes or no, when it was, and to which vaccines or
    antigens it happened."""

    yes: bool
    on: date | None = None
    to: frozenset[str] = frozenset()


class Question(NamedTuple):
    """Something that has to be asked. Without traits it is asked of everybody, else where one of
    the vaccines has one of them. ``dated``: a yes says on which day."""

    code: str
    traits: frozenset[str] = frozenset()
    dated: bool = False


class Measure(NamedTuple):
    """Something that has to be measured, up to an age in days (None: at every age)."""

    code: str
    until_age: int | None = None


class Rule(NamedTuple):
    """What speaks against vaccines.

    It is set off by a yes to ``question``, or by ``measure`` being at least, at most or below a
    limit. ``within`` counts only a yes whose day is less than so many days ago; an undated yes
    counts. ``traits`` are those of the vaccines it speaks of (empty: all); ``named``: only
    those that the answer names, by code or trait; an answer that names none means all.
    ``after`` is in how many days to come back; with ``within``, that many days after the answer's
    day at the earliest.
    """

    code: str
    outcome: Outcome
    question: str = ""
    measure: str = ""
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    within: int | None = None
    traits: frozenset[str] = frozenset()
    named: bool = False
    after: int | None = None


class Reason(NamedTuple):
    """A rule that spoke: what follows, for which vaccines, and when to come back."""

    rule: str
    outcome: Outcome
    vaccines: tuple[str, ...]
    return_on: date | None


class Judgement(NamedTuple):
    """``passed`` when at least one vaccine is cleared. ``return_on`` is the first day on which all
    that is deferred may be looked at again."""

    result: Result
    cleared: tuple[str, ...]
    deferred: tuple[str, ...]
    contraindicated: tuple[str, ...]
    reasons: tuple[Reason, ...]
    return_on: date | None


def asked(questions: Iterable[Question], vaccines: Sequence[Vaccine]) -> list[Question]:
    """The questions that these vaccines ask for, in their order."""
    held = frozenset[str]().union(*(vaccine.traits for vaccine in vaccines))
    return [q for q in questions if not q.traits or q.traits & held]


def missing(
    questions: Iterable[Question],
    measures: Iterable[Measure],
    vaccines: Sequence[Vaccine],
    answers: Mapping[str, Answer],
    measured: Mapping[str, float],
    age: int,
) -> list[str]:
    """Codes of what was not asked, not dated or not measured; ``age`` in days.

    >>> missing([Question("fever")], [Measure("temperature")], [Vaccine("A")], {}, {}, 70)
    ['fever', 'temperature']
    """
    lacking = []
    for question in asked(questions, vaccines):
        answer = answers.get(question.code)
        if answer is None or (answer.yes and question.dated and answer.on is None):
            lacking.append(question.code)
    lacking += [
        measure.code
        for measure in measures
        if measure.code not in measured and (measure.until_age is None or age < measure.until_age)
    ]
    return lacking


def judge(
    rules: Iterable[Rule],
    vaccines: Sequence[Vaccine],
    answers: Mapping[str, Answer],
    measured: Mapping[str, float],
    on: date,
) -> Judgement:
    """Judge each vaccine by each rule; the gravest outcome stands for a vaccine.

    The order of rules, answers and vaccines changes nothing but the order of the reasons, which is
    that of the rules.

    >>> hot = Rule("fever", "defer", measure="temperature", at_least=37.5, after=7)
    >>> judge([hot], [Vaccine("DTP")], {}, {"temperature": 38.0}, date(2026, 10, 5)).result
    'deferred'
    """
    reasons, worst = [], dict.fromkeys((vaccine.code for vaccine in vaccines), 0)
    for rule in rules:
        answer = answers.get(rule.question)
        if not _speaks(rule, answer, measured, on):
            continue
        against = tuple(v.code for v in vaccines if _concerns(rule, answer, v))
        if not against:
            continue
        reasons.append(Reason(rule.code, rule.outcome, against, _return(rule, answer, on)))
        for code in against:
            worst[code] = max(worst[code], _WEIGHT[rule.outcome])
    cleared = tuple(code for code, weight in worst.items() if weight == 0)
    never = tuple(code for code, weight in worst.items() if weight == _WEIGHT["contraindicated"])
    later = tuple(code for code in worst if code not in cleared and code not in never)
    days = [r.return_on for r in reasons if r.return_on and set(r.vaccines) & set(later)]
    result: Result = "passed" if cleared else "deferred" if later else "contraindicated"
    return Judgement(result, cleared, later, never, tuple(reasons), max(days, default=None))


def _speaks(rule: Rule, answer: Answer | None, measured: Mapping[str, float], on: date) -> bool:
    if rule.question:
        if answer is None or not answer.yes:
            return False
        return rule.within is None or answer.on is None or (on - answer.on).days < rule.within
    value = measured.get(rule.measure)
    if value is None:
        return False
    return (
        (rule.at_least is not None and value >= rule.at_least)
        or (rule.at_most is not None and value <= rule.at_most)
        or (rule.below is not None and value < rule.below)
    )


def _concerns(rule: Rule, answer: Answer | None, vaccine: Vaccine) -> bool:
    if rule.traits and not rule.traits & vaccine.traits:
        return False
    if rule.named and answer is not None and answer.to:
        return vaccine.code in answer.to or bool(vaccine.traits & answer.to)
    return True


def _return(rule: Rule, answer: Answer | None, on: date) -> date | None:
    if rule.outcome == "contraindicated":
        return None
    if rule.within is not None and answer is not None and answer.on is not None:
        return answer.on + timedelta(days=rule.within)
    return None if rule.after is None else on + timedelta(days=rule.after)
