"""A session held through the journal: what the tests of sessions, events and screens begin with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.immunization.models import (
    AdverseEvent,
    AefiStep,
    CampaignDay,
    Dose,
    ExpectedAt,
    LotHold,
    Screening,
    Session,
    SessionVials,
    Visit,
)
from tuyen.apps.immunization.operations import (
    Answered,
    Arrive,
    ExpectedPerson,
    Given,
    Observe,
    OpenSession,
    PlannedVials,
    PlanSession,
    RecordDoses,
    Screen,
)
from tuyen.kernel.ids import uuid7

TODAY = date(2026, 10, 25)
AT = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)  # eight in the morning
ASKED = (
    "severe-reaction", "anaphylaxis-2", "intussusception", "immunodeficiency", "organ-failure",
    "acute-illness", "immunoglobulin", "corticosteroid", "heart-sound", "breathing",
    "consciousness", "mother-hiv", "other",
)  # fmt: skip
LOT = "MR-07"


def later(minutes: float) -> datetime:
    return AT + timedelta(minutes=minutes)


def well(vaccines: tuple[str, ...]) -> dict[str, Answered]:
    """Every question that these vaccines ask for, answered with no."""
    from tuyen.apps.immunization.examining import form

    return {q.code: Answered(yes=False) for q in form(TODAY, vaccines, 290, 1).questions}


def planned(**changes: Any) -> PlanSession:
    return PlanSession(**{
        "kind": "fixed", "day": TODAY, "vials": (PlannedVials(vaccine="MR", vials=2, size=10, lot=LOT),),
    } | changes)  # fmt: skip


def screened(visit: UUID, *vaccines: str, **changes: Any) -> Screen:
    codes = vaccines or ("MR",)
    return Screen(**{
        "visit": visit, "vaccines": codes, "answers": well(codes), "temperature": 36.8,
    } | changes)  # fmt: skip


def dosed(
    session: UUID | None, person: UUID, *vaccines: str, lot: str = LOT, **changes: Any
) -> RecordDoses:
    given = tuple(Given(vaccine=code, lot=lot) for code in vaccines or ("MR",))
    return RecordDoses(**{
        "person": person, "given": given, "programme": "routine", "place_kind": "station",
        "screening": "passed", "session": session,
    } | changes)  # fmt: skip


def opened(world: Any, **changes: Any) -> UUID:
    """An open session of the station, at eight."""
    (session,) = world.good(planned(**changes), unit=world.station, at=AT)
    world.good(OpenSession(session=session), unit=world.station, at=AT)
    return session


def through(world: Any, session: UUID, person: UUID, at: datetime = AT, **given: Any) -> UUID:
    """Somebody arrives, passes, gets a dose and is observed; returns the visit."""
    visit = uuid7()
    world.good(Arrive(session=session, person=person), unit=world.station, at=at, ids=[visit])
    world.good(
        screened(visit), dosed(session, person, **given), Observe(visit=visit),
        unit=world.station, at=at,
    )  # fmt: skip
    return visit


def expected(*people: UUID) -> tuple[ExpectedPerson, ...]:
    return tuple(ExpectedPerson(person=person, vaccines=("MR",)) for person in people)


def rows() -> dict[str, list[Any]]:
    """All rows that sessions and events write, for comparing."""
    models = (
        Session, ExpectedAt, Visit, Screening, SessionVials, CampaignDay, AdverseEvent, AefiStep,
        LotHold, Dose,
    )  # fmt: skip
    return {m.__name__: sorted(m._default_manager.values_list(), key=str) for m in models}
