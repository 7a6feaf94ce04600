"""Why a call, or a unit's number, is refused."""

from tuyen.kernel.refusal import N_, Refusal


class SayWhatWasTold(Refusal):
    code = "surveillance.say-what-was-told"
    message = N_("The call was answered: write what you were told, in a few words.")


class NoPhone(Refusal):
    code = "surveillance.no-phone"
    message = N_("No number of this unit is kept; there is none to take away.")
