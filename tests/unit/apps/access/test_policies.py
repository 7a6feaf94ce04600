"""Post, reach, purpose: who may what, and that unknown means no."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.rules.access import role_table

STATION, POINT, CENTRE, COMMITTEE, ELSEWHERE = (UUID(int=n) for n in range(1, 6))
REACH = {
    (STATION, "own"): {STATION, POINT},
    (CENTRE, "own"): {CENTRE},
    (CENTRE, "guided"): {CENTRE, STATION, POINT},
    (COMMITTEE, "owned"): {COMMITTEE, STATION},
}


@pytest.fixture(autouse=True)
def _reach(monkeypatch):
    monkeypatch.setattr(
        policies, "_reach", lambda unit, reach, on: frozenset(REACH.get((unit, reach), ()))
    )


@pytest.mark.parametrize(
    ("why", "role", "unit", "right", "at", "allowed"),
    [
        (
            "a station reads its own cases",
            "station-head",
            STATION,
            "surveillance.case.read",
            POINT,
            True,
        ),
        ("and no other's", "station-head", STATION, "surveillance.case.read", ELSEWHERE, False),
        (
            "the centre that guides reads them",
            "health-centre-supervisor",
            CENTRE,
            "surveillance.case.read",
            STATION,
            True,
        ),
        (
            "the committee that owns reads counts",
            "commune-committee",
            COMMITTEE,
            "surveillance.counts.read",
            STATION,
            True,
        ),
        ("but no case", "commune-committee", COMMITTEE, "surveillance.case.read", STATION, False),
        (
            "the CDC reads all",
            "cdc-epidemiologist",
            CENTRE,
            "surveillance.case.read",
            ELSEWHERE,
            True,
        ),
        (
            "the director reads no case",
            "director",
            CENTRE,
            "surveillance.case.read",
            STATION,
            False,
        ),
        (
            "an administrator has no health data",
            "administrator",
            CENTRE,
            "registry.person.read",
            STATION,
            False,
        ),
        (
            "an unknown right",
            "cdc-epidemiologist",
            CENTRE,
            "surveillance.everything",
            STATION,
            False,
        ),
        ("an unknown role", "emperor", CENTRE, "surveillance.case.read", CENTRE, False),
    ],
)
def test_may(why, role, unit, right, at, allowed, holder):
    by = holder((role, unit))

    assert policies.may(by, right, at) is allowed, why
    assert policies.scope(by, right).covers(at) is allowed, why


def test_check_raises_with_the_right_it_missed(holder):
    with pytest.raises(policies.NotAllowed) as refused:
        policies.check(holder(), "surveillance.case.read", STATION)

    assert refused.value.values == {"right": "surveillance.case.read"}


def test_what_needs_a_purpose_is_hidden_until_one_is_stated(holder):
    by = holder(("station-head", STATION))
    right = "registry.person.sensitive"

    assert not policies.scope(by, right)
    assert policies.scope(by.stating("care"), right).covers(STATION)
    assert not policies.scope(by.stating("curiosity"), right)
    with pytest.raises(policies.PurposeNeeded):
        policies.check(by, right, STATION)


def test_a_purpose_gives_nothing_to_somebody_without_the_right(holder):
    with pytest.raises(policies.NotAllowed):
        policies.check(holder(("director", CENTRE)), "registry.person.sensitive", STATION)


def test_no_post_means_no_rows():
    nobody = Actor(user=uuid4(), name="", posts=(), on=date(2026, 1, 1), channel="web")

    assert not policies.scope(nobody, "surveillance.case.read")
    assert policies.rights(nobody) == frozenset()


def test_two_posts_add_their_units(holder):
    by = holder(("station-head", STATION), ("health-centre-supervisor", CENTRE))

    assert policies.scope(by, "surveillance.case.read").units == {STATION, POINT, CENTRE}


@pytest.mark.parametrize("role", sorted(role_table().roles))
def test_every_role_has_names_in_three_languages_and_sees_the_map(role, holder):
    names = role_table().roles[role].name

    assert set(names) == {"vi", "en", "zh"}
    assert all(names.values())
    assert policies.may(holder((role, STATION)), "registry.unit.read", ELSEWHERE)


def test_the_whole_table_is_what_the_engine_answers(holder):
    """Every role, right and unit: the answer equals the table read by hand."""
    cases = 0
    for role in role_table().roles.values():
        for right in sorted(role_table().rights):
            for unit in (STATION, CENTRE, COMMITTEE):
                by = holder((role.code, unit)).stating("care").proving(True)
                units: set[UUID] = set()
                everything = False
                for reach, rights in role.grants.items():
                    if right in rights:
                        everything |= reach == "all"
                        units |= REACH.get((unit, reach), set())
                for at in (STATION, POINT, CENTRE, COMMITTEE, ELSEWHERE):
                    cases += 1
                    assert policies.may(by, right, at) == (everything or at in units), (
                        role.code,
                        right,
                    )
    assert cases > 3000


def test_a_post_that_ended_gives_nothing_the_next_day(db, send, operate, program):
    from tuyen.apps.access import queries
    from tuyen.apps.access.models import User
    from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount, Relieve

    start, end = date(2026, 1, 1), date(2026, 10, 25)
    user = operate(OpenAccount(login="mua.a.so", name="Mùa A Sò"))
    post = operate(CreatePost(role="station-head", since=start), unit=STATION)
    holding = operate(Appoint(post=post.id, user=user.id, since=start))
    send(program, user, post, holding, operate(Relieve(holding=holding.id, until=end)))
    person = User.objects.get()

    before = queries.actor(person, on=end - timedelta(days=1), channel="web")
    after = queries.actor(person, on=end, channel="web")

    assert policies.may(before, "surveillance.case.read", STATION)
    assert not policies.may(after, "surveillance.case.read", STATION)
