"""Whose open doses bring them to a session, a list or a round: children, and nobody else."""

from datetime import date

from tuyen.rules.immunization.programme import expected_years


def grown_since(on: date) -> date:
    """The last day of birth of those who are grown on a day: whoever was born later is expected.

    A dose on record (tetanus in a pregnancy) keeps an adult in the register, where the schedule of children
    stays open for life. Who was born on 29 February grows on 1 March.
    """
    year = on.year - expected_years(on)
    try:
        return on.replace(year=year)
    except ValueError:  # 29 February of a year that has none
        return date(year, 2, 28)
