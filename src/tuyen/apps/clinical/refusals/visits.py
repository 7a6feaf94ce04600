"""Why a visit is not taken: each names the value, what was expected, and what to do."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownPerson(Refusal):
    code = "clinical.unknown-person"
    message = N_("There is no person {person} on record; register the person first.")


class UnknownUnit(Refusal):
    code = "clinical.unknown-unit"
    message = N_("The unit {unit} is not on the map; record from a unit of the registry.")


class BeforeBirth(Refusal):
    code = "clinical.before-birth"
    message = N_("The visit, {on}, is before the birth, {born}; correct one of them.")


class TooOld(Refusal):
    code = "clinical.too-old"
    message = N_(
        "By the birth on record, {born}, this person was {age} years old at the visit; correct the"
        " birth first."
    )


class AfterDeath(Refusal):
    code = "clinical.after-death"
    message = N_("The visit, {on}, is after the death, {died}; correct one of them.")


class InTheFuture(Refusal):
    code = "clinical.in-the-future"
    message = N_("{field}: {on} is after today, {today}; correct the date.")


class EndsBeforeItBegins(Refusal):
    code = "clinical.ends-before-it-begins"
    message = N_("The visit ends {ended}, before it begins {began}; correct one of them.")


class UnknownMeasure(Refusal):
    code = "clinical.unknown-measure"
    message = N_("{value} is no measure of the list; did you mean: {suggestions}?")


class NotANumber(Refusal):
    code = "clinical.not-a-number"
    message = N_("{what}: {value} is no number that can be kept; write a plain one.")


class NotPossible(Refusal):
    code = "clinical.not-possible"
    message = N_("{what}: {value} {unit} cannot be; expected {low} to {high}. Measure it again.")


class NotBelievable(Refusal):
    code = "clinical.not-believable"
    message = N_(
        "{what}: {value} {unit} is unlikely; expected {low} to {high}. Read it again, and confirm it"
        " if it is really so."
    )


class PressuresSwapped(Refusal):
    code = "clinical.pressures-swapped"
    message = N_(
        "The lower blood pressure, {diastolic}, is not below the upper, {systolic}: the two seem to be"
        " swapped; turn them round."
    )


class CodeMisshapen(Refusal):
    code = "clinical.code-misshapen"
    message = N_("{value} is not shaped like an ICD-10 code; write A97 or A97.0.")


class UnknownCode(Refusal):
    code = "clinical.unknown-code"
    message = N_("{value} is no code of the ICD-10 list of {on}; choose one of the list.")


class CodeOfAnotherTime(Refusal):
    code = "clinical.code-of-another-time"
    message = N_(
        "{value} was no code of the ICD-10 list on {on}, the day that the visit ended; write {instead}."
    )


class MainDiagnosis(Refusal):
    code = "clinical.main-diagnosis"
    message = N_("{count} diagnoses are marked as the main one; mark exactly one.")


class NeverMain(Refusal):
    code = "clinical.never-main"
    message = N_(
        "{value} says what caused something, and is no main diagnosis; mark the injury or the illness."
    )


class CodeTwice(Refusal):
    code = "clinical.code-twice"
    message = N_("{value} stands there twice; write it once.")


class UnknownTraditionalCode(Refusal):
    code = "clinical.unknown-traditional-code"
    message = N_(
        "{value} is not shaped like a code of traditional medicine; write it as in the list, such as"
        " U62.392."
    )


class NextNotAfter(Refusal):
    code = "clinical.next-not-after"
    message = N_("The next visit, {next}, is not after this one, {on}; choose a later day.")


class NextTooFar(Refusal):
    code = "clinical.next-too-far"
    message = N_("The next visit, {next}, is more than {days} days away; check the year.")


class UnknownService(Refusal):
    code = "clinical.unknown-service"
    message = N_("{value} is no service of the list on {on}; did you mean: {suggestions}?")


class UnknownCare(Refusal):
    code = "clinical.unknown-care"
    message = N_("{value} is no {field} of the list on {on}; expected one of: {known}.")


class UnknownMedicine(Refusal):
    code = "clinical.unknown-medicine"
    message = N_("{value} is no medicine of the list; did you mean: {suggestions}?")


class QuantityNotPositive(Refusal):
    code = "clinical.quantity-not-positive"
    message = N_("{item}: {value} is not more than nothing; write how much.")


class ReferredNowhere(Refusal):
    code = "clinical.referred-nowhere"
    message = N_("Say where the person is sent: choose a facility of the map, or write its name.")


class UnknownFacility(Refusal):
    code = "clinical.unknown-facility"
    message = N_("{value} is not on the map; choose a facility of it, or write its name.")


class UnknownVisit(Refusal):
    code = "clinical.unknown-visit"
    message = N_("There is no visit {visit} of your unit for you to change.")


class VisitIsVoid(Refusal):
    code = "clinical.visit-is-void"
    message = N_("Visit {visit} was taken back ({reason}); record it again if it took place.")


class NothingChanges(Refusal):
    code = "clinical.nothing-changes"
    message = N_("The amendment changes nothing; visit {visit} already says so.")


class ReasonNeeded(Refusal):
    code = "clinical.reason-needed"
    message = N_("Say why in at least three letters: others will read it.")


class NobodySent(Refusal):
    code = "clinical.nobody-sent"
    message = N_("Visit {visit} sent nobody on; there is nothing that could come back.")


class ReturnedAlready(Refusal):
    code = "clinical.returned-already"
    message = N_("The note from {name} came back on {on} already.")


class ReturnedBefore(Refusal):
    code = "clinical.returned-before"
    message = N_("The note of {on} is before the visit of {day} that sent the person on.")


class NobodysLicence(Refusal):
    code = "clinical.nobodys-licence"
    message = N_("A licence is a person's; sign in as its holder.")
