"""Why a schedule is not put in force."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownPack(Refusal):
    code = "immunization.unknown-pack"
    message = N_("There is no schedule {value}; choose one of: {known}.")


class PackBeforeItsAct(Refusal):
    code = "immunization.pack-before-its-act"
    message = N_("{pack} begins on {since}; it cannot be in force from {on}. Choose a later day.")


class PackInForceAlready(Refusal):
    code = "immunization.pack-in-force-already"
    message = N_("{pack} is in force on {on} already; nothing would change.")


class AnotherPackThatDay(Refusal):
    code = "immunization.another-pack-that-day"
    message = N_("{pack} was put in force from {on}; roll that back first, or choose another day.")


class UnknownActivation(Refusal):
    code = "immunization.unknown-activation"
    message = N_("There is no activation {value} of a schedule; reload the page.")


class RolledBackAlready(Refusal):
    code = "immunization.rolled-back-already"
    message = N_("This activation of {pack} was rolled back already, on {on}.")
