"""Why something is not done about an adverse event or a lot."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownAefi(Refusal):
    code = "immunization.unknown-aefi"
    message = N_("There is no adverse event {aefi} for you to change.")


class AefiIsVoid(Refusal):
    code = "immunization.aefi-is-void"
    message = N_("The report was withdrawn ({reason}); report it again if it was right after all.")


class UnknownWord(Refusal):
    code = "immunization.unknown-word"
    message = N_("{value} is not on the list; choose one of: {suggestions}.")


class NoDoseNamed(Refusal):
    code = "immunization.no-dose-named"
    message = N_("Name the dose after which it happened, or at least its vaccine and lot.")


class DoseOfAnother(Refusal):
    code = "immunization.dose-of-another"
    message = N_("Dose {dose} is not one of this person's; choose among those on the card.")


class OnsetBeforeDose(Refusal):
    code = "immunization.onset-before-dose"
    message = N_("It began on {onset}, before the dose of {given}; correct one of them.")


class NoticedBeforeOnset(Refusal):
    code = "immunization.noticed-before-onset"
    message = N_("It cannot have been noticed at {noticed}, before it began at {onset}.")


class NotYet(Refusal):
    code = "immunization.not-yet"
    message = N_("{at} has not come yet; correct the moment.")


class NotSerious(Refusal):
    code = "immunization.not-serious"
    message = N_("Only a serious event is notified, investigated or brought before the council.")


class NotInvestigated(Refusal):
    code = "immunization.not-investigated"
    message = N_("A serious event is investigated before it is classified.")


class SuspendedAlready(Refusal):
    code = "immunization.suspended-already"
    message = N_("Lot {lot} of {vaccine} is suspended already, since {since}.")


class NotSuspended(Refusal):
    code = "immunization.not-suspended"
    message = N_("Lot {lot} of {vaccine} is not suspended.")
