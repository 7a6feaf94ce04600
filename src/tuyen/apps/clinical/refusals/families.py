"""Why something told of a treatment, a method or a couple is not taken."""

from tuyen.kernel.refusal import N_, Refusal


class NotMeasured(Refusal):
    code = "clinical.not-measured"
    message = N_(
        "The child was not measured within {days} days before {on}; weigh and measure the child first."
    )


class NotMalnourished(Refusal):
    code = "clinical.not-malnourished"
    message = N_(
        "By the measures of {on} the child is not acutely malnourished; measure again if it looks so."
    )


class WrongCare(Refusal):
    code = "clinical.wrong-care"
    message = N_("By the measures of {on} the child is {acute}; it is to be treated as {expected}.")


class UnderCareAlready(Refusal):
    code = "clinical.under-care-already"
    message = N_("The child is under treatment since {since}; discharge it first.")


class UnknownCareOfChild(Refusal):
    code = "clinical.unknown-care-of-child"
    message = N_("There is no treatment {care} of your unit for you to change.")


class DischargedAlready(Refusal):
    code = "clinical.discharged-already"
    message = N_("The child left this treatment on {on} already.")


class DischargeBeforeAdmission(Refusal):
    code = "clinical.discharge-before-admission"
    message = N_("{on} is before the treatment began, {since}; correct one of them.")


class NotCuredYet(Refusal):
    code = "clinical.not-cured-yet"
    message = N_(
        "Cured takes {visits} good visits in a row (weight for height {score} or more, arm {arm} cm or"
        " more) and no oedema for {days} days; the visits do not show it yet."
    )


class NotDefaultedYet(Refusal):
    code = "clinical.not-defaulted-yet"
    message = N_("The child was last seen on {seen}; it counts as defaulted after {days} days.")


class UnknownMethod(Refusal):
    code = "clinical.unknown-method"
    message = N_("{value} is no {field} of the list; expected one of: {known}.")


class MethodOfTheOtherSex(Refusal):
    code = "clinical.method-of-the-other-sex"
    message = N_("{method} is not a method of this person's sex; check whom and what you chose.")


class PregnantNow(Refusal):
    code = "clinical.pregnant-now"
    message = N_("She is under care for a pregnancy; end it before a method is started.")


class NotInUse(Refusal):
    code = "clinical.not-in-use"
    message = N_("{method} was not in use on {on}; record its start first.")


class StopWithoutReason(Refusal):
    code = "clinical.stop-without-reason"
    message = N_("Say why the method was stopped: {known}.")


class UnknownStep(Refusal):
    code = "clinical.unknown-step"
    message = N_("There is no entry {step} of your unit for you to take back.")


class StepIsVoid(Refusal):
    code = "clinical.step-is-void"
    message = N_("This entry was taken back already ({reason}).")


class NothingMeasured(Refusal):
    code = "clinical.nothing-measured"
    message = N_("Write at least one value or a genotype.")


class BloodNotPossible(Refusal):
    code = "clinical.blood-not-possible"
    message = N_("{field}: {value} cannot be; expected {low} to {high}.")


class NoGenotype(Refusal):
    code = "clinical.no-genotype"
    message = N_(
        "{beta} and {alpha} are no genotype; write two of {betas} for beta and two of {alphas} for"
        " alpha, or leave a locus empty."
    )


class NotAPair(Refusal):
    code = "clinical.not-a-pair"
    message = N_("A couple is a woman and a man of two records; check whom you chose.")


class CoupleAlready(Refusal):
    code = "clinical.couple-already"
    message = N_("These two are a couple on record since {since}.")


class UnknownCouple(Refusal):
    code = "clinical.unknown-couple"
    message = N_("There is no couple {couple} of your unit for you to change.")


class PartedAlready(Refusal):
    code = "clinical.parted-already"
    message = N_("They are no couple on record since {until}.")


class BeforeTheCouple(Refusal):
    code = "clinical.before-the-couple"
    message = N_("{on} is before they were a couple on record, {since}; correct one of them.")


class ResultUnsaid(Refusal):
    code = "clinical.result-unsaid"
    message = N_("A prenatal test has a result, and counselling has none; say what it was.")
