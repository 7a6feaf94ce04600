"""What is found in a list of payments: each with what is wrong, and what to do."""

from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.refusal import N_, Refusal

_ADVICE = N_("Correct the row and send the file again; payments already taken are not taken twice.")


class ProjectUnknown(ExchangeRefusal):
    code = "governance.project-unknown"
    message = N_("No project under way is called {value}.")
    advice = N_("Write its name as in the list of projects; under way: {known}.")


class SourceUnknown(ExchangeRefusal):
    code = "governance.source-unknown"
    message = N_("{value} is no source of money.")
    advice = N_("Write one of: {known}.")


class AmountUnreadable(ExchangeRefusal):
    code = "governance.amount-unreadable"
    message = N_("{value} is no amount of VND.")
    advice = N_("Write whole VND, as 1.250.000.000.")


class VoucherTwice(ExchangeRefusal):
    code = "governance.voucher-twice"
    message = N_("Voucher {voucher} stands on row {row} too.")
    advice = N_("Write each voucher of a project on one row.")


class RowsToMend(Refusal):
    code = "governance.rows-to-mend"
    message = N_(
        "{bad} of {rows} rows cannot be taken; mend them, or say that the good rows go without them."
    )


class FileToMend(Refusal):
    code = "governance.file-to-mend"
    message = N_("The file cannot be taken as it is: {what}")


class NoUnit(Refusal):
    code = "governance.no-unit"
    message = N_("Nothing says in whose name these payments are written down; choose a unit.")


def spoken(refusal: Refusal) -> ExchangeRefusal:
    """A refusal of the service as a finding of a row: its own code and sentence, and the way on."""
    made = ExchangeRefusal(**refusal.values)
    # An instance speaks for the class whose words it carries.
    made.code, made.message, made.advice = refusal.code, refusal.message, _ADVICE  # type: ignore[misc]
    return made
