"""Why something told of a pregnancy, a birth or a mother's death is not taken."""

from tuyen.kernel.refusal import N_, Refusal


class NotAWoman(Refusal):
    code = "clinical.not-a-woman"
    message = N_(
        "The person chosen is on record as a man; a pregnancy or a birth is a woman's. Check whom you"
        " chose, or correct the sex on record first."
    )


class AgeOfAMother(Refusal):
    code = "clinical.age-of-a-mother"
    message = N_(
        "By the birth on record, {born}, she is {age} years old on {on}; expected {low} to {high}."
        " Correct the birth or the date first."
    )


class DatingMissing(Refusal):
    code = "clinical.dating-missing"
    message = N_("Write the first day of the last period, or the day the birth is expected.")


class DatesApart(Refusal):
    code = "clinical.dates-apart"
    message = N_(
        "The birth expected on {edd} lies {days} days from what the last period of {lmp} says,"
        " {counted}; at most {limit} are believed. Correct one of them."
    )


class PregnancyTooLong(Refusal):
    code = "clinical.pregnancy-too-long"
    message = N_(
        "By its dating, {begun}, the pregnancy lasts {weeks} weeks on {on}; correct a date."
    )


class PregnantAlready(Refusal):
    code = "clinical.pregnant-already"
    message = N_(
        "She is under care for a pregnancy since {since} already, the birth expected on {edd}; open"
        " that one, or end it first."
    )


class TooSoonAfterBirth(Refusal):
    code = "clinical.too-soon-after-birth"
    message = N_(
        "The pregnancy begins {begun}, before she gave birth on {birth}; correct the dating."
    )


class ParaOverGravida(Refusal):
    code = "clinical.para-over-gravida"
    message = N_(
        "{para} births cannot come of {gravida} pregnancies, this one among them; correct one of the"
        " two."
    )


class UnknownPregnancy(Refusal):
    code = "clinical.unknown-pregnancy"
    message = N_("There is no pregnancy {pregnancy} of your unit for you to change.")


class PregnancyOver(Refusal):
    code = "clinical.pregnancy-over"
    message = N_("This pregnancy ended on {on}; it can no longer be changed so.")


class NothingOfPregnancyChanges(Refusal):
    code = "clinical.nothing-of-pregnancy-changes"
    message = N_("The amendment changes nothing; the pregnancy already says so.")


class EndBeforeBeginning(Refusal):
    code = "clinical.end-before-beginning"
    message = N_("{on} is before the pregnancy began, {begun}; correct one of them.")


class LossUnsaid(Refusal):
    code = "clinical.loss-unsaid"
    message = N_("Say how the pregnancy was lost; for one that was not lost, say nothing of it.")


class BirthTooEarly(Refusal):
    code = "clinical.birth-too-early"
    message = N_(
        "On {on} the pregnancy was {weeks} weeks old by its dating; a birth is counted from {least}"
        " weeks on. Correct the dating, or end the pregnancy as lost."
    )


class DeliveredAlready(Refusal):
    code = "clinical.delivered-already"
    message = N_(
        "She gave birth on {on} already; a further birth within {days} days is not believed. Write"
        " twins in one form."
    )


class ChildNotRegistered(Refusal):
    code = "clinical.child-not-registered"
    message = N_("Child {number} was born alive and has no record; register the child first.")


class StillbornRegistered(Refusal):
    code = "clinical.stillborn-registered"
    message = N_("Child {number} was born dead and has a record of the living; say which holds.")


class ChildDiffers(Refusal):
    code = "clinical.child-differs"
    message = N_(
        "Child {number}: {field} is {told} here and {registered} on the child's record; correct one of"
        " them."
    )


class ChildElsewhere(Refusal):
    code = "clinical.child-elsewhere"
    message = N_(
        "Child {number} is not registered in the household of the mother; choose the right mother, or"
        " move the child first."
    )


class SameChildTwice(Refusal):
    code = "clinical.same-child-twice"
    message = N_(
        "One child stands there twice, or as its own mother; choose a record for each child."
    )


class BornAlready(Refusal):
    code = "clinical.born-already"
    message = N_("The birth of child {number} is on record already, on {on}.")


class NewbornMeasure(Refusal):
    code = "clinical.newborn-measure"
    message = N_(
        "Child {number}: {field} {value} {unit} cannot be; expected {low} to {high}. Measure it again."
    )


class UnknownDelivery(Refusal):
    code = "clinical.unknown-delivery"
    message = N_("There is no birth {delivery} of your unit for you to change.")


class DeliveryIsVoid(Refusal):
    code = "clinical.delivery-is-void"
    message = N_("This birth was taken back ({reason}); record it again if it took place.")


class PregnantSince(Refusal):
    code = "clinical.pregnant-since"
    message = N_(
        "She is under care for a later pregnancy, so this birth cannot be taken back; end that one"
        " first."
    )


class NotAMaternalDeath(Refusal):
    code = "clinical.not-a-maternal-death"
    message = N_(
        "No death of hers is on record while pregnant or within {days} days after; record the death"
        " first."
    )
