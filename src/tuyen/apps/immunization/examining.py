"""The examination before a dose: what the rules of a day ask, and what they say to the answers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, cast

from tuyen.apps.immunization import catalogue
from tuyen.engines.immunization import screening as engine
from tuyen.rules.immunization import screening as law
from tuyen.rules.immunization import sessions
from tuyen.rules.immunization.lists import vaccines as vaccine_list

LIVE = "live"
_ADULT_DAYS = 15 * 365  # from which age what is asked of adults is asked
_FEMALE = 2
# A reason that follows from a measure: the measure, and which side of its limit.
_VITAL = {
    "fever": ("temperature", "at_least", "fever"),
    "hypothermia": ("temperature", "at_most", "hypothermia"),
    "low-weight": ("weight", "below", "lowest_weight"),
}
_MONTH = 365.25 / 12


class Asked(NamedTuple):
    """A question of the form. ``dated``: a yes says since when; ``named``: it says after which
    vaccine."""

    code: str
    effect: str
    names: Mapping[str, str]
    dated: bool
    named: bool


class Form(NamedTuple):
    """What is asked and measured before these vaccines."""

    questions: tuple[Asked, ...]
    measures: tuple[str, ...]


def form(on: date, vaccines: Sequence[str], age: int, sex: int) -> Form:
    """The form of a day for somebody of an age in days; ``sex`` 1 male, 2 female, 3 not known."""
    held = [_vaccine(code) for code in vaccines]
    known = {reason.code: reason for reason in law.reasons(on).values()}
    asked = engine.asked(_questions(on, age, sex), held)
    within = _within(on)
    return Form(
        tuple(
            Asked(q.code, known[q.code].effect, known[q.code].names._asdict(),
                  q.code in within, known[q.code].against == "same")
            for q in asked
        ),
        tuple(m.code for m in _measures(on) if m.until_age is None or age < m.until_age),
    )  # fmt: skip


def lacking(
    on: date, vaccines: Sequence[str], age: int, sex: int,
    answers: Mapping[str, engine.Answer], measured: Mapping[str, float],
) -> list[str]:  # fmt: skip
    """Codes of what was not asked or measured, and should have been."""
    return engine.missing(
        _questions(on, age, sex), _measures(on), [_vaccine(code) for code in vaccines],
        answers, measured, age,
    )  # fmt: skip


def judge(
    on: date, vaccines: Sequence[str], answers: Mapping[str, engine.Answer],
    measured: Mapping[str, float],
) -> engine.Judgement:  # fmt: skip
    """What the rules of a day say to these vaccines."""
    return engine.judge(_rules(on), [_vaccine(code) for code in vaccines], answers, measured, on)


def readable(on: date) -> Mapping[str, tuple[float, float]]:
    """Measure -> the lowest and the highest value that can be right."""
    return {code: (said["lowest"], said["highest"]) for code, said in sessions.measures(on).items()}


def known_questions(on: date) -> frozenset[str]:
    return frozenset(code for code, reason in law.reasons(on).items() if reason.asked != "vital")


def _vaccine(code: str) -> engine.Vaccine:
    listed = vaccine_list().get(code)
    traits = set(catalogue.antigens(code))
    if listed is not None and listed.live:
        traits.add(LIVE)
    return engine.Vaccine(code, frozenset(traits))


def _questions(on: date, age: int, sex: int) -> list[engine.Question]:
    adult = age >= _ADULT_DAYS and sex == _FEMALE
    return [
        engine.Question(code, _traits(reason.against))
        for code, reason in law.reasons(on).items()
        if reason.asked == "yes" or (reason.asked == "adult" and adult)
    ]


def _measures(on: date) -> list[engine.Measure]:
    return [
        engine.Measure(code, None if said.get("until_age") is None else int(said["until_age"]))
        for code, said in sessions.measures(on).items()
    ]


def _rules(on: date) -> list[engine.Rule]:
    """The reasons of the day as the engine takes them, the gravest first."""
    found = [_rule(code, reason, on) for code, reason in law.reasons(on).items()]
    return sorted(found, key=lambda rule: law.EFFECTS.index(rule.outcome))


def _rule(code: str, reason: law.Reason, on: date) -> engine.Rule:
    measure, side, limit = _VITAL[code] if reason.asked == "vital" else ("", "", "")
    value = float(getattr(law.limits(on), limit)) if limit else None
    return engine.Rule(
        code,
        cast("engine.Outcome", reason.effect),
        question="" if measure else code,
        measure=measure,
        at_least=value if side == "at_least" else None,
        at_most=value if side == "at_most" else None,
        below=value if side == "below" else None,
        within=_within(on).get(code),
        traits=_traits(reason.against),
        named=reason.against == "same",
        after=sessions.return_days(on).get(code),
    )


def _within(on: date) -> Mapping[str, int]:
    """Questions whose yes counts for so many days only."""
    limits = law.limits(on)
    return {
        "immunoglobulin": round(limits.immunoglobulin * _MONTH),
        "corticosteroid": int(limits.corticosteroid),
    }


def _traits(against: str) -> frozenset[str]:
    kind, _, antigen = against.partition(":")
    return frozenset({antigen} if kind == "antigen" else {LIVE} if kind == LIVE else ())
