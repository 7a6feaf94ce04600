"""What operations on the network write. Importing this registers them with the journal."""

from tuyen.apps.network.services import plans, reviews, surfaces

__all__ = ["plans", "reviews", "surfaces"]
