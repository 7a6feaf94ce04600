"""Why a month is not closed."""

from tuyen.kernel.refusal import N_, Refusal


class NotAMonth(Refusal):
    code = "clinical.not-a-month"
    message = N_("{value} is no month; write it as 2026-10.")


class MonthNotOver(Refusal):
    code = "clinical.month-not-over"
    message = N_("{month} is not over; close it from {day} on.")


class MonthClosedAlready(Refusal):
    code = "clinical.month-closed-already"
    message = N_(
        "{month} was closed on {on}; what was changed since is shown as differences beside it."
    )
