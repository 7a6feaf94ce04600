"""What can be done in this room: reports of cases, and what alarms are answered with."""

from tuyen.apps.surveillance.operations.alarms import (
    CloseAlarm,
    Decision,
    Figures,
    MarkEpidemicYear,
    RaiseAlarm,
    Rule,
    TriageAlarm,
)
from tuyen.apps.surveillance.operations.cases import (
    AmendCase,
    Answer,
    Care,
    CaseChanges,
    Classification,
    Outcome,
    ReportCase,
    ReportZero,
    Result,
    Sex,
    Test,
    VoidCase,
)
from tuyen.apps.surveillance.operations.words import (
    Label,
    Line,
    Prose,
    Reason,
    Word,
)

__all__ = [
    "AmendCase",
    "Answer",
    "Care",
    "CaseChanges",
    "Classification",
    "CloseAlarm",
    "Decision",
    "Figures",
    "Label",
    "Line",
    "MarkEpidemicYear",
    "Outcome",
    "Prose",
    "RaiseAlarm",
    "Reason",
    "ReportCase",
    "ReportZero",
    "Result",
    "Rule",
    "Sex",
    "Test",
    "TriageAlarm",
    "VoidCase",
    "Word",
]
