"""One of many values, whatever their type and number."""

from datetime import date

import pytest

from tuyen.apps.access.models import Post, User
from tuyen.apps.access.operations import CreatePost, OpenAccount


@pytest.fixture
def rows(send, operate, program):
    names = ("Vàng A Páo", 'Lò Thị "Hoa"', "Quàng Văn O'Lan")
    accounts = [operate(OpenAccount(login=f"login{n}", name=name)) for n, name in enumerate(names)]
    posts = [operate(CreatePost(role="midwife", since=date(2026, n, 1))) for n in (1, 2, 3)]
    send(program, *accounts, *posts)
    return accounts, posts


def test_it_finds_what_in_finds(rows):
    accounts, posts = rows
    for model, field, wanted in (
        (User, "id", [account.id for account in accounts[1:]]),
        (User, "name", {'Lò Thị "Hoa"', "Quàng Văn O'Lan", "nobody"}),
        (Post, "since", (date(2026, 1, 1), date(2026, 3, 1))),
        (Post, "id", []),
        (Post, "id", [posts[0].id] * 3),
    ):
        found = set(model.objects.filter(**{f"{field}__among": wanted}))
        assert found == set(model.objects.filter(**{f"{field}__in": wanted})), field


def test_the_number_of_values_has_no_limit(rows):
    accounts, _ = rows
    many = [f"nobody {n}" for n in range(40_000)]

    assert User.objects.get(login__among=[*many, "login1"]).id == accounts[1].id
