"""The need of vaccines follows from the schedule in force, and from nothing else."""

from datetime import date

import pytest

from tuyen.rules import supply
from tuyen.rules.immunization import schedules
from tuyen.rules.immunization.planned import Planned, planned

TODAY, LAW = date(2026, 10, 25), "vn-tt13-2026"


def test_an_injection_that_counts_in_several_groups_is_one_dose():
    doses = planned(LAW)

    assert [one for one in doses if one.vaccine == "DTP-HepB-Hib"] == [
        Planned("DTP-HepB-Hib", month, False) for month in (2, 3, 4)
    ]
    assert [one for one in doses if one.vaccine == "MR"] == [Planned("MR", 18, False)]
    # The second dose against encephalitis comes a week after the first: two doses in one month.
    assert [one.month for one in doses if one.vaccine == "JE-inactivated"] == [12, 12, 24]


def test_need_is_that_of_the_schedule_of_the_place():
    here = supply.doses_per_child(TODAY, province="11")
    begun = supply.doses_per_child(date(2027, 2, 1), province="11")

    assert here["penta-1"] == {2: 1, 3: 1, 4: 1}
    assert here["ipv-5"] == {5: 1, 9: 1}
    assert here["je-5"] == {12: 2, 24: 1}
    assert "pcv-1" not in here
    assert begun["pcv-1"] == {2: 1, 4: 1, 12: 1}


def test_a_vaccine_for_girls_is_needed_by_girls():
    of = supply.doses_per_child(TODAY, province="08")["hpv-1"]

    assert list(of) == [132, 138]
    assert all(0.4 < doses < 0.5 for doses in of.values())


def test_another_schedule_is_another_need():
    outside = schedules.outside("vn-tt10-2024", TODAY)
    earlier = {one.vaccine for one in planned("vn-tt10-2024", outside)}

    assert "PCV13" not in earlier
    assert supply.doses_per_child(TODAY, "vn-tt10-2024").keys() <= supply.items().keys()
    with pytest.raises(KeyError):
        planned("none")
