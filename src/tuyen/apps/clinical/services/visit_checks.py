"""What must hold of a visit, whoever records it and from whatever. No query: all is at hand."""

from collections.abc import Iterable
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

from tuyen.apps.clinical.keeping import day_of
from tuyen.apps.clinical.operations import ANSWERS_FIT, Content, Diagnosed, Measured
from tuyen.apps.clinical.refusals import (
    AfterDeath,
    BeforeBirth,
    CodeMisshapen,
    CodeOfAnotherTime,
    CodeTwice,
    EndsBeforeItBegins,
    InTheFuture,
    LeavesOtherwise,
    MainDiagnosis,
    NeverMain,
    NextNotAfter,
    NextTooFar,
    NotANumber,
    NotBelievable,
    NotPossible,
    PressuresSwapped,
    QuantityNotPositive,
    ReferredNowhere,
    TooOld,
    UnknownCare,
    UnknownCode,
    UnknownFacility,
    UnknownMeasure,
    UnknownMedicine,
    UnknownService,
    UnknownTraditionalCode,
)
from tuyen.apps.clinical.services.answer_checks import check_answers
from tuyen.apps.clinical.services.paper_checks import check_papers
from tuyen.apps.registry.queries import Vital
from tuyen.engines.clinical import swapped
from tuyen.rules.clinical import codes, measures, services
from tuyen.rules.clinical.care import attendances, care_types, leavings, outcomes
from tuyen.rules.supply.items import item, nearest

OLDEST = 120
"""Years that nobody at a visit is older than: a birth of the century before last is a slip."""
SENT_ON = ("2", "5")
"""Ways of leaving that are a referral."""
FARTHEST = 731
"""Days within which the next visit lies."""


def check(content: Content, person: Vital, map_: Any, today: date, version: int) -> None:
    """Raise what is wrong with a visit; ``today`` is the day on which the program got it, ``version``
    that of the operation which tells it."""
    day = day_of(content.began_at)
    ended = content.ended_at or content.began_at
    end = day_of(ended)
    _check_days(content, person, day, today)
    _check_care(content, end)
    check_papers(content.papers)
    _check_measured(content.measured, months(person.born_on, day), today)
    _check_diagnosed(content.diagnosed, end)
    _check_quantities(content)
    if version >= ANSWERS_FIT:
        check_answers(content.answered)
    told = {one.item for one in content.prescribed} | {one.item for one in content.dispensed}
    for code in sorted(told):
        if item(code) is None:
            raise UnknownMedicine(value=code, suggestions=", ".join(nearest(code)))
    for one in content.served:
        if services.service(one.code, end) is None:
            raise UnknownService(value=one.code, on=end, suggestions=_near(
                one.code, (row.code for row in services.services(end))))  # fmt: skip
    if content.next is not None:
        _check_next(content.next.on, end)
    if content.referred is not None:
        if content.referred.to is None and not content.referred.to_name.strip():
            raise ReferredNowhere()
        if content.referred.to is not None and map_.unit(content.referred.to) is None:
            raise UnknownFacility(value=content.referred.to)


def months(born: date, day: date) -> int:
    """Completed months of age."""
    return max(0, (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day))


def _check_days(content: Content, person: Vital, day: date, today: date) -> None:
    if content.ended_at is not None and content.ended_at < content.began_at:
        raise EndsBeforeItBegins(ended=content.ended_at, began=content.began_at)
    if day > today:
        raise InTheFuture(field="began_at", on=day, today=today)
    if content.ended_at is not None and day_of(content.ended_at) > today:
        raise InTheFuture(field="ended_at", on=day_of(content.ended_at), today=today)
    if day < person.born_on:
        raise BeforeBirth(on=day, born=person.born_on)
    if person.died_on is not None and day > person.died_on:
        raise AfterDeath(on=day, died=person.died_on)
    years = months(person.born_on, day) // 12
    if years > OLDEST:
        raise TooOld(born=person.born_on, age=years)


def _check_care(content: Content, on: date) -> None:
    for field, value, known in (
        ("care", content.care, care_types(on)), ("attendance", content.attendance, attendances(on))
    ):  # fmt: skip
        if value not in known:
            raise UnknownCare(field=field, value=value, on=on, known=", ".join(known))
    _check_end(content, on)


def _check_end(content: Content, on: date) -> None:
    """How it ended: codes of the day, and a referral where somebody is said to be sent on."""
    for field, value, known in (
        ("outcome", content.outcome, outcomes(on)), ("leaving", content.leaving, leavings(on))
    ):  # fmt: skip
        if value and value not in known:
            raise UnknownCare(field=field, value=value, on=on, known=", ".join(known))
    if content.leaving and (content.leaving in SENT_ON) != (content.referred is not None):
        raise LeavesOtherwise(value=content.leaving, sent=", ".join(SENT_ON))


def _check_measured(told: tuple[Measured, ...], age: int, today: date) -> None:
    for one in told:
        rule = measures.measure(one.what)
        if rule is None:
            raise UnknownMeasure(value=one.what, suggestions=_near(one.what, measures.measures()))
        if not one.value.is_finite() or -one.value.as_tuple().exponent > 15:  # type: ignore[operator]
            raise NotANumber(what=one.what, value=one.value)
        if not rule.low <= one.value <= rule.high:
            raise NotPossible(
                what=one.what, value=one.value, unit=rule.unit, low=rule.low, high=rule.high
            )
        low, high = rule.band(age)
        if not one.confirmed and not low <= one.value <= high:
            raise NotBelievable(what=one.what, value=one.value, unit=rule.unit, low=low, high=high)
        if one.at is not None and day_of(one.at) > today:
            raise InTheFuture(field=one.what, on=day_of(one.at), today=today)
    turned = swapped((one.what, one.value) for one in told)
    if turned is not None:
        raise PressuresSwapped(systolic=turned.systolic, diastolic=turned.diastolic)


def _check_diagnosed(told: tuple[Diagnosed, ...], on: date) -> None:
    seen: set[str] = set()
    for one in told:
        judged = codes.judge(one.code, on)
        if judged.standing == "misshapen":
            raise CodeMisshapen(value=one.code)
        if judged.standing == "ended":
            raise CodeOfAnotherTime(value=one.code, on=on, instead=judged.instead or "-")
        if judged.standing != "known":
            raise UnknownCode(value=one.code, on=on)
        if one.code in seen:
            raise CodeTwice(value=one.code)
        seen.add(one.code)
        if one.main and not codes.may_be_main(one.code, on):
            raise NeverMain(value=one.code)
        if one.traditional and not codes.TRADITIONAL.fullmatch(one.traditional):
            raise UnknownTraditionalCode(value=one.traditional)
    if told and (count := sum(one.main for one in told)) != 1:
        raise MainDiagnosis(count=count)


def _check_quantities(content: Content) -> None:
    amounts = [(one.item, one.quantity) for one in content.prescribed]
    amounts += [(one.item, one.dose) for one in content.prescribed]
    amounts += [(one.item, one.quantity) for one in content.dispensed]
    amounts += [(one.code, one.quantity) for one in content.served]
    for name, value in amounts:
        if not value.is_finite() or value <= 0:
            raise QuantityNotPositive(item=name, value=value)


def _check_next(on: date, end: date) -> None:
    if on <= end:
        raise NextNotAfter(next=on, on=end)
    if on - end > timedelta(days=FARTHEST):
        raise NextTooFar(next=on, days=FARTHEST)


def _near(value: str, known: Iterable[str]) -> str:
    names = list(known)
    return ", ".join(get_close_matches(value.lower(), names, 3, 0.3) or names[:3])
