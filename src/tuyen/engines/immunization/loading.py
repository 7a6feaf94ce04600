"""The judging of many histories, run once on one: loads what the disk keeps, or compiles it."""

from datetime import date

from tuyen.engines.immunization.fast import columns_of, compiled_pack, judge
from tuyen.engines.immunization.history import Person
from tuyen.engines.immunization.pack import Pack


def judging(pack: Pack) -> None:
    """Any schedule does: what is compiled is the same for all."""
    flat = compiled_pack(pack)
    if flat is not None:
        judge(flat, columns_of(flat, [(Person(date(2025, 1, 1)), [], date(2026, 1, 1))])[0])
