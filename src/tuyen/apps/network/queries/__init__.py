"""What is asked of the network of stations.

- ``network(by=, on=, weights=)``: every site with its five criteria and its place in the commune;
- ``site(by=, unit=, on=)``: one with its reviews and rivals;
- ``site_photograph(by=, id=)``; ``conditions(by=, on=)``: how reviewers found each building;
- ``plans(by=)``, ``plan(by=, id=)``: plans, one with the rules it breaks and its figures beside today's;
- ``answered(by=, on=, merges=, wishes=)``, ``frontier(...)``, ``price_of(by=, id=)``: what the engine says;
- ``decision_of(by=, id=)``: the one reorganisation that a plan becomes; ``cutover(by=, id=)``;
- ``watched(by=, decision=)``: the weeks around a decision, on both maps;
- ``network_map(by=, map_on=)``, ``days_of_change(by=)``, ``ways_in_use(by=, on=)``: the network on the map;
- ``surfaces(by=)``, ``compute_ways(by=, on=)``: travel surfaces, and the ways kept of them.
"""

from tuyen.apps.network.conflicting import Clash, Ease, Held, eased
from tuyen.apps.network.moving import MoveLine
from tuyen.apps.network.queries.mapping import (
    LIMITS,
    NetworkMap,
    days_of_change,
    network_map,
    ways_in_use,
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
    cutover,
    decision_of,
    frontier,
    moves,
    plan,
    plans,
    price_of,
)
from tuyen.apps.network.queries.scoring import Score
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
from tuyen.apps.network.queries.surfaces import LOAD, SurfaceRow, compute_ways, province, surfaces
from tuyen.apps.network.queries.watching import Watched, watched

__all__ = [
    "DECIDE",
    "EDIT",
    "LIMITS",
    "LOAD",
    "READ",
    "READ_PLANS",
    "REVIEW",
    "Answered",
    "CheckRow",
    "Clash",
    "Conditions",
    "Ease",
    "Held",
    "MoveLine",
    "Network",
    "NetworkMap",
    "PlanPage",
    "PlanRow",
    "ReviewRow",
    "Score",
    "SitePage",
    "SiteRow",
    "SurfaceRow",
    "Watched",
    "answered",
    "conditions",
    "compute_ways",
    "cutover",
    "days_of_change",
    "decision_of",
    "eased",
    "frontier",
    "moves",
    "network",
    "network_map",
    "plan",
    "plans",
    "price_of",
    "province",
    "site",
    "site_photograph",
    "surfaces",
    "watched",
    "ways_in_use",
]
