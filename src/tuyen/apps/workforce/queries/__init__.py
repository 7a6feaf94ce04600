"""What is asked about people at work. For neighbours:

- ``staff_by_unit(by=, on=)``: unit -> cadre -> people whose main post is there that day;
- ``staffing(by=, on=)``: stations with their quota, their people, and what is missing;
- ``staff``, ``file``, ``my_file``: who works where, and a person's file.
"""

from tuyen.apps.workforce.queries.counting import degrees, doctors_by_year, staff_by_unit
from tuyen.apps.workforce.queries.moving import Suggestion, suggestions
from tuyen.apps.workforce.queries.people import (
    CORRECT,
    EDIT,
    FIGURE,
    READ,
    CredentialRow,
    File,
    PostRow,
    StaffFilters,
    StaffPage,
    StaffRow,
    WishRow,
    file,
    linked,
    my_file,
    staff,
    wishes,
)
from tuyen.apps.workforce.queries.planning import TransferRow, free_to_go, transfers, zones
from tuyen.apps.workforce.queries.staffing import CommuneStaffing, Staffing, staffing

__all__ = [
    "CORRECT",
    "EDIT",
    "FIGURE",
    "READ",
    "CommuneStaffing",
    "CredentialRow",
    "File",
    "PostRow",
    "StaffFilters",
    "StaffPage",
    "StaffRow",
    "Staffing",
    "Suggestion",
    "TransferRow",
    "WishRow",
    "degrees",
    "doctors_by_year",
    "file",
    "free_to_go",
    "linked",
    "my_file",
    "staff",
    "staff_by_unit",
    "staffing",
    "suggestions",
    "transfers",
    "wishes",
    "zones",
]
