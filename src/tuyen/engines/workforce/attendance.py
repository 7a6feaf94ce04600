"""The hours that somebody earned in a course, from the days on which they were there."""

from collections.abc import Sequence

from tuyen.kernel.refusal import BadInput


def earned(
    hours: Sequence[int], there: Sequence[bool], share: float, *, after: int | None = None,
    least: int | None = None,
) -> int | None:  # fmt: skip
    """Return the hours of the days on which somebody was there, or None where that is too little.

    Parameters
    ----------
    hours : hours of each day of the course
    there : whether somebody was there, day by day
    share : the share of all hours that a certificate asks for, from 0 to 1
    after, least : the mark after the course, and the least one that is asked for; no mark is no pass

    Raises
    ------
    BadInput
        If there are not as many days as hours.

    Examples
    --------
    >>> earned([8, 8, 4], [True, True, False], 0.8)
    16
    >>> earned([8, 8, 4], [True, False, True], 0.8) is None
    True
    """
    if len(hours) != len(there):
        raise BadInput(what=f"{len(there)} days of {len(hours)}")
    had = sum(n for n, was in zip(hours, there, strict=True) if was)
    if not had or had + 1e-9 < share * sum(hours):
        return None
    if least is not None and (after is None or after < least):
        return None
    return had
