"""Why an operation on an alarm is refused."""

from tuyen.kernel.refusal import N_, Refusal


class ProgramOnly(Refusal):
    code = "surveillance.program-only"
    message = N_("Alarms are raised by the program; write an event signal instead.")


class BadAlarm(Refusal):
    code = "surveillance.bad-alarm"
    message = N_("The alarm contradicts itself: {what}.")


class UnknownAlarm(Refusal):
    code = "surveillance.unknown-alarm"
    message = N_("There is no alarm {alarm} for you to answer.")


class AlarmIsClosed(Refusal):
    code = "surveillance.alarm-is-closed"
    message = N_("The alarm was closed on {on}; a new count raises a new one.")


class ReasonNeeded(Refusal):
    code = "surveillance.reason-needed"
    message = N_("Write the reason in at least three letters: others will read it.")
