"""Why an outlook is refused."""

from tuyen.kernel.refusal import N_, Refusal


class OutlookOfProgram(Refusal):
    code = "surveillance.outlook-of-program"
    message = N_("What is expected is worked out by the program; it cannot be sent to it.")


class OutlookKept(Refusal):
    code = "surveillance.outlook-kept"
    message = N_(
        "The outlook of {disease} made on {on} is kept already; what was once expected is not"
        " changed afterwards."
    )


class BadOutlook(Refusal):
    code = "surveillance.bad-outlook"
    message = N_("The outlook contradicts itself: {what}.")
