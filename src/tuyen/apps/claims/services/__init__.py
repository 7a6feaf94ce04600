"""What each operation writes: the journal calls these with a run of equal kinds."""

from tuyen.apps.claims.services import (
    answering,
    cards,
    catalogues,
    check_ins,
    checks,
    following,
    following_births,
    sending,
)

__all__ = [
    "answering",
    "cards",
    "catalogues",
    "check_ins",
    "checks",
    "following",
    "following_births",
    "sending",
]
