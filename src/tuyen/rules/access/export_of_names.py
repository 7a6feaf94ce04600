"""Within which limits a list with names leaves, when a second person agreed."""

from dataclasses import dataclass
from datetime import date

from tuyen.rules import load, value


@dataclass(frozen=True, slots=True)
class ExportOfNames:
    """The rule on one day."""

    answer_hours: int
    fetch_hours: int
    growth_percent: int
    program_rows_per_day: int

    def most(self, rows: int) -> int:
        """How many rows a list of ``rows`` may have become.

        >>> ExportOfNames(72, 24, 10, 2000).most(55)
        60
        """
        return rows + rows * self.growth_percent // 100


def export_of_names(on: date) -> ExportOfNames:
    """The rule in force on a day.

    >>> export_of_names(date(2026, 10, 25)).fetch_hours
    24
    """
    raw = load("access/export_of_names")
    names = ("answer_hours", "fetch_hours", "growth_percent", "program_rows_per_day")
    return ExportOfNames(*(int(value(raw[name]["values"], on)) for name in names))
