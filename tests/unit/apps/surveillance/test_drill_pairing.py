"""Two sides of a joint drill: each takes the other's bundle, and nothing else."""

import base64
import json
from datetime import timedelta

import msgspec
import pytest

from tests.unit.apps.surveillance.conftest import NOW, TODAY
from tuyen.apps.access import world
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.drills import pairing
from tuyen.apps.surveillance.models import Drill, DrillMessage
from tuyen.apps.surveillance.operations.drills import BeginDrill
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def mark(tmp_path):
    """Side B of a joint drill, begun here."""
    joint = pairing.read_or_make(tmp_path / "pair", scenario="dengue_border", seed=2, side="B")
    begin = BeginDrill(scenario="dengue_border", seed=2, side="B", begins=NOW, ends=NOW + 28 * DAY,
                       real=NOW)  # fmt: skip
    said = Operation.of(begin, unit=NODE, happened_on=TODAY, recorded_at=NOW)
    (receipt,) = commit(by=Actor.program(TODAY), operations=[said], at=NOW)
    assert receipt.ok
    return {"joint": joint}


def sent(side_b, key=None, **changes):
    """A bundle of side A, sealed."""
    plain = {
        "mark": f"{world.SIGN} {uuid7()}", "format": 1, "joint": side_b["joint"]["joint"],
        "scenario": "dengue_border", "seed": 2, "side": "A", "at": NOW.isoformat(),
        "clock": [NOW.isoformat(), (NOW + DAY).isoformat(), 60.0],
        "notices": [{"week": "2026-W44", "disease": "dengue", "cases": 3, "confirmed": 1, "deaths": 0}],
    }  # fmt: skip
    body = json.dumps(plain | changes).encode()
    seal = pairing._seal(key or side_b["joint"]["key"], body)
    return msgspec.json.encode(pairing.Sealed(body=base64.b64encode(body).decode(), seal=seal))


def test_news_of_the_other_side_is_a_notice_once_and_its_clock_is_followed(mark):
    news = sent(mark)

    assert pairing.take(mark, news, at=NOW) == 1
    assert pairing.take(mark, news, at=NOW) == 0
    assert DrillMessage.objects.get().text == "dengue 2026-W44: 3 / 1 / 0"
    row = Drill.objects.get()
    assert (row.speed, row.shows) == (60.0, NOW + DAY)


def test_a_bundle_of_this_side_is_what_the_other_takes(mark):
    ours = pairing.bundle(mark, until=NOW)

    said = pairing.read(mark, ours)

    assert (said.side, said.seed, said.notices) == ("B", 2, ())
    with pytest.raises(pairing.BadBundle):  # from its own side
        pairing.take(mark, ours, at=NOW)


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("another drill", {"joint": str(uuid7())}),
        ("another seed", {"seed": 3}),
        ("another scenario", {"scenario": "measles_village"}),
        ("no drill at all", {"mark": "real"}),
        ("another form", {"format": 2}),
        ("a row of a person", {"name": "Lò Văn A"}),
        ("a clock that is none", {"clock": []}),
    ],
)
def test_anything_else_is_refused_whole(mark, why, changes):
    with pytest.raises(pairing.BadBundle):
        pairing.take(mark, sent(mark, **changes), at=NOW)

    assert DrillMessage.objects.count() == 0, why
    assert Drill.objects.get().speed == 0


def test_a_bundle_under_another_key_or_changed_by_a_letter_is_refused(mark):
    whole = sent(mark)
    changed = whole[:-3] + (b"1" if whole[-3:-2] == b"0" else b"0") + whole[-2:]

    for content in (sent(mark, key="00" * 32), changed, b"", b"{}", b"\xff" * 99):
        with pytest.raises(pairing.BadBundle):
            pairing.take(mark, content, at=NOW)


def test_a_clock_of_the_other_side_that_is_behind_is_not_followed(mark):
    pairing.take(mark, sent(mark), at=NOW)

    pairing.take(mark, sent(mark, clock=[NOW.isoformat(), NOW.isoformat(), 1.0]), at=NOW)

    assert Drill.objects.get().shows == NOW + DAY


def test_a_drill_without_a_pair_takes_nothing(mark):
    with pytest.raises(pairing.NotJoint):
        pairing.take({"joint": None}, sent(mark), at=NOW)


def test_a_pairing_file_pairs_one_scenario_and_seed(tmp_path):
    path = tmp_path / "pair"
    one = pairing.read_or_make(path, scenario="dengue_border", seed=2, side="A")

    assert (
        pairing.read_or_make(path, scenario="dengue_border", seed=2, side="B")["key"] == one["key"]
    )
    assert path.stat().st_mode & 0o077 == 0
    for scenario, seed in (("measles_village", 2), ("dengue_border", 3)):
        with pytest.raises(pairing.BadPairing):
            pairing.read_or_make(path, scenario=scenario, seed=seed, side="B")
    path.write_text("[]", encoding="ascii")
    with pytest.raises(pairing.BadPairing):
        pairing.read_or_make(path, scenario="dengue_border", seed=2, side="A")
