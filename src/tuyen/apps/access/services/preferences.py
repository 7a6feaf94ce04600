"""What a person likes to find again: saved filters, and how far a screen was seen."""

from datetime import datetime
from uuid import UUID

from tuyen.apps.access import guard
from tuyen.apps.access.models import LastLook, SavedView


def save_view(*, user: UUID, screen: str, name: str, query: str) -> None:
    """Keep a list's filters under a name; the same name again replaces them."""
    with guard.opened("preferences"):
        SavedView.objects.update_or_create(
            user_id=user, screen=screen, name=name[:80], defaults={"query": query[:1000]}
        )


def forget_view(*, user: UUID, screen: str, name: str) -> None:
    with guard.opened("preferences"):
        SavedView.objects.filter(user_id=user, screen=screen, name=name).delete()


def look(*, user: UUID, screen: str, position: int, at: datetime) -> None:
    """Remember how far in the journal a person has seen a screen."""
    with guard.opened("preferences"):
        LastLook.objects.update_or_create(
            user_id=user, screen=screen, defaults={"position": position, "at": at}
        )
