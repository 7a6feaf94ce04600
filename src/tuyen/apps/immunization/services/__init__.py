"""How the register of doses is written; called by the journal, never by a door."""

from tuyen.apps.immunization.services import amendments, doses, following

__all__ = ["amendments", "doses", "following"]
