"""Why an operation on a course, a seat, a technique or an exchange is refused."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownCourse(Refusal):
    code = "workforce.unknown-course"
    message = N_("There is no such course of this unit ({course}); look at the calendar again.")


class CourseCancelled(Refusal):
    code = "workforce.course-cancelled"
    message = N_("{title} was cancelled; nothing of it changes any more.")


class CourseNotClosed(Refusal):
    code = "workforce.course-not-closed"
    message = N_("{title} is not closed; there is nothing to open again.")


class CourseDaysWrong(Refusal):
    code = "workforce.course-days-wrong"
    message = N_("The days of a course follow one another, each once; {day} does not.")


class CourseDaysKept(Refusal):
    code = "workforce.course-days-kept"
    message = N_("Somebody was noted there or absent on {day}; that day of the course stays.")


class FewerSeatsThanGiven(Refusal):
    code = "workforce.fewer-seats-than-given"
    message = N_("{given} seats are given; take some back first, or keep as many.")


class SameDay(Refusal):
    code = "workforce.same-day"
    message = N_("{name} sits in {title} on {day}; nobody is in two courses on one day.")


class CadreNotMeant(Refusal):
    code = "workforce.cadre-not-meant"
    message = N_("{name} holds no post of the cadres that {title} is for.")


class NoSeat(Refusal):
    code = "workforce.no-seat"
    message = N_("{name} has no seat in {title}.")


class SeatThere(Refusal):
    code = "workforce.seat-there"
    message = N_("{name} is on the list of {title} already.")


class CourseOver(Refusal):
    code = "workforce.course-over"
    message = N_("{title} ended on {last}; nobody is put forward for it any more.")


class NoCourseDay(Refusal):
    code = "workforce.no-course-day"
    message = N_("{title} is not held on {day}; choose one of its days.")


class DayToCome(Refusal):
    code = "workforce.day-to-come"
    message = N_("{day} is still to come; it is noted on the day, or after it.")


class ThereAndAbsent(Refusal):
    code = "workforce.there-and-absent"
    message = N_("{name} is said to be there and absent; choose one of the two.")


class AttendanceOpen(Refusal):
    code = "workforce.attendance-open"
    message = N_("Of {n} people it is not said whether they were there on each day; note it first.")


class CertificateIssued(Refusal):
    code = "workforce.certificate-issued"
    message = N_("{title} is closed and its certificates stand; open it again to correct them.")


class HandoverSettled(Refusal):
    code = "workforce.handover-settled"
    message = N_("There is no such technique under way at this unit ({handover}); look again.")


class GiverMissing(Refusal):
    code = "workforce.giver-missing"
    message = N_("Say which hospital or unit passes the technique on; no unit passes it to itself.")


class HandoverTwice(Refusal):
    code = "workforce.handover-twice"
    message = N_("{unit} is learning {technique} already; log its cases there.")


class NoLearner(Refusal):
    code = "workforce.no-learner"
    message = N_("{name} is not among those who learn this technique.")


class CaseOutside(Refusal):
    code = "workforce.case-outside"
    message = N_("{day} is before the beginning ({begins}) or still to come; correct the day.")


class UnknownCase(Refusal):
    code = "workforce.unknown-case"
    message = N_("There is no such case that still counts ({case}).")


class TooFewCases(Refusal):
    code = "workforce.too-few-cases"
    message = N_("{done} of {asked} supervised cases are logged; it is signed off after the last.")


class SignedByReceiver(Refusal):
    code = "workforce.signed-by-receiver"
    message = N_(
        "Whoever planned it, logged its cases or works where it is received does not sign it off; the unit that teaches does."
    )


class DrillTwice(Refusal):
    code = "workforce.drill-twice"
    message = N_("{name} has this drill on file already; leave them out.")


class ExchangeNoDrill(Refusal):
    code = "workforce.exchange-no-drill"
    message = N_("An exchange with a partner is no drill of this program; file it as a drill.")


class UnknownOuting(Refusal):
    code = "workforce.unknown-outing"
    message = N_("There is no such exchange or drill of this unit that counts ({outing}).")
