"""Why something told of an allergy is not taken, and why a medicine is not prescribed past one."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownAgainst(Refusal):
    code = "clinical.unknown-against"
    message = N_(
        "{value} is no medicine and no class of the lists; choose one of the suggestions"
        " ({suggestions}), or write it in words."
    )


class AgainstUnnamed(Refusal):
    code = "clinical.against-unnamed"
    message = N_("Say what is not borne: a medicine, a class, or its name in words.")


class AllergyAlready(Refusal):
    code = "clinical.allergy-already"
    message = N_("{what} stands on record since {since}; correct that entry instead.")


class AllergyKnown(Refusal):
    code = "clinical.allergy-known"
    message = N_("That none is known cannot be said: {what} stands on record since {since}.")


class UnknownAllergy(Refusal):
    code = "clinical.unknown-allergy"
    message = N_("There is no entry {allergy} of your unit for you to change.")


class AllergyEnded(Refusal):
    code = "clinical.allergy-ended"
    message = N_("This entry ended on {on} ({reason}); record it anew where it is true again.")


class AllergyUnchanged(Refusal):
    code = "clinical.allergy-unchanged"
    message = N_("The correction says what stands already.")


class EndsBeforeItWasNoted(Refusal):
    code = "clinical.ends-before-it-was-noted"
    message = N_("{on} is before the day on which it was noted, {noted}; correct the day.")


class AllergyUnanswered(Refusal):
    code = "clinical.allergy-unanswered"
    message = N_(
        "{item}: this person does not bear {what}. Take another medicine, or say why it is given all the"
        " same."
    )
