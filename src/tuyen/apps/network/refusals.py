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


class UnknownPlan(Refusal):
    code = "network.unknown-plan"
    message = N_("There is no plan {plan} that can still be changed; look at where it stands.")


class NoSites(Refusal):
    code = "network.no-sites"
    message = N_(
        "On {on} the map has no station and no satellite point in any commune: enter the network first."
    )


class SiteTwice(Refusal):
    code = "network.site-twice"
    message = N_("{name} stands twice in the plan; say once what it becomes.")


class NoSuchSite(Refusal):
    code = "network.no-such-site"
    message = N_("{name} is no station or satellite point on {on}; leave it out of the plan.")


class MergedTwice(Refusal):
    code = "network.merged-twice"
    message = N_("{name} would go into two new communes; name it in one.")


class NoSuchCommune(Refusal):
    code = "network.no-such-commune"
    message = N_("{name} is no commune on {on}; merge communes that are there the day before.")


class CommuneWithoutStation(Refusal):
    code = "network.commune-without-station"
    message = N_(
        "{name} would have no fully functioning station; each commune has one at least. Choose its"
        " main station."
    )


class TwoMainStations(Refusal):
    code = "network.two-main-stations"
    message = N_("{name} would have {number} main stations; choose one, the others become points.")


class DestinationMissing(Refusal):
    code = "network.destination-missing"
    message = N_("Say what {name} serves once it is repurposed.")


class UnknownFunction(Refusal):
    code = "network.unknown-function"
    message = N_("{value} is no function that {name} could have; expected some of: {known}.")


class StationElsewhere(Refusal):
    code = "network.station-elsewhere"
    message = N_("{name} stands outside {commune}; look at its coordinates or its commune.")


class SatelliteFar(Refusal):
    code = "network.satellite-far"
    message = N_("{name} is {minutes} minutes from {main}; a satellite point is {most} at most.")


class SiteUnplaced(Refusal):
    code = "network.site-unplaced"
    message = N_("{name} has no coordinates; no way to it is in the figures.")


class MoveTwice(Refusal):
    code = "network.move-twice"
    message = N_("{what} of {name} is to go to two places; name one.")


class MoveNowhere(Refusal):
    code = "network.move-nowhere"
    message = N_(
        "{what} of {name} cannot go to {to}: the plan does not keep it open; choose a main station or a"
        " satellite point."
    )


class MoveOfNobody(Refusal):
    code = "network.move-of-nobody"
    message = N_(
        "Somebody in the list of {name} holds no post on {on}; open the list anew, it names who is there."
    )


class PinnedTwice(Refusal):
    code = "network.pinned-twice"
    message = N_("{name} is pinned twice; keep one of the pins.")


class PinBroken(Refusal):
    code = "network.pin-broken"
    message = N_("{name} is pinned as {must} ({reason}), and the plan makes it {kind}.")


class UnknownFund(Refusal):
    code = "network.unknown-fund"
    message = N_("{value} is no source of money on {on}; expected one of: {known}.")


class FundTwice(Refusal):
    code = "network.fund-twice"
    message = N_("The source {value} stands twice in the wishes; say once what it holds.")


class FundListMissing(Refusal):
    code = "network.fund-list-missing"
    message = N_("The source {value} pays only for a list of sites; name the sites of its list.")


class BudgetShort(Refusal):
    code = "network.budget-short"
    message = N_("The upgrades cost {cost} million VND, and the budget of the wishes is {money}.")


class FundsShort(Refusal):
    code = "network.funds-short"
    message = N_(
        "The upgrades of {number} sites ({names}) cost {cost} million VND, and the sources that may pay for"
        " them ({funds}) hold {money}."
    )


class ProposalOfAnotherPlan(Refusal):
    code = "network.proposal-of-another-plan"
    message = N_(
        "The proposal {proposal} is already that of the plan “{title}”; put this plan forward under a"
        " proposal of its own."
    )


class NotThisPlan(Refusal):
    code = "network.not-this-plan"
    message = N_(
        "The proposal {proposal} waits for nobody, or decides something else than the plan “{title}”; put"
        " the plan forward from its own page."
    )


