"""What is found in a list of old doses: each with what is wrong, and what to do."""

from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.refusal import N_, Refusal

_ADVICE = N_("Correct the row and send the file again; doses already taken are not taken twice.")


class NobodyCalled(ExchangeRefusal):
    code = "immunization.nobody-called"
    message = N_("Nobody of your places is {name}, born {born}.")
    advice = N_("Register the child first, or write the personal number.")


class SeveralCalled(ExchangeRefusal):
    code = "immunization.several-called"
    message = N_("{count} people of your places are {name}, born {born}.")
    advice = N_("Write the personal number.")


class NoNumber(ExchangeRefusal):
    code = "immunization.no-number"
    message = N_("Nobody of your places has the number {value}.")
    advice = N_("Check the number, or leave it out and write the name and the birth date.")


class Swapped(ExchangeRefusal):
    code = "immunization.swapped"
    message = N_("The number belongs to {known}, not to {name}; two children may be swapped.")
    advice = N_("Compare both booklets, and correct the number or the name.")


class BornAnotherDay(ExchangeRefusal):
    code = "immunization.born-another-day"
    message = N_("{name} was born on {known} by the register, and on {born} by the file.")
    advice = N_("Correct the one that is wrong; two children may be swapped.")


class NoDose(ExchangeRefusal):
    code = "immunization.no-dose"
    message = N_(
        "The row says no dose: a vaccine and its date, or a date in a column of a vaccine."
    )
    advice = N_("Fill it in, or leave the row out.")


class LotNeverHere(ExchangeRefusal):
    code = "immunization.lot-never-here"
    message = N_("{unit} never received lot {lot} of {vaccine}.")
    advice = N_(
        "Compare it with the vial or the booklet; a dose that was given elsewhere is right."
    )


class LotStoppedSince(ExchangeRefusal):
    code = "immunization.lot-stopped-since"
    message = N_("Lot {lot} of {vaccine} is suspended or set apart.")
    advice = N_("Say so to the health centre: a child got it, or the number is misread.")


class LotExpiredBefore(ExchangeRefusal):
    code = "immunization.lot-expired-before"
    message = N_("Lot {lot} of {vaccine} expired on {expires}, before the dose.")
    advice = N_("Compare the day and the lot; a dose of an expired lot does not count.")


class RowsToMend(Refusal):
    code = "immunization.rows-to-mend"
    message = N_(
        "{bad} of {rows} rows cannot go in; mend them, or say that the good rows go in without them."
    )


class FileToMend(Refusal):
    code = "immunization.file-to-mend"
    message = N_("The file cannot be imported as it is: {what}")


class NoUnit(Refusal):
    code = "immunization.no-unit"
    message = N_("Nothing says for which unit the doses are recorded; name one.")


def spoken(refusal: Refusal) -> ExchangeRefusal:
    """A refusal of the service as a finding of a row: its own code and sentence, and the way on."""
    made = ExchangeRefusal(**refusal.values)
    # An instance speaks for the class whose words it carries.
    made.code, made.message, made.advice = refusal.code, refusal.message, _ADVICE  # type: ignore[misc]
    return made
