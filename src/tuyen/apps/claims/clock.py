"""The clock on the wall of a station, and the days by which a claim is due."""

from datetime import UTC, date, datetime, timedelta

from tuyen.engines.claims.answers import correct_by, send_by
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.calendar.working_days import UnknownYear, add_working_days
from tuyen.rules.claims import book

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


def local(at: datetime) -> datetime:
    """A moment as the wall shows it, without its zone: what a claim writes."""
    return at.astimezone(VIETNAM).replace(tzinfo=None)


def due_on(ended: date) -> date:
    """The last day to send the claim of a visit."""
    law = book.clocks(ended)
    return send_by(ended, law["send_by"], law["send_by_day"], _after)


def corrected_by(answered: date) -> date:
    """The last day to send the correction of a refusal."""
    return correct_by(answered, book.clocks(answered)["correct_by"], _after)


def pause(attempts: int) -> timedelta:
    """How long a file waits after so many attempts: twice as long each time, at most an hour."""
    return min(FIRST_PAUSE * 2 ** min(attempts, 10), LONGEST_PAUSE)


def utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _after(day: date, count: int) -> date:
    """The working day after, by the calendar as far as it is known; then by weekdays alone."""
    try:
        return add_working_days(day, count)
    except UnknownYear:
        while count:
            day += timedelta(days=1)
            count -= day.weekday() < 5
        return day
