"""What is found in a list of stock: each with what is wrong, and what to do."""

from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.refusal import N_, Refusal

_ADVICE = N_("Correct the row and send the file again; lots already taken are not taken twice.")


class NoSuchItem(ExchangeRefusal):
    code = "supply.no-such-item"
    message = N_("{value} is no item of the list.")
    advice = N_("Write its code or its name: {known}.")


class ExpiredOnArrival(ExchangeRefusal):
    code = "supply.expired-on-arrival"
    message = N_("Lot {lot} expired on {on}.")
    advice = N_("What has expired is not received: destroy it, or correct the day.")


class NothingCame(ExchangeRefusal):
    code = "supply.nothing-came"
    message = N_("The quantity of lot {lot} is {quantity}.")
    advice = N_("Write a whole number above zero, or leave the row out.")


class SaidTwice(ExchangeRefusal):
    code = "supply.lot-said-twice"
    message = N_("Lot {lot} of this item stands on row {row} too.")
    advice = N_("Write each lot on one row, with all that lies there.")


class ExpiryDiffers(ExchangeRefusal):
    code = "supply.expiry-differs"
    message = N_("Lot {lot} is known with the expiry {known}, not {given}.")
    advice = N_("Compare it with the pack, and correct the file.")


class RowsToMend(Refusal):
    code = "supply.rows-to-mend"
    message = N_(
        "{bad} of {rows} rows cannot be received; mend them, or say that the good rows go without them."
    )


class FileToMend(Refusal):
    code = "supply.file-to-mend"
    message = N_("The file cannot be received as it is: {what}")


class NoUnit(Refusal):
    code = "supply.no-unit"
    message = N_("Nothing says for which place the stock is received; name one.")


def spoken(refusal: Refusal) -> ExchangeRefusal:
    """A refusal of the service as a finding of a row: its own code and sentence, and the way on."""
    made = ExchangeRefusal(**refusal.values)
    # An instance speaks for the class whose words it carries.
    made.code, made.message, made.advice = refusal.code, refusal.message, _ADVICE  # type: ignore[misc]
    return made
