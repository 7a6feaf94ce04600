"""Why a certificate is not issued."""

from tuyen.kernel.refusal import N_, Refusal


class NotAcceptedAbroad(Refusal):
    code = "immunization.not-accepted-abroad"
    message = N_(
        "{product} is no product that WHO accepts for this dose; choose one of the list, with its lot"
        " and its day known."
    )


class OneDoseEach(Refusal):
    code = "immunization.one-dose-each"
    message = N_(
        "An international certificate is of one dose; {count} were named. Issue one for each."
    )


class EndsBeforeItBegins(Refusal):
    code = "immunization.ends-before-it-begins"
    message = N_("The certificate would end on {until}, before it is issued; correct the day.")


class UnknownCertificate(Refusal):
    code = "immunization.unknown-certificate"
    message = N_("There is no certificate {certificate} for this unit to withdraw.")


class WithdrawnAlready(Refusal):
    code = "immunization.withdrawn-already"
    message = N_("This certificate was withdrawn on {on} already: {reason}")
