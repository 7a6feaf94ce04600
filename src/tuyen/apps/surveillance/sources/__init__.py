"""What this room sees: its own sources of signals, registered like those of any other room."""

from tuyen.apps.surveillance.sources import alarms, events, laboratory, nearby

__all__ = ["alarms", "events", "laboratory", "nearby"]