class UnknownCutoverItem(Refusal):
    code = "network.unknown-cutover-item"
    message = N_("{value} is no line of the cut-over checklist; expected one of: {known}.")


class SurfaceTwice(Refusal):
    code = "network.surface-twice"
    message = N_(
        "The surface {name} is loaded already, since {on}; withdraw that first, or load another one."
    )


class UnknownSurface(Refusal):
    code = "network.unknown-surface"
    message = N_("There is no travel surface {surface} that still stands; look at the list.")


class NotAPoint(Refusal):
    code = "network.not-a-point"
    message = N_("{name} is no satellite point on {on}; choose one of the list.")


class UnknownStatement(Refusal):
    code = "network.unknown-statement"
    message = N_("There is no statement {statement} of this point that still stands.")


class OutOfReach(Refusal):
    code = "network.village-out-of-reach"
    message = N_("{name} is no village that {unit} serves; choose one of its own.")


class NeedWithoutDays(Refusal):
    code = "network.need-without-days"
    message = N_(
        "{name} asks for {visits} visits and is met on no weekday; tick at least one day, or ask for none."
    )


class TeamWithoutHours(Refusal):
    code = "network.team-without-hours"
    message = N_(
        "{name} has no hours, no cold-box hours or no weekday; say how long and on which days it goes out."
    )


class UnknownOutreachTeam(Refusal):
    code = "network.unknown-team"
    message = N_("There is no team {team} of this unit that still goes out.")


class MonthIsPast(Refusal):
    code = "network.month-is-past"
    message = N_("The month that begins on {starts} is over; plan one that still has days to come.")


class NotAMonth(Refusal):
    code = "network.not-a-month"
    message = N_("{starts} is not the first Monday of a month; a plan begins on that day.")


class RoundOutside(Refusal):
    code = "network.round-outside"
    message = N_(
        "A round names {value}, which is not in this plan; take its teams, villages and days."
    )


class RoundTwice(Refusal):
    code = "network.round-twice"
    message = N_("{name} has two rounds on {day}; a team makes one a day.")


class UnknownRounds(Refusal):
    code = "network.unknown-rounds"
    message = N_(
        "There is no plan {plan} of this unit that can still be changed; look at where it stands."
    )


class RoundsBreakRules(Refusal):
    code = "network.rounds-break-rules"
    message = N_(
        "{number} rules that must hold are broken; move the villages, or plan the month again."
    )


class MonthPlannedAlready(Refusal):
    code = "network.month-planned-already"
    message = N_(
        "{name} already goes by another plan in that month; say that this one replaces it, or withdraw that one."
    )


class EngineBeingPrepared(Refusal):
    code = "network.engine-being-prepared"
    message = N_(
        "The computing part of the program is being prepared, once after it was installed or renewed;"
        " this takes a minute or two. Ask again then."
    )


class SearchUnderWay(Refusal):
    code = "network.search-under-way"
    message = N_(
        "A month of {unit} is being planned already, asked for at {at}; wait for it, or stop it."
    )


class SearchOver(Refusal):
    code = "network.search-over"
    message = N_("There is no search {search} of this unit that is still under way.")


class SearchBroke(Refusal):
    code = "network.search-broke"
    message = N_(
        "The search broke off ({what}); ask again, and if it breaks again tell whoever runs this installation."
    )


class NotOfThisStation(Refusal):
    code = "network.not-of-this-station"
    message = N_("{name} is no satellite point of {unit} on {on}; choose one of its own.")


class PointDayOutside(Refusal):
    code = "network.point-day-outside"
    message = N_(
        "{day} does not lie in the month {month}, or the month does not begin on its first day."
    )


class PointDayTwice(Refusal):
    code = "network.point-day-twice"
    message = N_(
        "{name}, {day}: somebody is at two points on that day, or two people are at one; name each once."
    )


class RosterOutOfReach(Refusal):
    code = "network.roster-out-of-reach"
    message = N_(
        "The duty roster of {unit} is not for your post to see; let the station plan the days of its points."
    )
