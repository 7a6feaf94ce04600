"""Where a page ends, as the link to the next one says it."""

from datetime import datetime

from tuyen.apps.exchange.refusals import BadParameter


def number_of(cursor: str) -> int:
    """A cursor that is a number; 0 where there is none."""
    if cursor == "":
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise _bad(cursor)
    return int(cursor)


def moment_of(cursor: str) -> tuple[datetime | None, int]:
    """A cursor that is a moment and the number of a row."""
    if not cursor:
        return None, 0
    moment, _, number = cursor.partition("~")
    try:
        at = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        raise _bad(cursor) from None
    if at is not None and at.tzinfo is None:
        raise _bad(cursor)
    return at, number_of(number)


def part_of(cursor: str) -> tuple[str, int]:
    """A cursor of a list in two parts: which part, and the number in it."""
    if not cursor:
        return "", 0
    if cursor[0] not in "kp":
        raise _bad(cursor)
    return cursor[0], number_of(cursor[1:])


def _bad(cursor: str) -> BadParameter:
    return BadParameter(name="_cursor", value=cursor[:40], expected="a link of an answer")
