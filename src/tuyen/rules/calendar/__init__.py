"""Public holidays and working days."""

from tuyen.rules.calendar.working_days import (
    UnknownYear,
    add_working_days,
    holidays,
    is_working_day,
    working_days,
)

__all__ = ["UnknownYear", "add_working_days", "holidays", "is_working_day", "working_days"]
