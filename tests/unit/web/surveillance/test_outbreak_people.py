"""Contacts chosen among residents: searched, of the household of the case, and added with the rest."""

from datetime import date
from uuid import uuid5

import pytest

from tests.unit.apps.surveillance.conftest import case, place
from tests.unit.web.surveillance.test_outbreaks import cdc, opened, sent, shown  # noqa: F401
from tuyen.apps.access.models import Reading
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import Contact

HOME = uuid5(place("va"), "home")


def resident(name, born=date(2017, 5, 2), sex=2, household=HOME):
    return registry.PersonRow(
        id=uuid5(place("va"), name), name=name, sex=sex, born_on=born, birth_precision="day",
        died_on=None, place=place("va"), village="va", commune="M", household=household,
        head="Giàng A Chứ", numbers=(),
    )  # fmt: skip


ILL, SISTER, FATHER, FRIEND = (
    resident("Giàng Thị Mỷ"), resident("Giàng Thị Dợ"),
    resident("Giàng A Chứ", born=date(1988, 1, 9), sex=1), resident("Lầu Thị Ca", household=None),
)  # fmt: skip
STRANGER = uuid5(place("D"), "not the reader's")


@pytest.fixture(autouse=True)
def village(monkeypatch):
    """Three people of one house and a friend; whoever else is asked for is not the reader's."""
    rows = {one.id: one for one in (ILL, SISTER, FATHER, FRIEND)}
    monkeypatch.setattr(places, "people_known", lambda ids, on: set(ids) & set(rows))
    members = tuple(registry.MemberRow(one, "member", None, None) for one in (ILL, SISTER, FATHER))
    home = registry.HouseholdCard(HOME, "H1", "", place("va"), "va", "M", None, members)
    monkeypatch.setattr(registry, "people", lambda by, ids: {i: rows[i] for i in ids if i in rows})
    monkeypatch.setattr(registry, "household", lambda by, id: home if id == HOME else None)
    monkeypatch.setattr(
        registry, "search_people",
        lambda by, text, limit: [one for one in rows.values() if text in one.name],
    )  # fmt: skip


def offered(client, outbreak, **asked):
    answer = client.get(f"/outbreaks/{outbreak.id}/contacts/residents/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_residents_are_found_and_those_of_the_case_s_house_offered(cdc, report):  # noqa: F811
    (ill,) = report(case(person=ILL.id, name=ILL.name))
    outbreak = opened(cdc, case=str(ill.id))

    found = offered(cdc, outbreak, who="Ca", person=str(SISTER.id), case=str(ill.id))

    assert [name for name in ("Mỷ", "Dợ", "Chứ", "Lầu Thị Ca") if f"{name} <span" in found] == [
        "Dợ", "Chứ", "Lầu Thị Ca",
    ]  # fmt: skip
    assert f'value="{SISTER.id}" checked' in found
    assert f'value="{FRIEND.id}">' in found
    assert Reading.objects.filter(subject="registry.person.search").exists()


def test_chosen_residents_and_typed_people_become_contacts(cdc, report):  # noqa: F811
    outbreak = opened(cdc)

    sent(cdc, outbreak, "follow/contacts", person=[str(SISTER.id), str(FATHER.id)],
         people="Vừ A Thử; 41; 0912 000 000", exposed_on="22/10/2026", relation="household")  # fmt: skip

    made = {one.name: one for one in Contact.objects.all()}
    father, typed = made[FATHER.name], made["Vừ A Thử"]
    assert (father.person_id, father.sex, father.age) == (FATHER.id, "male", 38)
    assert (father.village_id, father.commune_id) == (place("va"), place("M"))
    assert (typed.person_id, typed.age, typed.phone) == (None, 41, "0912 000 000")
    again = offered(cdc, outbreak, who="Chứ")
    assert "is a contact already" in again
    assert "disabled" in again


@pytest.mark.parametrize("person", [str(STRANGER), "no id"])
def test_who_the_reader_may_not_read_is_nobody(cdc, report, person):  # noqa: F811
    outbreak = opened(cdc)

    answer = sent(cdc, outbreak, "follow/contacts", 422, person=person, exposed_on="22/10/2026",
                  relation="class")  # fmt: skip

    assert "Choose a resident, or write one person a line" in answer.content.decode()
    assert Contact.objects.count() == 0


def test_the_form_works_without_a_script(cdc, report):  # noqa: F811
    outbreak = opened(cdc)

    page = shown(cdc, f"/outbreaks/{outbreak.id}/contacts/?who=Ca")

    assert f'value="{FRIEND.id}"' in page
    assert 'form="find-people"' in page
