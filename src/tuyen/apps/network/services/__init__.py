"""What operations on the network write. Importing this registers them with the journal."""

from tuyen.apps.network.services import outreach, plans, reviews, rounds, surfaces

__all__ = ["outreach", "plans", "reviews", "rounds", "surfaces"]
