"""What is asked of the network of stations.

- ``network(by=, on=, weights=)``: every site with its five criteria and its place in the commune;
- ``site(by=, unit=, on=)``: one with its reviews and rivals;
- ``site_photograph(by=, id=)``; ``conditions(by=, on=)``: how reviewers found each building;
- ``plans(by=)``, ``plan(by=, id=)``: plans, one with the rules it breaks and its figures beside today's;
- ``answered(by=, on=, merges=, wishes=)``, ``frontier(...)``, ``price_of(by=, id=)``: what the engine says;
- ``plan_bands(by=, plan=)``: where people are within 30 and 60 minutes, before a plan and under it;
- ``continuing(by=, page=)``: where the chronic patients go on being followed under a plan;
- ``decision_of(by=, id=)``: the one reorganisation that a plan becomes; ``cutover(by=, id=)``;
- ``watched(by=, decision=)``: the weeks around a decision, on both maps;
- ``network_map(by=, map_on=)``, ``days_of_change(by=)``, ``ways_in_use(by=, on=)``: the network on the map;
- ``surfaces(by=)``, ``compute_ways(by=, on=)``: travel surfaces, and the ways kept of them;
- ``roads(by=, on=)``: minutes between any units over the surface, for rooms that know straight ways only.
- ``needs``, ``teams``, ``points``, ``statements``, ``attached_patients``: what mobile teams and points answer;
- ``proposed(by=, unit=, month=)``, ``rounds_plans``, ``rounds_plan``, ``moved``: the rounds of a month;
- ``waiting(by=, unit=, villages=, on=)``: who is waited for on a round besides the children;
- ``rounds_work(by=, unit=, on=)``: what rounds in force take from the station's people;
- ``point_month``, ``planned_point_days``, ``changed_point_days``: who serves the points on their days;
- ``at_points``: on which days people serve one;
- ``following(by=, unit=, point=, on=)``: where the chronic patients of a point can be followed;
- ``searches(by=, unit=)``, ``search(by=, id=)``: months that the program was asked to plan.
"""

from tuyen.apps.network.conflicting import Clash, Ease, Held, eased
from tuyen.apps.network.moving import MoveLine
from tuyen.apps.network.queries.banding import NEAR, Banded, Side, plan_bands
from tuyen.apps.network.queries.expected import Waited, Waiting, waiting
from tuyen.apps.network.queries.following import Followed, Following, following
from tuyen.apps.network.queries.mapping import (
    LIMITS,
    NetworkMap,
    days_of_change,
    network_map,
    ways_in_use,
)
from tuyen.apps.network.queries.outreach import (
    PLAN_OUTREACH,
    READ_OUTREACH,
    NeedRow,
    PointRow,
    StatementRow,
    TeamRow,
    attached_patients,
    needs,
    points,
    statements,
    teams,
)
from tuyen.apps.network.queries.plans import (
    DECIDE,
    EDIT,
    READ_PLANS,
    Answered,
    CheckRow,
    PlanPage,
    PlanRow,
    answered,
    continuing,
    cutover,
    decision_of,
    drawn,
    frontier,
    moves,
    plan,
    plans,
    price_of,
    untaught,
)
from tuyen.apps.network.queries.point_days import (
    AtPoint,
    PointMonthPage,
    ServedDay,
    at_points,
    changed_point_days,
    planned_point_days,
    point_month,
)
from tuyen.apps.network.queries.rounds import (
    DayRow,
    RoundsPage,
    RoundsRow,
    StopRow,
    moved,
    proposed,
    rounds_plan,
    rounds_plans,
)
from tuyen.apps.network.queries.rounds_work import RoundsWork, rounds_work
from tuyen.apps.network.queries.scoring import Score
from tuyen.apps.network.queries.searches import SearchRow, search, searches
from tuyen.apps.network.queries.sites import (
    READ,
    REVIEW,
    Conditions,
    Network,
    ReviewRow,
    SitePage,
    SiteRow,
    conditions,
    network,
    site,
    site_photograph,
)
from tuyen.apps.network.queries.surfaces import (
    LOAD,
    Roads,
    SurfaceRow,
    compute_ways,
    province,
    roads,
    surfaces,
)
from tuyen.apps.network.queries.watching import Watched, watched

__all__ = [
    "DECIDE",
    "EDIT",
    "LIMITS",
    "LOAD",
    "NEAR",
    "PLAN_OUTREACH",
    "READ",
    "READ_OUTREACH",
    "READ_PLANS",
    "REVIEW",
    "Answered",
    "AtPoint",
    "Banded",
    "CheckRow",
    "Clash",
    "Conditions",
    "DayRow",
    "Ease",
    "Followed",
    "Following",
    "Held",
    "MoveLine",
    "NeedRow",
    "Network",
    "NetworkMap",
    "PlanPage",
    "PlanRow",
    "PointMonthPage",
    "PointRow",
    "ReviewRow",
    "Roads",
    "RoundsPage",
    "RoundsRow",
    "RoundsWork",
    "Score",
    "SearchRow",
    "ServedDay",
    "Side",
    "SitePage",
    "SiteRow",
    "StatementRow",
    "StopRow",
    "SurfaceRow",
    "TeamRow",
    "Waited",
    "Waiting",
    "Watched",
    "answered",
    "at_points",
    "attached_patients",
    "changed_point_days",
    "compute_ways",
    "conditions",
    "continuing",
    "cutover",
    "days_of_change",
    "decision_of",
    "drawn",
    "eased",
    "following",
    "frontier",
    "moved",
    "moves",
    "needs",
    "network",
    "network_map",
    "plan",
    "plan_bands",
    "planned_point_days",
    "plans",
    "point_month",
    "points",
    "price_of",
    "proposed",
    "province",
    "roads",
    "rounds_plan",
    "rounds_plans",
    "rounds_work",
    "search",
    "searches",
    "site",
    "site_photograph",
    "statements",
    "surfaces",
    "teams",
    "untaught",
    "waiting",
    "watched",
    "ways_in_use",
]
