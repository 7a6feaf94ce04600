"""Why a dose is not taken: each names the value, what was expected, and what to do."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownPerson(Refusal):
    code = "immunization.unknown-person"
    message = N_("There is no person {person} on record; register the person first.")


class UnknownVaccine(Refusal):
    code = "immunization.unknown-vaccine"
    message = N_(
        "{value} is no vaccine of the catalogue, nor its CVX code; did you mean: {suggestions}?"
    )


class UnknownProduct(Refusal):
    code = "immunization.unknown-product"
    message = N_("{value} is no product of {vaccine}; choose one of: {suggestions}.")


class BeforeBirth(Refusal):
    code = "immunization.before-birth"
    message = N_("The dose, {on}, is before the birth, {born}; correct one of them.")


class AfterDeath(Refusal):
    code = "immunization.after-death"
    message = N_("The dose, {on}, is after the death, {died}; correct one of them.")


class InTheFuture(Refusal):
    code = "immunization.in-the-future"
    message = N_("The dose, {on}, is after today, {today}; correct the date.")


class NotScreened(Refusal):
    code = "immunization.not-screened"
    message = N_("The screening says “{screening}”: no dose is given before one is passed.")


class TimesOutOfOrder(Refusal):
    code = "immunization.times-out-of-order"
    message = N_(
        "{later} is before {earlier}: arrival, screening, injection and leaving follow one another."
    )


class UnknownUnit(Refusal):
    code = "immunization.unknown-unit"
    message = N_("The unit {unit} is not on the map; record from a unit of the registry.")


class UnknownFacility(Refusal):
    code = "immunization.unknown-facility"
    message = N_("{value} is not on the map; choose a facility of it, or write the place in words.")


class LotSuspended(Refusal):
    code = "immunization.lot-suspended"
    message = N_("Lot {lot} of {vaccine} is suspended since {since} ({reason}); use another lot.")


class UnknownDose(Refusal):
    code = "immunization.unknown-dose"
    message = N_("There is no dose {dose} for you to change.")


class DoseIsVoid(Refusal):
    code = "immunization.dose-is-void"
    message = N_("Dose {dose} was voided ({reason}); record it again if it was given after all.")


class ChangedMeanwhile(Refusal):
    code = "immunization.changed-meanwhile"
    message = N_("Somebody changed dose {dose} since you opened it; open it again and compare.")


class NothingChanges(Refusal):
    code = "immunization.nothing-changes"
    message = N_("The amendment changes nothing; dose {dose} already says so.")


class ReasonNeeded(Refusal):
    code = "immunization.reason-needed"
    message = N_("Say why in at least three letters: others will read it.")


class NoDuplicate(Refusal):
    code = "immunization.no-duplicate"
    message = N_("Dose {dose} looks like no other entry's second; there is nothing to resolve.")


class KeepsAnother(Refusal):
    code = "immunization.keeps-another"
    message = N_("{keep} is neither of the two entries; keep {one} or {other}.")
