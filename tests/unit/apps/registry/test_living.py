"""Residences read as columns count as the store counts them, whatever the day and the ages."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db.models import Q

from tuyen.apps.registry import counting, living
from tuyen.apps.registry.models import Residence
from tuyen.apps.registry.operations import MovePerson, RecordDeath

DAYS = (date(2019, 6, 1), date(2024, 2, 29), date(2025, 6, 1), date(2026, 10, 25), date(2030, 1, 1))
AGES = ((0,), (0, 1, 5, 15), (60,), (0, 18, 19, 60, 80))


@pytest.fixture
def village(world, home, member):
    """Sixty people of all ages, one of whom died, one moved, and one is known from no day on."""
    people = [
        member(sex=1 + n % 3, born_on=date(2026, 10, 25) - timedelta(days=n * 571))
        for n in range(60)
    ]
    world.household(home.village, *people[:40], since=date(2020, 1, 1))
    world.household(home.other, *people[40:], since=date(2024, 2, 29))
    world.good(RecordDeath(person=people[3].id, on=date(2025, 5, 31)), unit=home.province)
    moved = MovePerson(person=people[5].id, place=home.other, since=date(2025, 6, 1))
    world.good(moved, unit=home.province)
    return people


def test_columns_count_as_the_rows_do(village):
    everybody, rows = living.together(living.read(Q())), list(Residence.objects.all())

    for on, ages in product(DAYS, AGES):
        birthdays = [counting._birthday(on, age) for age in ages]
        wanted: dict = {}
        for row in rows:
            here = (row.since or date.min) <= on < (row.until or date.max)
            old = [n for n, birthday in enumerate(birthdays) if row.born_on <= birthday]
            if here and old:
                cell = (row.place_id, row.sex, old[-1])
                wanted[cell] = wanted.get(cell, 0) + 1
        found = living.counted(everybody, on, birthdays)
        assert {(place, sex, band): n for place, sex, band, n in found} == wanted, (on, ages)
        assert len(found) == len(wanted)


def test_all_are_read_in_one_query_and_one_row_for_each_place(village, django_assert_num_queries):
    with django_assert_num_queries(1):
        places = living.read(Q())

    assert sum(len(lived.sex) for lived in places.values()) == Residence.objects.count()


def test_where_nobody_lives_nobody_is_counted(db):
    assert living.counted(living.together(living.read(Q())), date(2026, 1, 1), [date.max]) == []


def test_the_last_questions_are_remembered_and_no_more(village):
    everybody = living.together(living.read(Q()))
    first = living.counted(everybody, DAYS[0], [DAYS[0]])

    again = living.counted(everybody, DAYS[0], [DAYS[0]])
    for n in range(living._ANSWERS):
        living.counted(everybody, DAYS[1] + timedelta(days=n), [DAYS[1]])

    assert again is first
    assert len(everybody.answers) == living._ANSWERS
    assert (DAYS[0], DAYS[0]) not in everybody.answers
