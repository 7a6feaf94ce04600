"""The tables of a pack in numbers: what :mod:`flat_pack` fills and the compiled engine reads.

A list inside a row (the age rows of a dose, the conditions of a set) is a range of another table:
column ``ages`` of dose ``d`` means rows ``ages[d]`` up to ``ages[d + 1]``. An empty cell is -1.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class SettingsTable(NamedTuple):
    """Spans, and how they are counted."""

    months: Ints
    days: Ints
    single: Ints  # 1 where the span is "1 month" and no year
    month_days: int
    month_end_invalid: bool
    stay_last: bool
    grace: int
    all_seasons: bool


class SeriesTable(NamedTuple):
    antigen: Ints
    kind: Ints
    group: Ints
    equivalent: Ints  # bits of groups
    genders: Ints  # bits; 0: any
    default: Ints
    product: Ints
    priority: Ints
    preference: Ints
    start: Ints  # age
    maximum_start: Ints  # age
    wave: Ints
    doses: Ints  # range of DoseTable
    indications: Ints  # range of the three below
    ind_code: Ints
    ind_begin: Ints
    ind_end: Ints


class DoseTable(NamedTuple):
    number: Ints
    recurring: Ints
    season_start: Ints
    season_end: Ints
    ages: Ints
    intervals: Ints
    allowable: Ints
    prefers: Ints
    accepts: Ints
    inadvertent: Ints  # a set of vaccines
    skips: Ints


class AgeTable(NamedTuple):
    absolute: Ints
    minimum: Ints
    earliest: Ints
    latest: Ints
    maximum: Ints
    since: Ints
    until: Ints


class IntervalTable(NamedTuple):
    source: Ints  # 0 previous, 1 target, 2 most recent, 3 observation, 4 none
    what: Ints  # number of the target, set of vaccines, or observation
    absolute: Ints
    minimum: Ints
    earliest: Ints
    latest: Ints
    priority: Ints
    since: Ints
    until: Ints


class VaccineTable(NamedTuple):
    vaccine: Ints
    begin: Ints
    end: Ints
    product: Ints
    forecast: Ints


class SkipTable(NamedTuple):
    context: Ints
    every: Ints
    sets: Ints
    set_every: Ints
    set_since: Ints
    set_until: Ints
    conditions: Ints
    kind: Ints
    begin: Ints
    end: Ints
    start_date: Ints
    end_date: Ints
    interval: Ints
    wanted: Ints
    valid_only: Ints
    comparison: Ints
    vaccines: Ints
    groups: Ints  # bits of series groups


class BarTable(NamedTuple):
    """What stands against an antigen: ranges by antigen, then the rows."""

    series: Ints
    immune: Ints
    immune_code: Ints
    births: Ints
    before: Ints
    country: Ints
    exclusions: Ints
    exclusion_code: Ints
    bars: Ints
    bar_code: Ints
    bar_begin: Ints
    bar_end: Ints
    vaccine_bars: Ints
    vb_code: Ints
    vb_vaccine: Ints
    vb_begin: Ints
    vb_end: Ints


class LinkTable(NamedTuple):
    """Vaccines to antigens, groups to antigens, conflicts between vaccines, sets of vaccines."""

    links: Ints
    antigen: Ints
    begin: Ints
    end: Ints
    groups: Ints
    group_antigen: Ints
    give_full: Ints
    conflict: Ints  # [impacted, conflicting] -> row, or -1
    conflict_begin: Ints
    conflict_minimum: Ints
    conflict_end: Ints
    has_conflict: Ints
    members: Ints  # [set, vaccine]


class Tables(NamedTuple):
    settings: SettingsTable
    series: SeriesTable
    doses: DoseTable
    ages: AgeTable
    intervals: IntervalTable
    vaccines: VaccineTable
    skips: SkipTable
    bars: BarTable
    links: LinkTable
