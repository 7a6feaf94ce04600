"""What can be wrong with a set of succession facts."""

from tuyen.kernel.refusal import N_, Refusal


class SharesDoNotSumToOne(Refusal):
    code = "registry.shares-do-not-sum-to-one"
    message = N_(
        "The shares that {unit} gives on {on} sum to {total}, not to 1; correct the weights or "
        "add what the unit keeps."
    )


class ShareOutOfRange(Refusal):
    code = "registry.share-out-of-range"
    message = N_(
        "The share {weight} from {unit} to {successor} on {on} is not above 0 and up to 1."
    )


class FactTwice(Refusal):
    code = "registry.succession-fact-twice"
    message = N_("{unit} to {successor} on {on} is given {times} times; keep one.")


class ManyMainSuccessors(Refusal):
    code = "registry.many-main-successors"
    message = N_("{unit} has {count} main successors on {on}: {successors}; choose one.")


class ClosedAndSucceeded(Refusal):
    code = "registry.closed-and-succeeded"
    message = N_("{unit} closes on {on} and also has successors that day; keep one or the other.")


class UnitDoesNotEnd(Refusal):
    code = "registry.unit-does-not-end"
    message = N_("{unit} gives everything away on {on} but is valid until {until}; end it on {on}.")


class UsedOutsideItsLife(Refusal):
    code = "registry.unit-used-outside-its-life"
    message = N_("{unit} is used on {on}, but it is valid from {since} to {until}.")


class SuccessionRunsInACircle(Refusal):
    code = "registry.succession-circle"
    message = N_("Units succeed each other in a circle: {circle}; one of these facts is wrong.")


class ChainOnOneDay(Refusal):
    code = "registry.succession-chain-on-one-day"
    message = N_(
        "{unit} both begins and ends on {on}; name its final successors directly, or use two days."
    )


class EventMisnamed(Refusal):
    code = "registry.succession-event-misnamed"
    message = N_("The facts about {unit} on {on} are called {given}, but they describe {found}.")
