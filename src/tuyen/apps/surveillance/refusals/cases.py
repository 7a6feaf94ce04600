"""Why a report is not taken: each names the value, what was expected, and what to do."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownDisease(Refusal):
    code = "surveillance.unknown-disease"
    message = N_("{value} is not a disease on the list of {on}; did you mean: {suggestions}?")


class NotOnTheList(Refusal):
    code = "surveillance.not-on-the-list"
    message = N_(
        "{disease} was not on the list of notifiable diseases of {on}; choose a disease of that"
        " list: {suggestions}."
    )


class OnsetInTheFuture(Refusal):
    code = "surveillance.onset-in-the-future"
    message = N_("The onset, {onset}, is after today, {today}; correct the date.")


class OnsetAfterReport(Refusal):
    code = "surveillance.onset-after-report"
    message = N_("The onset, {onset}, is after the report, {reported}; correct one of them.")


class OnsetBeforeBirth(Refusal):
    code = "surveillance.onset-before-birth"
    message = N_("The onset, {onset}, is before the birth, {born}; correct one of them.")


class DiagnosisBeforeOnset(Refusal):
    code = "surveillance.diagnosis-before-onset"
    message = N_("The diagnosis, {later}, is before the onset, {earlier}; correct one of them.")


class DiagnosisInTheFuture(Refusal):
    code = "surveillance.diagnosis-in-the-future"
    message = N_("The diagnosis, {earlier}, is after today, {later}; correct the date.")


class OutcomeBeforeOnset(Refusal):
    code = "surveillance.outcome-before-onset"
    message = N_("The outcome, {later}, is before the onset, {earlier}; correct one of them.")


class OutcomeBeforeAdmission(Refusal):
    code = "surveillance.outcome-before-admission"
    message = N_("The outcome, {later}, is before the admission, {earlier}; correct one of them.")


class OutcomeInTheFuture(Refusal):
    code = "surveillance.outcome-in-the-future"
    message = N_("The outcome, {earlier}, is after today, {later}; correct the date.")


class AdmissionInTheFuture(Refusal):
    code = "surveillance.admission-in-the-future"
    message = N_("The admission, {earlier}, is after today, {later}; correct the date.")


class ResultBeforeSample(Refusal):
    code = "surveillance.result-before-sample"
    message = N_("The result, {later}, is before the sample, {earlier}; correct one of them.")


class DoseBeforeBirth(Refusal):
    code = "surveillance.dose-before-birth"
    message = N_("The last dose, {later}, is before the birth, {earlier}; correct one of them.")


class AgeContradictsBirth(Refusal):
    code = "surveillance.age-contradicts-birth"
    message = N_(
        "The age {age} does not fit the birth date {born}, which makes {computed}; correct one."
    )


class AgeMissing(Refusal):
    code = "surveillance.age-missing"
    message = N_("Give the age or the birth date; an estimated age is better than none.")


class TooOld(Refusal):
    code = "surveillance.too-old"
    message = N_("The birth date {born} makes {age} years on the day of onset; correct it.")


class NoCommune(Refusal):
    code = "surveillance.no-commune"
    message = N_("Give the commune or the village where the case lived on the day of onset.")


class UnknownPlace(Refusal):
    code = "surveillance.unknown-place"
    message = N_("{value} is not a known place; choose one of the map.")


class NotACommune(Refusal):
    code = "surveillance.not-a-commune"
    message = N_("{value} is not a commune, ward or special zone; give the one it lies in.")


class CommuneClosed(Refusal):
    code = "surveillance.commune-closed"
    message = N_("{commune} no longer existed on {on}; on that day it was {successors}.")


class CommuneNotYet(Refusal):
    code = "surveillance.commune-not-yet"
    message = N_("{commune} did not exist yet on {on}; give the village, or one of {predecessors}.")


class VillageElsewhere(Refusal):
    code = "surveillance.village-elsewhere"
    message = N_("{village} lies in {commune}, not in {given}; correct one of them.")


class FacilityNotThere(Refusal):
    code = "surveillance.facility-not-there"
    message = N_("{facility} was not in operation on {on}; choose one that was.")


class UnknownUnit(Refusal):
    code = "surveillance.unknown-unit"
    message = N_("The reporting unit {unit} is not on the map; report from a unit of the registry.")


class UnknownPerson(Refusal):
    code = "surveillance.unknown-person"
    message = N_("There is no person {person} on record; register the person, or leave it blank.")


class PossibleDuplicate(Refusal):
    code = "surveillance.possible-duplicate"
    message = N_(
        "The same person was reported with {disease}, onset {onset} (case {case}); open that case,"
        " or say that this is another illness."
    )


class AlreadyReported(Refusal):
    code = "surveillance.already-reported"
    message = N_(
        "Your unit already reported number {external_id} (case {case}); amend that case instead."
    )


class UnknownCase(Refusal):
    code = "surveillance.unknown-case"
    message = N_("There is no case {case} for you to change.")


class CaseIsVoid(Refusal):
    code = "surveillance.case-is-void"
    message = N_("Case {case} was voided ({reason}); report it again if it was a case after all.")


class CorrectsAnother(Refusal):
    code = "surveillance.corrects-another"
    message = N_("The operation must say that it corrects {expected}.")


class ChangedMeanwhile(Refusal):
    code = "surveillance.changed-meanwhile"
    message = N_("Somebody changed case {case} since you opened it; open it again and compare.")


class NothingChanges(Refusal):
    code = "surveillance.nothing-changes"
    message = N_("The amendment changes nothing; case {case} already says so.")


class BadChange(Refusal):
    code = "surveillance.bad-change"
    message = N_("The changed case would not be valid: {what}.")


class BadWeek(Refusal):
    code = "surveillance.bad-week"
    message = N_("{week} is not a week that has begun; give one like 2026-W07.")


class CasesInZeroWeek(Refusal):
    code = "surveillance.cases-in-zero-week"
    message = N_("Your unit reported {cases} cases diagnosed in {week}; it is not a week of zero.")
