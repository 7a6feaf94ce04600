"""What is found in a list of attendance: each with what is wrong, and what to do."""

from tuyen.apps.workforce.import_findings import FileToMend, NoUnit, RowsToMend, spoken
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.refusal import N_

__all__ = ["FileToMend", "NoUnit", "RowsToMend", "spoken"]


class SeatUnknown(ExchangeRefusal):
    code = "workforce.seat-unknown"
    message = N_("Nobody called {name} has a seat in a course that you hold on these days.")
    advice = N_("Compare the name with the list of the course, or give the seat there first.")


class SeatUnclear(ExchangeRefusal):
    code = "workforce.seat-unclear"
    message = N_("{n} people called {name} have seats on {day}.")
    advice = N_("Write the date of birth, or the unit as it stands on the map.")


class CourseUnknown(ExchangeRefusal):
    code = "workforce.course-unknown"
    message = N_("{name} has no seat in a course called {course}.")
    advice = N_("Write one of: {known}.")


class NotThatDay(ExchangeRefusal):
    code = "workforce.not-that-day"
    message = N_("{course} is not held on {day}.")
    advice = N_("Write one of its days: {known}.")


class CourseShut(ExchangeRefusal):
    code = "workforce.course-shut"
    message = N_("{course} is closed and its certificates stand.")
    advice = N_("Open the course again on its page, with the reason, and send the file then.")


class NotMarked(ExchangeRefusal):
    code = "workforce.attendance-not-marked"
    message = N_("Nothing says whether {name} was there.")
    advice = N_("Write “x” or “present”, or “absent”.")


class MarkedTwice(ExchangeRefusal):
    code = "workforce.attendance-said-twice"
    message = N_("{name} stands on row {row} too, for the same day.")
    advice = N_("Leave one of the two rows out.")


class MarkedOtherwise(ExchangeRefusal):
    code = "workforce.attendance-changes"
    message = N_("{name} was noted otherwise for {day}; this row changes it.")
    advice = N_("Leave the row out if what was noted is right.")
