"""Why something about a drill was refused, one sentence each."""

from tuyen.kernel.refusal import N_, Refusal


class NoDrill(Refusal):
    code = "surveillance.no-drill"
    message = N_("No drill is played in this installation.")


class DrillByProgram(Refusal):
    code = "surveillance.drill-by-program"
    message = N_("Only the program that plays a drill does this.")


class DrillBegun(Refusal):
    code = "surveillance.drill-begun"
    message = N_("A drill was begun here already; each has an installation of its own.")


class DrillEnded(Refusal):
    code = "surveillance.drill-ended"
    message = N_("This drill ended at {at}; start another one.")


class ClockBackwards(Refusal):
    code = "surveillance.drill-clock-backwards"
    message = N_("The drill's clock shows {now} and cannot be set back to {shows}.")


class ClockPast(Refusal):
    code = "surveillance.drill-clock-past-end"
    message = N_("The drill ends at {ends}; its clock cannot be set to {shows}.")


class UnknownMessage(Refusal):
    code = "surveillance.unknown-drill-message"
    message = N_("{message} is not a message that was sent in this drill.")


class NoAnswerAsked(Refusal):
    code = "surveillance.drill-no-answer-asked"
    message = N_("Message {message} asks for no answer.")


class MessageAnswered(Refusal):
    code = "surveillance.drill-message-answered"
    message = N_("Message {message} was answered at {at}.")


class MessageSent(Refusal):
    code = "surveillance.drill-message-sent"
    message = N_("Message {message} was sent before.")


class UnknownCall(Refusal):
    code = "surveillance.unknown-drill-call"
    message = N_("{call} is not a question of this scenario; choose one of: {known}.")


class DrillRecorded(Refusal):
    code = "surveillance.drill-recorded"
    message = N_("The result of drill {drill} was recorded before.")


class RecordsBackwards(Refusal):
    code = "surveillance.drill-ends-before-it-begins"
    message = N_("The drill ended on {ended}, before it began on {began}.")


class UnknownFinding(Refusal):
    code = "surveillance.unknown-drill-finding"
    message = N_("{finding} is not a finding of a drill on record.")


class FindingSettled(Refusal):
    code = "surveillance.drill-finding-settled"
    message = N_("This finding was settled on {on}.")


class DueBefore(Refusal):
    code = "surveillance.drill-finding-due-before"
    message = N_("The day {due} lies before today, {on}; choose a later one.")


class NotAnAccount(Refusal):
    code = "surveillance.drill-finding-owner"
    message = N_("The owner {owner} has no open account here.")
