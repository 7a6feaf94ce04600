"""Why something is not done about a programme of care."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownProgramme(Refusal):
    code = "clinical.unknown-programme"
    message = N_("{value} is no programme of care; expected one of: {known}.")


class NotForThisPerson(Refusal):
    code = "clinical.not-for-this-person"
    message = N_(
        "{programme} is for people of {low} to {high} years ({sex}); this person is {age}. Correct the"
        " birth or the sex, or choose another programme."
    )


class UnknownGroup(Refusal):
    code = "clinical.unknown-group"
    message = N_("{value} is no group of {programme}; expected one of: {known}.")


class EnrolledAlready(Refusal):
    code = "clinical.enrolled-already"
    message = N_("This person is in {programme} since {since}; end that first.")


class DiedAlready(Refusal):
    code = "clinical.died-already"
    message = N_("This person died on {died}; nobody who died is enrolled.")


class UnknownEnrolment(Refusal):
    code = "clinical.unknown-enrolment"
    message = N_("There is no enrolment {enrolment} of your unit for you to change.")


class EnrolmentEnded(Refusal):
    code = "clinical.enrolment-ended"
    message = N_("This person is no longer in the programme since {until} ({why}).")


class UnknownOutcome(Refusal):
    code = "clinical.unknown-outcome"
    message = N_("{value} is no reason to leave {programme}; expected one of: {known}.")


class EndsBeforeEnrolment(Refusal):
    code = "clinical.ends-before-enrolment"
    message = N_("The end, {on}, is before the enrolment of {since}; correct the date.")


class UnknownCallResult(Refusal):
    code = "clinical.unknown-call-result"
    message = N_("{value} is no result of a call; expected one of: {known}.")


class DayNotAhead(Refusal):
    code = "clinical.day-not-ahead"
    message = N_("{field}: {on} is not within {days} days after {today}; choose such a day.")
