"""How cases, weeks without cases and alarms become rows; called by the journal, never by a door."""

from tuyen.apps.surveillance.services import alarms, amendments, cases, events, silences, weeks

__all__ = ["alarms", "amendments", "cases", "events", "silences", "weeks"]
