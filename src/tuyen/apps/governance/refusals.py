"""Why something of a project is refused: each with a code and a sentence that says what to do."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownProject(Refusal):
    code = "governance.unknown-project"
    message = N_("There is no project {project} of this unit that this can be done to.")


class UnknownVersion(Refusal):
    code = "governance.unknown-version"
    message = N_(
        "There is no version {version} of a project of this unit that waits for an answer."
    )


class AnotherWaits(Refusal):
    code = "governance.another-version-waits"
    message = N_("Another version of this project waits for its answer; let it be answered first.")


class SecondPersonNeeded(Refusal):
    code = "governance.second-person-needed"
    message = N_(
        "Who proposed a project does not approve it; another person decides about the money."
    )


class EndsBeforeStart(Refusal):
    code = "governance.ends-before-start"
    message = N_("It would end on {ends}, before it begins on {starts}.")


class UnknownWord(Refusal):
    code = "governance.unknown-word"
    message = N_("{value} is none of the known ones ({field}); expected one of: {known}.")


class SaidTwice(Refusal):
    code = "governance.said-twice"
    message = N_("{value} is said twice ({field}); say it once.")


class AmountImpossible(Refusal):
    code = "governance.amount-impossible"
    message = N_("{value} is no amount ({field}); write VND above 0, at most 1,000,000 billion.")


class RateMissing(Refusal):
    code = "governance.rate-missing"
    message = N_("{value} {currency} needs the rate by which it became VND.")


class RateDoesNotGive(Refusal):
    code = "governance.rate-does-not-give"
    message = N_(
        "{foreign} {currency} at {rate} is {gives} VND, not {amount}; mend one of the three."
    )


class SourceMayNotPay(Refusal):
    code = "governance.source-may-not-pay"
    message = N_("{source} does not pay for {package}; choose another source.")


class SourceNotOfProject(Refusal):
    code = "governance.source-not-of-project"
    message = N_("{source} gives nothing to this project; its sources are: {known}.")


class WorksBeyondSource(Refusal):
    code = "governance.works-beyond-source"
    message = N_("The works that {source} pays for cost {cost} VND; it gives {amount}.")


class PlannedBeyondSource(Refusal):
    code = "governance.planned-beyond-source"
    message = N_(
        "{source} is planned to pay {planned} VND and gives {amount}: plan less of it, or have it give more."
    )


class PlannedBeyondTotal(Refusal):
    code = "governance.planned-beyond-total"
    message = N_("{planned} VND are planned to be paid out, of {total} in all.")


class MonthOutside(Refusal):
    code = "governance.month-outside"
    message = N_(
        "Payments are planned in {month}, before the project begins or after its last plan year."
    )


class NotASite(Refusal):
    code = "governance.not-a-site"
    message = N_("{name} is no station or satellite point on {on}; choose one of the list.")


class SpentBeyondSource(Refusal):
    code = "governance.spent-beyond-source"
    message = N_("{source} gives {amount} VND and has paid {paid}; {more} more is beyond it.")


class VoucherKnown(Refusal):
    code = "governance.voucher-known"
    message = N_("Voucher {voucher} is written down for this project already.")


class NotOfThatYear(Refusal):
    code = "governance.not-of-that-year"
    message = N_(
        "A payment of {on} belongs to the plan of its own year, or until {until} to that of the year before; not to {year}."
    )


class PaidInFuture(Refusal):
    code = "governance.paid-in-future"
    message = N_("{on} has not come yet; write down what was paid.")


class AmendedBelowPaid(Refusal):
    code = "governance.amended-below-paid"
    message = N_("{source} has paid {paid} VND already; it cannot give {amount}.")


class UnknownPayment(Refusal):
    code = "governance.unknown-payment"
    message = N_("There is no payment {payment} of a project of this unit that still stands.")


class UnknownPiece(Refusal):
    code = "governance.unknown-piece"
    message = N_("There is no piece of equipment {piece} in use at this unit.")


class DaysBeyondMonth(Refusal):
    code = "governance.days-beyond-month"
    message = N_("{month} has {most} days so far, not {days}.")
