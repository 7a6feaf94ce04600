"""What operations on the network write. Importing this registers them with the journal."""

from tuyen.apps.network.services import plans, reviews

__all__ = ["plans", "reviews"]
