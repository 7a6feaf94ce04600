"""Who stands at the desk: by a scan, by a few letters, and never by a guess."""

from datetime import date

import pytest

from tests.unit.apps.immunization.conftest import World
from tests.unit.apps.immunization.holding import TODAY, expected, opened
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry.operations import Identify
from tuyen.web.immunization.arriving import whom
from tuyen.web.immunization.session_forms import Wrong

NUMBER = "011226000017"


@pytest.fixture
def desk(db, settings):
    settings.LANGUAGE_CODE = "en"
    world = World()
    names = ("Vàng A Tủa", "Vàng A Súa", "Giàng Thị Mỷ", "Lò Văn Pản")
    ids = {name: world.child(name) for name in names}
    known = Identify(person=ids["Lò Văn Pản"], system="personal_number", value=NUMBER)
    world.good(known, unit=world.village, on=date(2026, 2, 1))
    return opened(world, expected=expected(*list(ids.values())[:3])), ids


@pytest.mark.parametrize(
    ("text", "name"),
    [("vat", "Vàng A Tủa"), ("sua", "Vàng A Súa"), ("GTM", "Giàng Thị Mỷ"),
     ("gi my", "Giàng Thị Mỷ"), (f" {NUMBER} ", "Lò Văn Pản")],
)  # fmt: skip
def test_letters_and_scans_mean_one_person(desk, text, name):
    session, ids = desk

    assert whom(Actor.program(TODAY), session, "", text) == ids[name]
    assert whom(Actor.program(TODAY), session, str(ids["Lò Văn Pản"]), text) == ids["Lò Văn Pản"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("va", "fits 2 people"), ("lvp", "Choose the person"), ("v", "Choose the person"),
     ("011226000099", "has the number"), ("", "Choose the person")],
)  # fmt: skip
def test_nobody_is_guessed(desk, text, said):
    session, _ids = desk

    with pytest.raises(Wrong, match=said):
        whom(Actor.program(TODAY), session, "", text)
