"""What the portal's answer about a card says of the day of a visit."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

_FORMS = ("%d/%m/%Y", "%Y%m%d", "%Y-%m-%d")


def verdict(says: str, since: date | None, until: date | None, day: date) -> str:
    """Whether a card held on a day: ``good`` or ``bad``; "" where the answer says nothing of it.

    ``says`` is what the code means (good, ended, wrong, caller), ``since`` and ``until`` the first and
    the last day of the card where the portal gives them. The portal speaks of the day on which it is
    asked: a card that has ended since the visit held on the day of the visit.

    >>> verdict("ended", date(2026, 1, 1), date(2026, 10, 31), date(2026, 10, 5))
    'good'
    >>> verdict("ended", None, None, date(2026, 10, 5))
    'bad'
    """
    if says == "caller":
        return ""
    begun, over = since is None or since <= day, until is not None and until < day
    if says == "good":
        return "good" if begun and not over else "bad"
    if says == "ended" and since is not None and until is not None:
        return "good" if since <= day <= until else "bad"
    return "bad"


def card_days(answer: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """The first and the last day of the card that an answer is about; None where it gives none."""
    return _day(answer.get("gtTheTu")), _day(answer.get("gtTheDen"))


def _day(text: Any) -> date | None:
    for form in _FORMS:
        try:
            return datetime.strptime(str(text or "").strip(), form).date()  # noqa: DTZ007  # a day
        except ValueError:
            continue
    return None
