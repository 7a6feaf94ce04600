"""The tables of the room, a file for each of the things it keeps."""

from tuyen.apps.surveillance.models.alarms import Alarm, EpidemicYear
from tuyen.apps.surveillance.models.cases import LINKED, Case, Count, UnitWeek
from tuyen.apps.surveillance.models.events import EventSignal, Silence
from tuyen.apps.surveillance.models.known import CountChange

__all__ = [
    "LINKED",
    "Alarm",
    "Case",
    "Count",
    "CountChange",
    "EpidemicYear",
    "EventSignal",
    "Silence",
    "UnitWeek",
]
