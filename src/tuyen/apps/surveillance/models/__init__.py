"""The tables of the room, a file for each of the things it keeps."""

from tuyen.apps.surveillance.models.alarms import Alarm, EpidemicYear
from tuyen.apps.surveillance.models.calls import SignalCall, UnitPhone
from tuyen.apps.surveillance.models.cases import LINKED, Case, Count, UnitWeek
from tuyen.apps.surveillance.models.contacts import Contact, FollowUp
from tuyen.apps.surveillance.models.drills import Drill, DrillFinding, DrillMessage, DrillRecord
from tuyen.apps.surveillance.models.events import EventSignal, Silence
from tuyen.apps.surveillance.models.known import CountChange
from tuyen.apps.surveillance.models.operating import (
    OperatingPoint,
)
from tuyen.apps.surveillance.models.outbreak_work import (
    Bottleneck,
    OutbreakTask,
    Review,
    SituationReport,
)
from tuyen.apps.surveillance.models.outbreaks import (
    Declaration,
    Isolation,
    Outbreak,
    OutbreakCase,
    OutbreakPlace,
    OutbreakSource,
    Transmission,
)
from tuyen.apps.surveillance.models.outlooks import Outlook
from tuyen.apps.surveillance.models.preparedness import (
    Duty,
    PlanAction,
    RiskAssessment,
    RiskScore,
)
from tuyen.apps.surveillance.models.response import (
    Booking,
    Movement,
    Resource,
    Team,
)
from tuyen.apps.surveillance.models.weighing import AlarmLesson, AlarmLine

__all__ = [
    "LINKED",
    "Alarm",
    "AlarmLesson",
    "AlarmLine",
    "Booking",
    "Bottleneck",
    "Case",
    "Contact",
    "Count",
    "CountChange",
    "Declaration",
    "Drill",
    "DrillFinding",
    "DrillMessage",
    "DrillRecord",
    "Duty",
    "EpidemicYear",
    "EventSignal",
    "FollowUp",
    "Isolation",
    "Movement",
    "OperatingPoint",
    "Outbreak",
    "OutbreakCase",
    "OutbreakPlace",
    "OutbreakSource",
    "OutbreakTask",
    "Outlook",
    "PlanAction",
    "Resource",
    "Review",
    "RiskAssessment",
    "RiskScore",
    "SignalCall",
    "Silence",
    "SituationReport",
    "Team",
    "Transmission",
    "UnitPhone",
    "UnitWeek",
]
