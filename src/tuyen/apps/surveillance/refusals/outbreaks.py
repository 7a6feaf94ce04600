"""Why an operation on an outbreak, its contacts or its tasks is refused."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownOutbreak(Refusal):
    code = "surveillance.unknown-outbreak"
    message = N_("There is no outbreak {outbreak} at this unit; send it for one of its communes.")


class OutbreakIsClosed(Refusal):
    code = "surveillance.outbreak-is-closed"
    message = N_("The outbreak was closed on {on}; reopen it first, with the reason.")


class OutbreakIsOpen(Refusal):
    code = "surveillance.outbreak-is-open"
    message = N_("The outbreak is still open; close it first.")


class OutbreakChangedMeanwhile(Refusal):
    code = "surveillance.outbreak-changed-meanwhile"
    message = N_("Somebody changed “{title}” since you opened it; open it again and compare.")


class OutbreakUnchanged(Refusal):
    code = "surveillance.outbreak-unchanged"
    message = N_("Nothing changes by this: “{title}” already says so.")


class NoDiseaseOrSyndrome(Refusal):
    code = "surveillance.no-disease-or-syndrome"
    message = N_("Choose the disease, or describe the syndrome while the disease is not known.")


class NotInTheOutbreak(Refusal):
    code = "surveillance.outbreak-elsewhere"
    message = N_(
        "The unit is none of the communes of the outbreak and holds none; choose one of them."
    )


class BeginsLater(Refusal):
    code = "surveillance.outbreak-begins-later"
    message = N_("The outbreak is said to begin on {since}, after {today}; correct the day.")


class AlarmElsewhere(Refusal):
    code = "surveillance.alarm-elsewhere"
    message = N_("The alarm {alarm} lies in none of the communes of the outbreak; add its commune.")


class CaseOfAnother(Refusal):
    code = "surveillance.case-of-another-disease"
    message = N_(
        "{count} of these cases are of another disease than the outbreak; amend them or the outbreak."
    )


class CaseNotOnList(Refusal):
    code = "surveillance.case-not-on-line-list"
    message = N_("The case {case} is not on the line list of the outbreak; attach it first.")


class ItsOwnInfector(Refusal):
    code = "surveillance.its-own-infector"
    message = N_(
        "By this link the case {case} would have infected itself; take back another first."
    )


class MayNotCloseYet(Refusal):
    code = "surveillance.may-not-close-yet"
    message = N_(
        "The last case fell ill on {last}; by {source} the outbreak may close after {days} days"
        " without a new case, on {on}."
    )


class EpidemicGoesOn(Refusal):
    code = "surveillance.epidemic-goes-on"
    message = N_(
        "The criterion {rule} of an epidemic still holds for the period {period}; the outbreak may close"
        " when it has ended."
    )


class LevelUnknown(Refusal):
    code = "surveillance.level-unknown"
    message = N_("The law of {on} does not know the level “{level}” for this outbreak.")


class NotTheAuthority(Refusal):
    code = "surveillance.not-the-authority"
    message = N_(
        "By the law of {on}, the level “{level}” is declared by: {expected}; not by {given}."
    )


class GroundMissing(Refusal):
    code = "surveillance.ground-missing"
    message = N_("The level “{level}” needs its ground; lacking: {lacking}.")


class DeclaredInTheFuture(Refusal):
    code = "surveillance.declared-in-the-future"
    message = N_("The day {on} lies after today, {today}, or before the outbreak.")


class UnknownContact(Refusal):
    code = "surveillance.unknown-contact"
    message = N_("The contact {contact} is not one of this outbreak.")


class ContactTwice(Refusal):
    code = "surveillance.contact-twice"
    message = N_("The contact {contact} is there already; look at it instead of adding it again.")


class NotWatchedThatDay(Refusal):
    code = "surveillance.not-watched-that-day"
    message = N_("{day} is not one of the days of this contact, {first} to {last}.")


class ExposedInTheFuture(Refusal):
    code = "surveillance.exposed-in-the-future"
    message = N_("The exposure on {on} lies after today, {today}.")


class UnknownTask(Refusal):
    code = "surveillance.unknown-task"
    message = N_("The task {task} is not one of this outbreak.")


class TaskUnnamed(Refusal):
    code = "surveillance.task-unnamed"
    message = N_(
        "A task needs a title of at least three letters, or one of the seven early actions."
    )


class TaskIsDone(Refusal):
    code = "surveillance.task-is-done"
    message = N_("The task was finished on {on}.")


class DoneInTheFuture(Refusal):
    code = "surveillance.done-in-the-future"
    message = N_(
        "The day {on} on which it was done lies after today, {today}, or before the outbreak."
    )


class UnknownBottleneck(Refusal):
    code = "surveillance.unknown-bottleneck"
    message = N_("“{code}” is no reason on the list for this stage; choose: {choices}.")


class ReportedThatDay(Refusal):
    code = "surveillance.reported-that-day"
    message = N_(
        "The report of {day} was issued as number {number}; the next one is that of the next day."
    )


class ReportOfAnotherDay(Refusal):
    code = "surveillance.report-of-another-day"
    message = N_(
        "The report of {day} is not due: it lies after today, {today}, or before the outbreak."
    )


class StepBeforeFound(Refusal):
    code = "surveillance.step-before-found"
    message = N_("The step “{step}” at {at} lies before the case was found, or after it is now.")


class StepUnknown(Refusal):
    code = "surveillance.step-unknown"
    message = N_("Isolation in this setting has no step “{step}”.")
