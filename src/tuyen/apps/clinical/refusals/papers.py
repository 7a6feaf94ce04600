"""Why a paper, or how a visit ended, cannot be written down so."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownPaper(Refusal):
    code = "clinical.unknown-paper"
    message = N_("{value} is no paper that a visit gives out; expected one of {known}.")


class PaperTwice(Refusal):
    code = "clinical.paper-twice"
    message = N_("The paper {paper} stands twice in this visit; write it once.")


class LeaveEndsBefore(Refusal):
    code = "clinical.leave-ends-before"
    message = N_(
        "{paper}: the leave ends on {until}, before it begins on {since}; mend one of them."
    )


class LeavesOtherwise(Refusal):
    code = "clinical.leaves-otherwise"
    message = N_(
        "Way of leaving {value} and the referral do not agree: {sent} need a referral, and with a"
        " referral it is one of them."
    )
