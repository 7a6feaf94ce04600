"""Why something is not done about a session."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownSession(Refusal):
    code = "immunization.unknown-session"
    message = N_("There is no session {session} of this unit.")


class SessionNotPlanned(Refusal):
    code = "immunization.session-not-planned"
    message = N_(
        "The session of {day} is {state}: only a planned one is changed, opened or cancelled."
    )


class SessionNotOpen(Refusal):
    code = "immunization.session-not-open"
    message = N_("The session of {day} is {state}; open one for today first.")


class SessionEnded(Refusal):
    code = "immunization.session-ended"
    message = N_("The session of {day} is {state}; nothing more is written to it.")


class OpenedOnAnotherDay(Refusal):
    code = "immunization.opened-on-another-day"
    message = N_("The session is planned for {day}, not for {on}; plan it for today, then open it.")


class PlaceNeeded(Refusal):
    code = "immunization.place-needed"
    message = N_("A session of this kind needs its place: choose it on the map, or write it.")


class CampaignNeeded(Refusal):
    code = "immunization.campaign-needed"
    message = N_("A session of a campaign names the campaign.")


class PlannedTwice(Refusal):
    code = "immunization.planned-twice"
    message = N_("{what} stands twice in the plan; write it once.")


class HereAlready(Refusal):
    code = "immunization.here-already"
    message = N_("This person is in the queue already, with number {number}.")


class UnknownVisit(Refusal):
    code = "immunization.unknown-visit"
    message = N_("There is no visit {visit} at a session of this unit.")


class VisitIsOver(Refusal):
    code = "immunization.visit-is-over"
    message = N_("Number {number} left at {at}; let them arrive again.")


class DosesGivenAlready(Refusal):
    code = "immunization.doses-given-already"
    message = N_(
        "Number {number} got the doses and is being observed; they are not examined again."
    )


class NotAsked(Refusal):
    code = "immunization.not-asked"
    message = N_("The examination lacks: {missing}. Ask, measure, then judge.")


class UnknownAnswer(Refusal):
    code = "immunization.unknown-answer"
    message = N_("{value} is no question of the examination on {on}.")


class NotReadable(Refusal):
    code = "immunization.not-readable"
    message = N_("{measure} {value} cannot be right; it lies between {lowest} and {highest}.")


class ReturnInThePast(Refusal):
    code = "immunization.return-in-the-past"
    message = N_("They cannot come back on {day}, which is not after {on}.")


class NotHere(Refusal):
    code = "immunization.not-here"
    message = N_("This person is not in the queue of the session; let them arrive first.")


class NotCleared(Refusal):
    code = "immunization.not-cleared"
    message = N_("No passed examination at this session covers {vaccine}; examine for it first.")


class NothingGiven(Refusal):
    code = "immunization.nothing-given"
    message = N_("No dose is on record for number {number} at this session; record it first.")


class LeftTooEarly(Refusal):
    code = "immunization.left-too-early"
    message = N_("The observation lasts until {until}; who leaves before needs a reason.")


class StillHere(Refusal):
    code = "immunization.still-here"
    message = N_("{count} people are still here; each has to leave before the session is closed.")


class LotNotBalanced(Refusal):
    code = "immunization.lot-not-balanced"
    message = N_(
        "{given} doses of {vaccine}, lot {lot}, were given, but no line says what became of the vials."
    )


class MoreThanTaken(Refusal):
    code = "immunization.more-than-taken"
    message = N_(
        "{vaccine}, lot {lot}: {used} vials are accounted for, but only {taken} were taken."
    )


class MoreThanOpened(Refusal):
    code = "immunization.more-than-opened"
    message = N_(
        "{vaccine}, lot {lot}: {given} doses were given, but the opened vials held {held}."
    )


class VialsMissing(Refusal):
    code = "immunization.vials-missing"
    message = N_(
        "{vaccine}, lot {lot}: {missing} vials are missing; write in the note what became of them."
    )


class NoCampaignSession(Refusal):
    code = "immunization.no-campaign-session"
    message = N_("This unit has no session of the campaign {campaign} on {day}.")


class SuspendedInPlan(Refusal):
    code = "immunization.suspended-in-plan"
    message = N_("Lot {lot} of {vaccine} is suspended since {since}; take another one along.")


class LotExpired(Refusal):
    code = "immunization.lot-expired"
    message = N_("Lot {lot} of {vaccine} has expired; discard it and use another lot.")


class LotSetApart(Refusal):
    code = "immunization.lot-set-apart"
    message = N_("Lot {lot} of {vaccine} is in quarantine; use another lot until somebody decides.")


class LotStopped(Refusal):
    code = "immunization.lot-stopped"
    message = N_("Lot {lot} of {vaccine} is suspended in the stock; use another lot.")


class LotNeverReceived(Refusal):
    code = "immunization.lot-never-received"
    message = N_(
        "Lot {lot} of {vaccine} was never received here; check the number, or receive it first."
    )
