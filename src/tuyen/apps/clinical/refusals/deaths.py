"""Why something told of a death is not taken."""

from tuyen.kernel.refusal import N_, Refusal


class NotDead(Refusal):
    code = "clinical.not-dead"
    message = N_("No death of this person is on record; record the death first.")


class NotYourPeople(Refusal):
    code = "clinical.not-your-people"
    message = N_(
        "This person did not live where your unit keeps the records; their own station writes it."
    )


class CauseNeeded(Refusal):
    code = "clinical.cause-needed"
    message = N_("Give the cause as a code such as I64, or in words.")


class NoMother(Refusal):
    code = "clinical.no-mother"
    message = N_("{what}: this person is on record as a man; leave it out.")


class DescribedAlready(Refusal):
    code = "clinical.described-already"
    message = N_("This death is described already; correct that entry, with the reason.")


class UnknownAccount(Refusal):
    code = "clinical.unknown-account"
    message = N_("There is no account {account} of a death for you to correct.")


class AccountUnchanged(Refusal):
    code = "clinical.account-unchanged"
    message = N_("The correction says what stands already.")
