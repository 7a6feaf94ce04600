"""Accounts, posts, one-time links and keys: no default account, no default password."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tuyen.apps.access import policies, queries, services
from tuyen.apps.access.models import Holding, Invitation, Reading, User
from tuyen.apps.access.operations import (
    Appoint,
    CloseAccount,
    CreatePost,
    OpenAccount,
    Relieve,
)
from tuyen.kernel.ids import uuid7

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
GOOD = "bốn con trâu trắng"


@pytest.fixture
def user(send, operate, program):
    operation = operate(OpenAccount(login="quang.van.e", name="Quàng Văn É"))
    send(program, operation)
    return User.objects.get(pk=operation.id)


def test_a_fresh_install_has_no_account(db):
    assert not queries.has_accounts()


def test_an_account_cannot_sign_in_until_a_password_was_chosen(user):
    assert not user.check_password("!")
    assert not user.check_password("")
    assert not user.has_usable_password()


def test_a_one_time_link_sets_a_password_once(user):
    token = services.invite(user=user.pk, now=NOW)

    services.accept_invitation(token=token.lower(), user=user.pk, password=GOOD, now=NOW)

    user.refresh_from_db()
    assert user.check_password(GOOD)
    assert user.password.startswith("argon2$argon2id$")
    with pytest.raises(services.TokenRefused):
        services.accept_invitation(token=token, user=user.pk, password=GOOD, now=NOW)


@pytest.mark.parametrize(
    ("why", "change", "later"),
    [
        ("wrong", lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), timedelta()),
        ("expired", lambda token: token, timedelta(days=services.INVITATION_DAYS)),
        ("empty", lambda token: "", timedelta()),
    ],
)
def test_a_link_that_is_not_good_is_refused_alike(why, change, later, user):
    token = services.invite(user=user.pk, now=NOW)

    with pytest.raises(services.TokenRefused):
        services.accept_invitation(
            token=change(token), user=user.pk, password=GOOD, now=NOW + later
        )


def test_a_link_of_one_person_sets_no_password_of_another(user, send, operate, program):
    other = operate(OpenAccount(login="other", name="Khác"))
    send(program, other)
    token = services.invite(user=user.pk, now=NOW)

    with pytest.raises(services.TokenRefused):
        services.accept_invitation(token=token, user=other.id, password=GOOD, now=NOW)


def test_only_the_hash_of_a_token_is_stored(user):
    token = services.invite(user=user.pk, now=NOW)

    assert token.encode() not in bytes(Invitation.objects.get().digest)


@pytest.mark.parametrize("password", ["short", "password1234", "quang.van.e1"])
def test_a_weak_password_is_refused_and_leaves_the_link_open(password, user):
    token = services.invite(user=user.pk, now=NOW)

    with pytest.raises(services.WeakPassword):
        services.accept_invitation(token=token, user=user.pk, password=password, now=NOW)

    assert services.invitation(token, NOW).user_id == user.pk


def _holder(key, now):
    return queries.key_holder(key, now=now, on=now.date(), channel="api")


def test_a_key_speaks_for_its_user_until_it_ends(user, send, operate, program):
    key = services.issue_key(user=user.pk, label="lab", days=1, now=NOW)

    assert _holder(key, NOW).user == user.pk
    assert _holder(key, NOW + timedelta(days=1)) is None
    assert _holder("x" + key, NOW) is None
    services.revoke_keys(user=user.pk, label="lab", now=NOW)
    assert _holder(key, NOW) is None


def test_a_key_brings_the_posts_of_the_day_in_one_query(
    user, send, operate, program, django_assert_num_queries
):
    nurse, head = (
        operate(CreatePost(role=role, since=date(2026, 1, 1)))
        for role in ("midwife", "station-head")
    )
    send(
        program, nurse, head,
        operate(Appoint(post=nurse.id, user=user.pk, since=date(2026, 1, 1), until=date(2026, 6, 1))),
        operate(Appoint(post=head.id, user=user.pk, since=date(2026, 6, 1))),
    )  # fmt: skip
    key = services.issue_key(user=user.pk, label="lab", days=400, now=NOW)
    _holder(key, NOW)

    with django_assert_num_queries(1):
        now = queries.key_holder(key, now=NOW, on=date(2026, 10, 25), channel="api")
    before = queries.key_holder(key, now=NOW, on=date(2026, 5, 31), channel="api")

    assert now == queries.actor(user, on=date(2026, 10, 25), channel="api")
    assert [(held.id, held.role) for held in now.posts] == [(head.id, "station-head")]
    assert [held.id for held in before.posts] == [nurse.id]
    assert queries.key_holder(key, now=NOW, on=date(2025, 1, 1), channel="api").posts == ()


def test_a_closed_account_loses_its_posts_and_its_keys(user, send, operate, program):
    post = operate(CreatePost(role="midwife", since=date(2026, 1, 1)))
    send(program, post, operate(Appoint(post=post.id, user=user.pk, since=date(2026, 1, 1))))
    key = services.issue_key(user=user.pk, label="x", days=9, now=NOW)

    send(program, operate(CloseAccount(user=user.pk, on=date(2026, 10, 25))))

    user.refresh_from_db()
    assert not user.is_active
    assert _holder(key, NOW) is None
    assert queries.actor(user, on=date(2026, 10, 25), channel="web").posts == ()
    assert Holding.objects.get().until == date(2026, 10, 25)


@pytest.mark.parametrize(
    ("why", "payload", "code"),
    [
        (
            "a role nobody knows",
            CreatePost(role="wizard", since=date(2026, 1, 1)),
            "access.unknown-role",
        ),
        (
            "a post that ends before it begins",
            CreatePost(role="midwife", since=date(2026, 1, 2), until=date(2026, 1, 1)),
            "access.ends-before-it-begins",
        ),
        (
            "a post that is not there",
            Appoint(post=uuid7(), user=uuid7(), since=date(2026, 1, 1)),
            "access.missing",
        ),
        (
            "a holding that is not there",
            Relieve(holding=uuid7(), until=date(2026, 1, 1)),
            "access.missing",
        ),
        (
            "an account that is not there",
            CloseAccount(user=uuid7(), on=date(2026, 1, 1)),
            "access.missing",
        ),
    ],
)
def test_refusals(why, payload, code, send, operate, program):
    assert send(program, operate(payload))[0].refusal.code == code, why


def test_a_post_is_not_held_twice_by_the_same_person_at_once(user, send, operate, program):
    post = operate(CreatePost(role="midwife", since=date(2026, 1, 1)))
    first = operate(
        Appoint(post=post.id, user=user.pk, since=date(2026, 1, 1), until=date(2026, 3, 1))
    )
    clash = operate(Appoint(post=post.id, user=user.pk, since=date(2026, 2, 1)))
    later = operate(Appoint(post=post.id, user=user.pk, since=date(2026, 3, 1)))

    receipts = send(program, post, first, clash, later)

    assert [receipt.status for receipt in receipts] == [
        "accepted",
        "accepted",
        "refused",
        "accepted",
    ]


def test_readings_are_written_in_one_statement_and_shown_to_those_who_may(
    user, holder, django_assert_num_queries
):
    by = holder(("midwife", uuid7()))
    persons = [uuid7() for _ in range(30)]

    with django_assert_num_queries(2):  # what was read in the last hour, and the readings
        services.record_readings(by=by, subject="person", ids=persons, at=NOW)

    assert Reading.objects.count() == 30
    director = holder(("director", uuid7()))
    assert queries.readings(by=director, subject_id=persons[0])[0].user == by.user


@pytest.mark.parametrize(("text", "most"), [("", 3), ("n", 6)])
def test_a_page_of_accounts_takes_as_many_statements_whatever_their_number(
    user, holder, send, operate, program, django_assert_max_num_queries, text, most
):
    send(program, *(operate(OpenAccount(login=f"nn{n:03}", name="N")) for n in range(120)))

    with django_assert_max_num_queries(most):
        page = queries.accounts(by=holder(("administrator", uuid7())), text=text, page=3)

    assert page.total in (120, 121)
    assert (page.page, page.pages, len(page.rows)) == (3, 3, page.total - 100)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hoa lo", ["lo.hoa"]),  # without marks, in any order
        ("tram na", ["lo.hoa"]),  # by the unit
        ("lo na", ["lo.hoa"]),  # partly by each
        ("lo", ["lo.hoa", "lo.minh"]),
        ("oa", []),  # a word is known by its beginning
        ("lo khac", []),
        ("LO.MINH", ["lo.minh"]),
    ],
)
def test_an_account_is_found_by_login_name_and_unit(user, send, operate, program, text, found):
    station, today = uuid7(), date(2026, 10, 25)
    people = [
        operate(OpenAccount(login=login, name=name))
        for login, name in (
            ("lo.hoa", "Lò Thị Hoà"),
            ("lo.minh", "Lò Văn Minh"),
            ("khac", "Vàng A Páo"),
        )
    ]
    post = operate(CreatePost(role="midwife", since=today), unit=station)
    held = operate(Appoint(post=post.id, user=people[0].id, since=today), unit=station)
    send(program, *people, post, held)

    names = {station: "Trạm y tế Nà Hỳ"}
    page = queries.accounts(by=program, text=text, unit_name=lambda id: names.get(id, ""))

    assert [row.login for row in page.rows] == found
    assert all(len(row.posts) == (row.login == "lo.hoa") for row in page.rows)


def test_who_manages_no_accounts_is_told_no_name(user, holder, program):
    account = user.pk

    assert queries.account_name(by=program, id=account) == "Quàng Văn É"
    assert queries.account_name(by=program, id=uuid7()) is None
    with pytest.raises(policies.NotAllowed):
        queries.account_name(by=holder(("midwife", uuid7())), id=account)
