"""Indicators and targets, reports and their days, opened vials, wastage and the reserve."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from tuyen.rules.immunization.lists import Vaccine
from tuyen.rules.loader import dated, load


class DoseCount(NamedTuple):
    """At least so many valid doses of each antigen before an age ("12 months")."""

    by: str
    doses: Mapping[str, int]
    verified: bool


class FewerThan(NamedTuple):
    """Fewer than so many valid doses of an antigen by an age."""

    by: str
    antigen: str
    fewer_than: int
    verified: bool


class DropOut(NamedTuple):
    """Of those with the first (antigen, dose), the share without the second."""

    code: str
    first: tuple[str, int]
    second: tuple[str, int]


def fully_immunized(on: date) -> DoseCount:
    """What makes a child fully immunised under one."""
    entry = _entry("indicators", "fully_immunized", on)
    return DoseCount(entry["value"]["by"], entry["value"]["doses"], bool(entry["verified"]))


def zero_dose(on: date) -> FewerThan:
    """Who is a zero-dose child."""
    return _fewer("zero_dose", on)


def under_immunized(on: date) -> FewerThan:
    """Who is an under-immunised child."""
    return _fewer("under_immunized", on)


def drop_outs(on: date) -> dict[str, DropOut]:
    """The drop-outs that are followed, by code: dtp1-dtp3, bcg-mr1, mr1-mr2."""
    said = _entry("indicators", "drop_outs", on)["value"]
    return {
        code: DropOut(
            code,
            (pair["first"]["antigen"], int(pair["first"]["dose"])),
            (pair["second"]["antigen"], int(pair["second"]["dose"])),
        )
        for code, pair in said.items()
    }


def targets(on: date) -> Mapping[str, float]:
    """Percent of the cohort by indicator; days before 2025 by the plan of 2025."""
    found: Mapping[str, float] = _entry("indicators", "targets", on)["value"]
    return found


def on_time_days(on: date) -> int:
    """Days after the recommended day within which a dose is timely."""
    return int(_entry("indicators", "on_time", on)["value"])


def defaulter_days(on: date) -> int:
    """Days past due after which a child stands on the list of defaulters."""
    return int(_entry("indicators", "defaulter_days", on)["value"])


def followed_years(on: date) -> int:
    """Everybody younger is followed by the register, with doses or without."""
    return int(_entry("indicators", "followed_years", on)["value"])


def expected_years(on: date) -> int:
    """Whose open doses bring them to a session: everybody younger."""
    return int(_entry("indicators", "expected_years", on)["value"])


def monthly_report_due(year: int, month: int) -> date:
    """The last day for the report of a month."""
    first = date(year + month // 12, month % 12 + 1, 1)
    return first.replace(day=int(_entry("reports", "monthly", first)["value"]))


def yearly_report_due(year: int) -> date:
    """The last day for the report of a year."""
    following = date(year + 1, 1, 1)
    return following.replace(day=int(_entry("reports", "yearly", following)["value"]))


def campaign_report_due(day: date) -> datetime:
    """When the day's report of a campaign is due, in local time without a zone."""
    return datetime.combine(day, time(int(_entry("reports", "campaign_daily", day)["value"])))


def campaign_ages(on: date) -> tuple[int, ...]:
    """The first month of age of each band by which a campaign counts people."""
    return tuple(int(month) for month in _entry("reports", "campaign_ages", on)["value"])


def opened_until(
    vaccine: Vaccine, opened: datetime, *, session_ends: datetime, conditions_kept: bool
) -> datetime:
    """Until when a vial opened at ``opened`` may be used.

    A vial of one dose is used at once. A vial that may be kept is kept for the policy's days if its
    conditions held (approved for it, unexpired, 2-8 °C, VVM good) and the province lets it be
    kept; every other to the end of the session, at most the policy's hours.
    """
    on = opened.date()
    if vaccine.open_rule == "single":
        return opened
    allowed = _value("vials", "keeping_allowed", on) == "allowed"
    if vaccine.open_rule == "keep" and conditions_kept and allowed:
        return opened + timedelta(days=int(_value("vials", "kept_days", on)))
    hours = int(_value("vials", "otherwise_hours", on))
    return min(max(opened, session_ends), opened + timedelta(hours=hours))


def planned_wastage(vaccine: str, on: date) -> float:
    """The share of doses that planning takes as lost, from 0 to 1."""
    shares = _value("vials", "wastage", on)
    return float(shares.get(vaccine, shares["otherwise"]))


def reserve_months(on: date) -> int:
    """How many months of need are held in reserve."""
    return int(_value("vials", "reserve", on))


def _fewer(name: str, on: date) -> FewerThan:
    entry = _entry("indicators", name, on)
    said = entry["value"]
    return FewerThan(said["by"], said["antigen"], said["fewer_than"], bool(entry["verified"]))


def _value(rule: str, name: str, on: date) -> Any:
    return _entry(rule, name, on)["value"]


def _entry(rule: str, name: str, on: date) -> Mapping[str, Any]:
    """The entry of a day; days before the first are looked at as its first day was."""
    values = load(f"immunization/{rule}")[name]["values"]
    entry = dated(values, max(on, values[0]["from"]))
    assert entry is not None
    return entry
