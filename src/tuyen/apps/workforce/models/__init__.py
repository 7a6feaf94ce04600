"""The tables of people at work."""

from tuyen.apps.workforce.models.people import Credential, Member, Tenure, Wish
from tuyen.apps.workforce.models.planning import Transfer, Zone
from tuyen.apps.workforce.models.training import Course, Handover, HandoverCase, Outing, Seat

__all__ = [
    "Course",
    "Credential",
    "Handover",
    "HandoverCase",
    "Member",
    "Outing",
    "Seat",
    "Tenure",
    "Transfer",
    "Wish",
    "Zone",
]
