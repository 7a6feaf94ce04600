"""Why an operation on the network of stations is refused."""

from tuyen.kernel.refusal import N_, Refusal


class NotASite(Refusal):
    code = "network.not-a-site"
    message = N_(
        "{name} is no station, satellite point or polyclinic on {on}; choose one of the list."
    )


class ReviewFromTheFuture(Refusal):
    code = "network.review-from-the-future"
    message = N_("The review is dated {value}, which has not come yet; give the day of the visit.")


class UnknownAnswer(Refusal):
    code = "network.unknown-answer"
    message = N_("{value} is no answer for {field}; expected one of: {known}.")


class AnsweredTwice(Refusal):
    code = "network.answered-twice"
    message = N_("{value} is answered twice ({field}); answer it once.")


class TooManyPoints(Refusal):
    code = "network.too-many-points"
    message = N_("{criterion} gives {most} points at most, not {value}.")


class NothingFound(Refusal):
    code = "network.nothing-found"
    message = N_("Nothing is stated in this review; answer at least one line.")


class EvidenceMissing(Refusal):
    code = "network.evidence-missing"
    message = N_(
        "Points for {criterion} are stated in place of what is measured; say on what evidence."
    )


class UnknownReview(Refusal):
    code = "network.unknown-review"
    message = N_("There is no review {review} of this site that still stands.")


class SitePhotographsEnough(Refusal):
    code = "network.photographs-enough"
    message = N_("A review keeps {most} photographs; leave out those that show the same.")


class SitePhotographUnreadable(Refusal):
    code = "network.photograph-unreadable"
    message = N_("This is no JPEG photograph; take it again, or convert it first.")
