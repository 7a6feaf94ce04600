"""Why an operation on risks, actions or the rota is refused."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownHazard(Refusal):
    code = "surveillance.unknown-hazard"
    message = N_("{value} is neither a notifiable disease nor a hazard of the list.")


class AssessmentIsApproved(Refusal):
    code = "surveillance.assessment-is-approved"
    message = N_("The assessment of {year} was approved on {on}; it must be reopened first.")


class NothingToApprove(Refusal):
    code = "surveillance.nothing-to-approve"
    message = N_("The assessment of {year} has no risk yet; score at least one.")


class NotApproved(Refusal):
    code = "surveillance.not-approved"
    message = N_("The assessment of {year} is not approved, so there is nothing to reopen.")


class NotAssessed(Refusal):
    code = "surveillance.not-assessed"
    message = N_("{hazard} is not in the assessment of {year}.")


class UnknownAction(Refusal):
    code = "surveillance.unknown-action"
    message = N_("There is no action {action} in this unit's plan.")


class ActionIsClosed(Refusal):
    code = "surveillance.action-is-closed"
    message = N_("This action was closed on {on}; plan a new one.")


class DutyWithoutPhone(Refusal):
    code = "surveillance.duty-without-phone"
    message = N_("{name} is on duty on {day} without a phone number; write how they are reached.")
