"""Why an operation on an event signal, or a silence, is refused."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownSign(Refusal):
    code = "surveillance.unknown-sign"
    message = N_("{value} is not a sign on the list of {on}; choose one of: {known}.")


class SeenInTheFuture(Refusal):
    code = "surveillance.seen-in-the-future"
    message = N_("It was seen on {seen}, after the day of the report, {on}. Correct the day.")


class MoreDeathsThanAffected(Refusal):
    code = "surveillance.more-deaths-than-affected"
    message = N_("{deaths} died of {affected} affected; count the dead among the affected.")


class UnknownSignal(Refusal):
    code = "surveillance.unknown-signal"
    message = N_("There is no event signal {signal} for you to answer.")


class NotADuplicateOfThat(Refusal):
    code = "surveillance.not-a-duplicate-of-that"
    message = N_(
        "Name another signal of the same commune that is itself no duplicate; {signal} is not one."
    )


class SignalIsSettled(Refusal):
    code = "surveillance.signal-is-settled"
    message = N_("The signal was set aside ({state}); screen it as relevant to open it again.")


class NotVerifiedYet(Refusal):
    code = "surveillance.not-verified-yet"
    message = N_("The signal is not verified yet; say first whether it is real.")


class SilenceInThePast(Refusal):
    code = "surveillance.silence-in-the-past"
    message = N_("A silence until {until} would end before it began on {on}; give a later day.")


class NoSilence(Refusal):
    code = "surveillance.no-silence"
    message = N_("{subject} is not silent here; there is nothing to end.")
