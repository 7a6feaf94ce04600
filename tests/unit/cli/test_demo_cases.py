"""The demo's reports are taken even where two of them look like one illness of one person."""

from datetime import date

import pytest

from tuyen import rules
from tuyen.cli.demo.cases import Reports
from tuyen.cli.demo.names import Names
from tuyen.cli.demo.people import Residents
from tuyen.cli.demo.world import gazetteer_of
from tuyen.engines.synthetic import province as synthetic


@pytest.fixture(scope="module")
def reports():
    texts = {name: rules.load(f"synthetic/{name}") for name in synthetic.RULES}
    made = synthetic.build(gazetteer_of("11"), texts, size=300, years=1, until=date(2026, 10, 25), seed=1)  # fmt: skip
    names = Names(1, made.network)
    communes = [commune.code for commune in made.gazetteer.communes]
    return Reports(
        made, names, Residents(made.people, made.network.villages, communes, names, made.since)
    )


def test_a_second_illness_within_the_days_of_the_first_says_that_it_is_another(reports):
    disease = reports.epidemics.diseases.index("influenza")
    onset = [date(2026, 3, 1), date(2026, 3, 20), date(2026, 6, 1), date(2026, 3, 2)]
    columns = {
        "disease": [disease] * 4, "person": [7, 7, 7, -1], "born": [date(2020, 1, 1)] * 4,
        "onset": onset, "reported": onset,
    }  # fmt: skip

    found = reports._other_illnesses([10, 11, 12, 13], columns)

    first, second = (reports.names.of("surveillance.report_case", n) for n in (10, 11))
    assert found == {10: (second,), 11: (first,)}
