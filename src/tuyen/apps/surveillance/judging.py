"""A case report judged by the rules of its day: what is wrong with it, and what follows from it."""

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.surveillance import ages, places
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.apps.surveillance.refusals import (
    AdmissionInTheFuture,
    AgeContradictsBirth,
    AgeMissing,
    DiagnosisBeforeOnset,
    DiagnosisInTheFuture,
    DoseBeforeBirth,
    NotOnTheList,
    OnsetAfterReport,
    OnsetBeforeBirth,
    OnsetInTheFuture,
    OutcomeBeforeAdmission,
    OutcomeBeforeOnset,
    OutcomeInTheFuture,
    ResultBeforeSample,
    TooOld,
    UnknownDisease,
)
from tuyen.kernel.operation import Entry
from tuyen.kernel.refusal import N_
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import case_checks

_OLDEST = 130
_END_OF_DAY = time(23, 59, 59)


class Circumstances(NamedTuple):
    """When and by whom a report was made: what the report itself does not say."""

    unit: UUID
    happened_on: date
    reported_at: datetime
    received_at: datetime

    @classmethod
    def of(cls, entry: Entry[ReportCase]) -> "Circumstances":
        # A clock that runs ahead cannot make a report later than its receipt.
        reported = entry.payload.reported_at or entry.recorded_at
        reported = min(_aware(reported), entry.received_at)
        return cls(entry.unit, entry.happened_on, reported, entry.received_at)


class Standing(NamedTuple):
    """What follows from a report by the rules of its day."""

    commune: UUID
    village: UUID | None
    group: str
    window: str
    diagnosed_on: date
    due_at: datetime
    late: bool
    age: int | None
    age_band: int


class Warning(NamedTuple):
    """Something to look at twice; the report is taken all the same."""

    code: str
    template: str
    values: dict[str, Any]


def judge(case: ReportCase, given: Circumstances, map_: Any) -> Standing:
    """The standing of a report, or the first refusal it earns."""
    diagnosed = diagnosed_on(case, given.happened_on)
    listed = _listed(case.disease, diagnosed)
    _check_days(case, given, diagnosed)
    place = places.locate(map_, case.commune, case.village, case.onset_on)
    places.check_facility(map_, case.facility, diagnosed)
    due = (
        rules.reporting_deadline(case.disease, case.diagnosed_at)
        if case.diagnosed_at is not None
        else listed.due
    )
    age = _age(case)
    return Standing(
        commune=place.commune,
        village=place.village,
        group=listed.group,
        window=listed.window,
        diagnosed_on=diagnosed,
        due_at=due,
        late=given.reported_at > due,
        age=age,
        age_band=ages.band(age),
    )


def diagnosed_on(case: ReportCase, happened_on: date) -> date:
    """The day whose list judges the case."""
    if case.diagnosed_at is not None:
        return _aware(case.diagnosed_at).astimezone(VIETNAM).date()
    return case.diagnosed_on or happened_on


def warnings(case: ReportCase, given: Circumstances) -> Iterator[Warning]:
    """What is unusual, and may yet be right."""
    parameters = case_checks(given.received_at.astimezone(VIETNAM).date())
    days = (given.received_at.astimezone(VIETNAM).date() - case.onset_on).days
    if days > parameters.old_onset_days:
        yield Warning(
            "surveillance.old-onset", N_("The onset was {days} days ago."), {"days": days}
        )
    if case.classification == "confirmed" and case.result not in (None, "positive"):
        yield Warning(
            "surveillance.confirmed-without-result",
            N_("The case is confirmed, but the laboratory result is not positive."),
            {},
        )
    if case.outcome == "died" and case.outcome_on is None:
        yield Warning("surveillance.death-without-day", N_("The day of death is missing."), {})
    if case.doses and case.vaccinated != "yes":
        yield Warning(
            "surveillance.doses-without-vaccination",
            N_("{doses} doses are given, but vaccination is not yes."),
            {"doses": case.doses},
        )


class _Listed(NamedTuple):
    group: str
    window: str
    due: datetime


@lru_cache(maxsize=8192)
def _listed(disease: str, diagnosed: date) -> _Listed:
    """The disease on the list of a day; without an hour, the diagnosis counts to the day's end."""
    try:
        window = rules.window(disease, diagnosed)
    except rules.UnknownDisease:
        near = rules.find(disease, diagnosed, limit=3)
        shown = ", ".join(f"{d.name('vi')} ({d.id})" for d in near) or "–"
        raise UnknownDisease(value=disease, on=diagnosed, suggestions=shown) from None
    if window is None:
        heirs = [d for d in rules.disease(disease).becomes if rules.window(d, diagnosed)]
        near = [rules.disease(d) for d in heirs] or rules.find(disease, diagnosed, limit=3)
        shown = ", ".join(f"{d.name('vi')} ({d.id})" for d in near) or "–"
        name = rules.disease(disease).name("vi")
        raise NotOnTheList(disease=name, on=diagnosed, suggestions=shown)
    moment = datetime.combine(diagnosed, _END_OF_DAY, tzinfo=VIETNAM)
    due = rules.reporting_deadline(disease, moment)
    return _Listed(rules.group(disease, diagnosed) or "", window, due)


def _check_days(case: ReportCase, given: Circumstances, diagnosed: date) -> None:
    today = given.received_at.astimezone(VIETNAM).date()
    onset = case.onset_on
    if onset > today:
        raise OnsetInTheFuture(onset=onset, today=today)
    if onset > (reported := given.reported_at.astimezone(VIETNAM).date()):
        raise OnsetAfterReport(onset=onset, reported=reported)
    born = case.birth_date
    if born is not None and onset < born:
        raise OnsetBeforeBirth(onset=onset, born=born)
    for refusal, earlier, later in (
        (DiagnosisBeforeOnset, onset, diagnosed),
        (DiagnosisInTheFuture, diagnosed, today),
        (OutcomeBeforeOnset, onset, case.outcome_on),
        (OutcomeBeforeAdmission, case.admitted_on, case.outcome_on),
        (OutcomeInTheFuture, case.outcome_on, today),
        (AdmissionInTheFuture, case.admitted_on, today),
        (ResultBeforeSample, case.sampled_on, case.result_on),
        (DoseBeforeBirth, born, case.last_dose_on),
    ):
        if earlier is not None and later is not None and later < earlier:
            raise refusal(earlier=earlier, later=later)


def _age(case: ReportCase) -> int | None:
    if case.birth_date is None:
        if case.age is None:
            raise AgeMissing()
        return case.age
    computed = ages.age_on(case.birth_date, case.onset_on)
    if computed > _OLDEST:
        raise TooOld(born=case.birth_date, age=computed)
    # A year of difference is a birthday between two readings, or an age counted the old way.
    if case.age is not None and abs(case.age - computed) > 1:
        raise AgeContradictsBirth(age=case.age, born=case.birth_date, computed=computed)
    return computed


def _aware(moment: datetime) -> datetime:
    """A moment without a zone is Vietnamese time."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=VIETNAM)
