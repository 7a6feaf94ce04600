"""How cases, weeks, alarms, outbreaks and contacts become rows; called by the journal, never by a door."""

from tuyen.apps.surveillance.services import (
    alarms,
    amendments,
    cases,
    contacts,
    events,
    outbreak_chains,
    outbreak_closing,
    outbreak_reports,
    outbreak_tasks,
    outbreaks,
    outlooks,
    resources,
    response,
    silences,
    weeks,
)

__all__ = [
    "alarms",
    "amendments",
    "cases",
    "contacts",
    "events",
    "outbreak_chains",
    "outbreak_closing",
    "outbreak_reports",
    "outbreak_tasks",
    "outbreaks",
    "outlooks",
    "resources",
    "response",
    "silences",
    "weeks",
]
