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


TOLD = {
    "immunization.lot-suspended": N_(
        "Given from lot {lot} of {vaccine}, which was suspended since {since} ({reason})."
    ),
    "immunization.lot-stopped": N_(
        "Given from lot {lot} of {vaccine}, which was suspended in the stock."
    ),
    "immunization.lot-expired": N_("Given from lot {lot} of {vaccine}, which had expired."),
    "immunization.lot-set-apart": N_("Given from lot {lot} of {vaccine}, which was in quarantine."),
    "immunization.lot-never-received": N_(
        "Given from lot {lot} of {vaccine}, which was never received here."
    ),
    "immunization.not-cleared": N_(
        "Given without a passed examination at the session for {vaccine}."
    ),
    "immunization.not-here": N_("Given to somebody who was not in the queue of the session."),
    "immunization.session-not-open": N_(
        "The session of {day} is {state}: the dose is not in its balance of vials."
    ),
    "immunization.visit-is-over": N_("Given after number {number} had left at {at}."),
    LotSuspendedLater.code: LotSuspendedLater.message,
}
"""What speaks against a dose, by the code of what would have held it back: a sentence of the past."""
