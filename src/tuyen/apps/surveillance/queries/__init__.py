"""What others may ask of case reports, counts and alarms; ``by`` decides which rows answer."""

from tuyen.apps.surveillance.judging import Standing, Warning
from tuyen.apps.surveillance.queries.alarms import (
    AlarmDetail,
    AlarmMark,
    AlarmOrder,
    AlarmPage,
    AlarmRow,
    alarm,
    alarm_marks,
    alarms,
    overdue_count,
)
from tuyen.apps.surveillance.queries.asof import (
    AsOf,
    History,
    Triangles,
    as_of,
    history,
    triangles,
)
from tuyen.apps.surveillance.queries.board import (
    Board,
    MapValues,
    Trend,
    board,
    map_values,
    weekly,
)
from tuyen.apps.surveillance.queries.born import born_counts
from tuyen.apps.surveillance.queries.cases import (
    CaseDetail,
    CaseRow,
    Likely,
    Page,
    case,
    cases_of_person,
    duplicates_of,
    export_rows,
    line_list,
    preview,
)
from tuyen.apps.surveillance.queries.counts import Cell, CountTable, counts, sums
from tuyen.apps.surveillance.queries.reporting import Completeness, completeness
from tuyen.apps.surveillance.queries.whose import Ill, Readings, cases_in_emergency, readings_of
from tuyen.apps.surveillance.selection import NO_OUTCOME, CaseFilters, Order

__all__ = [
    "NO_OUTCOME",
    "AlarmDetail",
    "AlarmMark",
    "AlarmOrder",
    "AlarmPage",
    "AlarmRow",
    "AsOf",
    "Board",
    "CaseDetail",
    "CaseFilters",
    "CaseRow",
    "Cell",
    "Completeness",
    "CountTable",
    "History",
    "Ill",
    "Likely",
    "MapValues",
    "Order",
    "Page",
    "Readings",
    "Standing",
    "Trend",
    "Triangles",
    "Warning",
    "alarm",
    "alarm_marks",
    "alarms",
    "as_of",
    "board",
    "born_counts",
    "case",
    "cases_in_emergency",
    "cases_of_person",
    "completeness",
    "counts",
    "duplicates_of",
    "export_rows",
    "history",
    "line_list",
    "map_values",
    "overdue_count",
    "preview",
    "readings_of",
    "sums",
    "triangles",
    "weekly",
]
