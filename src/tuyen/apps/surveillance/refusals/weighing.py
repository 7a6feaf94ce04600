"""Why what is said of false alarms, or a line, is refused."""

from tuyen.kernel.refusal import N_, Refusal


class WeighedByProgram(Refusal):
    code = "surveillance.weighed-by-program"
    message = N_("Chances of alarms are worked out by the program; they cannot be sent to it.")


class LearntAlready(Refusal):
    code = "surveillance.learnt-already"
    message = N_("Chances of alarms were learnt on {on} already.")


class BadLesson(Refusal):
    code = "surveillance.bad-lesson"
    message = N_("What was learnt of alarms contradicts itself: {what}.")


class NotWeighed(Refusal):
    code = "surveillance.not-weighed"
    message = N_("{rule} is an alarm of the law: it rings whatever is learnt.")


class LineUnchanged(Refusal):
    code = "surveillance.line-unchanged"
    message = N_("That line is in use already; nothing would change.")
