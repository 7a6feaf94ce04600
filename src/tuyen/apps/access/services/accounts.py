"""Accounts and posts as the journal applies them."""

from datetime import timedelta
from uuid import UUID

from tuyen.apps.access.models import Holding, Post, User
from tuyen.apps.access.operations import (
    Appoint,
    CloseAccount,
    CreatePost,
    OpenAccount,
    OpenFirstAccount,
    Relieve,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.validity import Validity, first_overlap
from tuyen.rules.access import role_table


class LoginTaken(Refusal):
    code = "access.login-taken"
    message = N_("The login {login} is already in use; choose another.")


class AlreadyBegun(Refusal):
    code = "access.already-begun"
    message = N_("This installation has accounts already; an administrator opens further ones.")


class UnknownRole(Refusal):
    code = "access.unknown-role"
    message = N_("{role} is not a role; expected one of {known}.")


class Missing(Refusal):
    code = "access.missing"
    message = N_("There is no {what} {id}.")


class EndsBeforeItBegins(Refusal):
    code = "access.ends-before-it-begins"
    message = N_("{until} is not after {since}; give a later day.")


class AlreadyHeld(Refusal):
    code = "access.already-held"
    message = N_("This person already holds the post from {since} to {until}.")


class AlreadyEnded(Refusal):
    code = "access.already-ended"
    message = N_("This had already ended on {on}.")


@applies(OpenAccount)
def open_accounts(batch: Batch[OpenAccount]) -> None:
    logins = [entry.payload.login for entry in batch.entries]
    taken = set(User.objects.filter(login__in=logins).values_list("login", flat=True))
    rows = []
    for entry in batch.entries:
        wanted = entry.payload
        if wanted.login in taken:
            batch.refuse(entry, LoginTaken(login=wanted.login))
            continue
        taken.add(wanted.login)
        rows.append(
            User(
                id=entry.id,
                login=wanted.login,
                name=wanted.name,
                language=wanted.language,
                opened_on=entry.happened_on,
            )
        )
    User.objects.bulk_create(rows)


@applies(OpenFirstAccount)
def open_first_account(batch: Batch[OpenFirstAccount]) -> None:
    """The question whether anybody is there is asked here, where commits stand in one line."""
    begun = anybody()
    for entry in batch.entries:
        wanted = entry.payload
        if begun:
            batch.refuse(entry, AlreadyBegun())
            continue
        begun = True
        user = User.objects.create(
            id=entry.id, login=wanted.login, name=wanted.name, opened_on=entry.happened_on
        )
        post = Post.objects.create(
            id=derived_id(entry.id, "post"), role="administrator", unit_id=entry.unit,
            since=wanted.since,
        )  # fmt: skip
        Holding.objects.create(
            id=derived_id(entry.id, "holding"), post=post, user=user, since=wanted.since
        )


def anybody() -> bool:
    """Whether anybody has an account here."""
    return User.objects.exists()


@applies(CloseAccount)
def close_accounts(batch: Batch[CloseAccount]) -> None:
    users = User.objects.in_bulk({entry.payload.user for entry in batch.entries})
    for entry in batch.entries:
        user = users.get(entry.payload.user)
        if user is None:
            batch.refuse(entry, Missing(what="user", id=entry.payload.user))
        elif user.closed_on is not None:
            batch.refuse(entry, AlreadyEnded(on=user.closed_on))
        elif entry.payload.on < user.opened_on:
            batch.refuse(entry, EndsBeforeItBegins(since=user.opened_on, until=entry.payload.on))
        else:
            user.closed_on = entry.payload.on
    closed = [users[entry.payload.user] for entry in batch.accepted()]
    User.objects.bulk_update(closed, ["closed_on"])
    held = list(Holding.objects.filter(user__in=closed, until=None))
    for holding in held:
        on = users[holding.user_id].closed_on or holding.since
        holding.until = max(on, holding.since + timedelta(days=1))
    Holding.objects.bulk_update(held, ["until"])


@applies(CreatePost)
def create_posts(batch: Batch[CreatePost]) -> None:
    roles = role_table().roles
    for entry in batch.entries:
        post = entry.payload
        if post.role not in roles:
            batch.refuse(entry, UnknownRole(role=post.role, known=", ".join(sorted(roles))))
        elif post.until is not None and post.until <= post.since:
            batch.refuse(entry, EndsBeforeItBegins(since=post.since, until=post.until))
    Post.objects.bulk_create(
        Post(
            id=entry.id,
            role=entry.payload.role,
            unit_id=entry.unit,
            since=entry.payload.since,
            until=entry.payload.until,
        )
        for entry in batch.accepted()
    )


@applies(Appoint)
def appoint(batch: Batch[Appoint]) -> None:
    posts = Post.objects.in_bulk({entry.payload.post for entry in batch.entries})
    users = User.objects.in_bulk({entry.payload.user for entry in batch.entries})
    spans: dict[tuple[UUID, UUID], list[Validity]] = {}
    for holding in Holding.objects.filter(post__in=posts, user__in=users):
        key = (holding.post_id, holding.user_id)
        spans.setdefault(key, []).append(Validity(holding.since, holding.until))
    for entry in batch.entries:
        wish = entry.payload
        if wish.post not in posts:
            batch.refuse(entry, Missing(what="post", id=wish.post))
        elif wish.user not in users:
            batch.refuse(entry, Missing(what="user", id=wish.user))
        elif wish.until is not None and wish.until <= wish.since:
            batch.refuse(entry, EndsBeforeItBegins(since=wish.since, until=wish.until))
        else:
            held = spans.setdefault((wish.post, wish.user), [])
            held.append(Validity(wish.since, wish.until))
            if clash := first_overlap(held):
                held.pop()
                batch.refuse(entry, AlreadyHeld(since=clash[0].since, until=clash[0].until or "…"))
    Holding.objects.bulk_create(
        Holding(
            id=entry.id,
            post_id=entry.payload.post,
            user_id=entry.payload.user,
            since=entry.payload.since,
            until=entry.payload.until,
        )
        for entry in batch.accepted()
    )


@applies(Relieve)
def relieve(batch: Batch[Relieve]) -> None:
    holdings = Holding.objects.in_bulk({entry.payload.holding for entry in batch.entries})
    for entry in batch.entries:
        holding = holdings.get(entry.payload.holding)
        if holding is None:
            batch.refuse(entry, Missing(what="holding", id=entry.payload.holding))
        elif holding.until is not None and holding.until <= entry.payload.until:
            batch.refuse(entry, AlreadyEnded(on=holding.until))
        elif entry.payload.until <= holding.since:
            batch.refuse(entry, EndsBeforeItBegins(since=holding.since, until=entry.payload.until))
        else:
            holding.until = entry.payload.until
    ended = [holdings[entry.payload.holding] for entry in batch.accepted()]
    Holding.objects.bulk_update(ended, ["until"])
