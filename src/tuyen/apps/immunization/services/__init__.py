"""How the register of doses is written; called by the journal, never by a door."""

from tuyen.apps.immunization.services import (
    aefi,
    amendments,
    certificates,
    closing,
    concerns,
    doses,
    following,
    holds,
    packs,
    planning,
    session_gate,
    sessions,
)

__all__ = [
    "aefi",
    "amendments",
    "certificates",
    "closing",
    "concerns",
    "doses",
    "following",
    "holds",
    "packs",
    "planning",
    "session_gate",
    "sessions",
]
