"""Why it is refused what others told of somebody who is to come, or the note that goes back."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownComing(Refusal):
    code = "clinical.unknown-coming"
    message = N_("Nobody {coming} is expected at your unit.")


class AnsweredAlready(Refusal):
    code = "clinical.answered-already"
    message = N_("The return note was written on {on} already; it stands.")


class NotWaiting(Refusal):
    code = "clinical.not-waiting"
    message = N_("This was taken back by those who sent: there is nobody to answer.")


class NothingToAnswer(Refusal):
    code = "clinical.nothing-to-answer"
    message = N_("This is an appointment; a return note answers a referral.")


class AppointmentPassed(Refusal):
    code = "clinical.appointment-passed"
    message = N_("The appointment of {on} is over; today is {today}.")


class AppointmentTooFar(Refusal):
    code = "clinical.appointment-too-far"
    message = N_("The appointment, {on}, is more than {days} days away; check the year.")


class AnsweredBefore(Refusal):
    code = "clinical.answered-before"
    message = N_("The note of {on} is before the referral of {day} that it answers.")


class ComingOfAnother(Refusal):
    code = "clinical.coming-of-another"
    message = N_("What others told of one person is not made that of another; take it back.")
