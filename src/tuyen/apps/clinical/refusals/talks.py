"""Why something told of health education is not taken."""

from tuyen.kernel.refusal import N_, Refusal


class NoSuchForm(Refusal):
    code = "clinical.no-such-form"
    message = N_("{value} is no form of health education; it is one of {known}.")


class NoSuchTopic(Refusal):
    code = "clinical.no-such-topic"
    message = N_("{value} is no topic of health education; it is one of {known}.")


class TopicInWords(Refusal):
    code = "clinical.topic-in-words"
    message = N_("Say in words what it was about.")


class SpeakerNeeded(Refusal):
    code = "clinical.speaker-needed"
    message = N_("Write who spoke.")


class ReachedNeeded(Refusal):
    code = "clinical.reached-needed"
    message = N_("Write how many people were there, from 1 to {most}.")


class NotYourPlace(Refusal):
    code = "clinical.not-your-place"
    message = N_("Your unit keeps no records at that place on {on}; choose one of the list.")


class TalkToldAlready(Refusal):
    code = "clinical.talk-told-already"
    message = N_("The same talk of {on} stands in the book already.")


class UnknownTalk(Refusal):
    code = "clinical.unknown-talk"
    message = N_("There is no talk {talk} of your unit to correct.")


class TalkIsVoid(Refusal):
    code = "clinical.talk-is-void"
    message = N_("This talk was taken back already.")


class TalkUnchanged(Refusal):
    code = "clinical.talk-unchanged"
    message = N_("The correction of this talk says what stands already.")
