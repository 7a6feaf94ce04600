"""The parameters of the thresholds, and what is endemic where."""

import datetime

from tuyen.engines.surveillance.law import Limits
from tuyen.rules import surveillance

NOW = datetime.date(2026, 10, 1)


def test_the_parameters_are_the_arguments_of_the_engine():
    limits = Limits(**surveillance.thresholds(NOW)._asdict())

    assert (limits.years, limits.alert_sd, limits.epidemic_sd) == (5, 1, 2)
    assert (limits.linked_alert, limits.linked_epidemic) == (3, 5)


def test_no_threshold_was_law_before_the_circular():
    assert surveillance.thresholds(datetime.date(2026, 6, 30)) is None


def test_what_the_circular_does_not_say_is_marked():
    assert surveillance.unverified(NOW) == (
        "look_back_years", "min_years", "ddof", "alert_floor", "epidemic_floor",
    )  # fmt: skip


def test_a_province_changes_what_is_endemic():
    assert surveillance.is_endemic("dengue", NOW)
    assert not surveillance.is_endemic("dengue", NOW, province="11")
    assert surveillance.is_endemic("anthrax", NOW, province="11")
    assert surveillance.endemic(NOW, province="79") == surveillance.endemic(NOW)


def test_every_endemic_disease_is_known():
    named = surveillance.endemic(NOW) | surveillance.endemic(NOW, "11")

    assert named <= {disease.id for disease in surveillance.all_diseases()}
