"""What is said of a dose that was given against the rules, and why an answer to it is not taken."""

from tuyen.kernel.refusal import N_, Refusal


class LotSuspendedLater(Refusal):
    code = "immunization.lot-suspended-later"
    message = N_(
        "Lot {lot} of {vaccine} was suspended on that day ({reason}), after the dose by the clock of "
        "who told it; watch the person as those who got the lot."
    )


class UnknownConcern(Refusal):
    code = "immunization.unknown-concern"
    message = N_("There is nothing to follow up by this unit under {concern}.")


class AnsweredAlready(Refusal):
    code = "immunization.answered-already"
    message = N_("This was followed up on {on}: {answer}")
