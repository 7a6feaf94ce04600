"""What is found in a list of staff: each with what is wrong, and what to do."""

from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.refusal import N_, Refusal

_ADVICE = N_("Correct the row and send the file again; people already taken are not taken twice.")


class WordUnknown(ExchangeRefusal):
    code = "workforce.word-unknown"
    message = N_("{value} is not on the list of {what}.")
    advice = N_("Write one of: {known}.")


class PlaceUnknown(ExchangeRefusal):
    code = "workforce.place-unknown"
    message = N_("{value} is no unit of your reach.")
    advice = N_("Write its name as on the map; nearest: {known}.")


class PlaceUnclear(ExchangeRefusal):
    code = "workforce.place-unclear"
    message = N_("{value} may mean several units: {known}.")
    advice = N_("Write the type with the name, or the code.")


class SaidTwice(ExchangeRefusal):
    code = "workforce.person-said-twice"
    message = N_("{name} stands on row {row} too, with the same day of birth.")
    advice = N_("Write each person on one row; a second post is added in the file of the person.")


class KnownAlready(ExchangeRefusal):
    code = "workforce.person-known"
    message = N_("{name}, born on {born}, has a file already.")
    advice = N_("Leave the row out and correct that file; two files of one person count twice.")


class LicenceUndated(ExchangeRefusal):
    code = "workforce.licence-undated"
    message = N_("Licence {number} has no day of issue.")
    advice = N_("Write the day on which it was issued.")


class RowsToMend(Refusal):
    code = "workforce.rows-to-mend"
    message = N_(
        "{bad} of {rows} rows cannot be taken; mend them, or say that the good rows go without them."
    )


class FileToMend(Refusal):
    code = "workforce.file-to-mend"
    message = N_("The file cannot be taken as it is: {what}")


class NoUnit(Refusal):
    code = "workforce.no-unit"
    message = N_("Nothing says where these people work; choose a unit, or add a column with it.")


def spoken(refusal: Refusal) -> ExchangeRefusal:
    """A refusal of the service as a finding of a row: its own code and sentence, and the way on."""
    made = ExchangeRefusal(**refusal.values)
    # An instance speaks for the class whose words it carries.
    made.code, made.message, made.advice = refusal.code, refusal.message, _ADVICE  # type: ignore[misc]
    return made
