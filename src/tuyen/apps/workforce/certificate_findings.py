"""What is found in a list of certificates: each with what is wrong, and what to do."""

from tuyen.apps.workforce.import_findings import FileToMend, NoUnit, RowsToMend, spoken
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.refusal import N_

__all__ = ["FileToMend", "NoUnit", "RowsToMend", "spoken"]


class PersonUnknown(ExchangeRefusal):
    code = "workforce.person-unknown"
    message = N_("Nobody in your reach is called {name}.")
    advice = N_("Compare the name and the date of birth with the file, or open a file first.")


class PersonUnclear(ExchangeRefusal):
    code = "workforce.person-unclear"
    message = N_("{n} people in your reach are called {name}.")
    advice = N_("Write the date of birth, or the unit as it stands on the map.")


class HoursUnreadable(ExchangeRefusal):
    code = "workforce.hours-unreadable"
    message = N_("{value} is no number of hours.")
    advice = N_("Write whole hours from 1 to 2000.")


class SaidTwice(ExchangeRefusal):
    code = "workforce.certificate-said-twice"
    message = N_("The same certificate of {name} stands on row {row} too.")
    advice = N_("Leave one of the two rows out.")


class ShownAlready(ExchangeRefusal):
    code = "workforce.certificate-shown"
    message = N_("{name} has {course} of this day in the file already.")
    advice = N_("Leave the row out; hours of one course count once.")
