"""The tables of people at work."""

from tuyen.apps.workforce.models.people import Credential, Member, Tenure, Wish
from tuyen.apps.workforce.models.planning import Transfer, Zone

__all__ = ["Credential", "Member", "Tenure", "Transfer", "Wish", "Zone"]
