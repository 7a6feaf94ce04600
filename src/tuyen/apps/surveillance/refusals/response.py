"""Why an operation on teams, goods or bookings is refused."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownSkill(Refusal):
    code = "surveillance.unknown-skill"
    message = N_("{value} is not a skill of the list; expected one of: {known}.")


class UnknownItem(Refusal):
    code = "surveillance.unknown-item"
    message = N_("{value} is not a good of the list; expected one of: {known}.")


class UnknownTeam(Refusal):
    code = "surveillance.unknown-team"
    message = N_("There is no team {team} of this unit; choose one of the list.")


class TeamDisbanded(Refusal):
    code = "surveillance.team-disbanded"
    message = N_("{team} was disbanded on {on}; choose another team.")


class BadAbsence(Refusal):
    code = "surveillance.bad-absence"
    message = N_("An absence ends on {until}, before it begins on {since}; turn the days round.")


class TeamIsTaken(Refusal):
    code = "surveillance.team-is-taken"
    message = N_(
        "{team} is booked from {since} to {until} for another place; choose another team or release"
        " that booking first."
    )


class TeamNotThere(Refusal):
    code = "surveillance.team-not-there"
    message = N_("{team} is not on duty on {on} ({why}); choose another day or team.")


class NotEnough(Refusal):
    code = "surveillance.not-enough"
    message = N_(
        "{wanted} of {item} were asked for; {free} are free here ({on_hand} on the shelf, {promised}"
        " promised to others)."
    )


class NotKeptHere(Refusal):
    code = "surveillance.not-kept-here"
    message = N_("{item} is not kept at this unit; set its minimum there first.")


class CountDiffers(Refusal):
    code = "surveillance.count-differs"
    message = N_("{counted} were counted, {expected} expected; write the reason of the difference.")


class MovesToItself(Refusal):
    code = "surveillance.moves-to-itself"
    message = N_("Goods move to another unit; choose where they went.")


class UnknownSubject(Refusal):
    code = "surveillance.unknown-subject"
    message = N_("There is no {kind} {subject} to answer; it may have been withdrawn.")


class SubjectIsClosed(Refusal):
    code = "surveillance.subject-is-closed"
    message = N_("This {kind} was closed on {on}; nothing more is sent to it.")


class NotItsCommune(Refusal):
    code = "surveillance.not-its-commune"
    message = N_("{commune} is not a commune of this {kind}; choose one of its own.")


class OneThingOnly(Refusal):
    code = "surveillance.one-thing-only"
    message = N_("A booking is of one team or of one good; give exactly one of the two.")


class BadDays(Refusal):
    code = "surveillance.bad-days"
    message = N_("The booking ends on {until}, before it begins on {since}, or lasts over 60 days.")


class UnknownBooking(Refusal):
    code = "surveillance.unknown-booking"
    message = N_("There is no booking {booking} of this unit or commune.")


class BookingIsOver(Refusal):
    code = "surveillance.booking-is-over"
    message = N_("This booking was released on {on}; book anew if it is still needed.")


class ArrivedAlready(Refusal):
    code = "surveillance.arrived-already"
    message = N_("This has arrived already, on {on}.")


class UsedTooMuch(Refusal):
    code = "surveillance.used-too-much"
    message = N_("{used} were used of {quantity} that were sent; give at most what was sent.")
