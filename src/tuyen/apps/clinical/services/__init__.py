"""How the record of care is written; called by the journal, never by a door."""

from tuyen.apps.clinical.services import after_visit, closings, practitioners, visits

__all__ = ["after_visit", "closings", "practitioners", "visits"]
