"""What operations on the network write. Importing this registers them with the journal."""

from tuyen.apps.network.services import (
    outreach,
    plans,
    point_days,
    reviews,
    rounds,
    searches,
    surfaces,
)

__all__ = ["outreach", "plans", "point_days", "reviews", "rounds", "searches", "surfaces"]
