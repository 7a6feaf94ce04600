"""The demo's staff: accounts, posts at their units, and who held them when."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.cli.demo.names import Names
from tuyen.engines.synthetic.staff import Staff, Tenure
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation
from tuyen.kernel.text import fold


class Posts:
    """Turns synthetic staff with a role into operations on access.

    Only posts that give rights are made here; the rest of the staff waits for its own room.
    """

    def __init__(self, staff: Staff, names: Names, since: date) -> None:
        self.staff, self.names, self.since = staff, names, since
        self.logins = {login.member: login.login for login in staff.logins}

    def account(self, member: int) -> UUID:
        return self.names.of("access.open_account", member)

    def operations(self) -> Iterator[Operation]:
        """Accounts, then posts, then who holds them: long runs of one kind."""
        held = [tenure for tenure in self.staff.tenures if tenure.role]
        for member in sorted({tenure.member for tenure in held}):
            name = self.staff.members[member].name
            payload = OpenAccount(login=self._login(member), name=name)
            yield self.names.operation(payload, member, unit=NODE, on=self.since)
        posts = [self._post(number, tenure) for number, tenure in enumerate(held)]
        yield from posts
        for number, (post, tenure) in enumerate(zip(posts, held, strict=True)):
            holding = Appoint(
                post=post.id,
                user=self.account(tenure.member),
                since=tenure.since,
                until=tenure.until,
            )
            yield self.names.operation(holding, number, unit=post.unit, on=tenure.since)

    def _post(self, number: int, tenure: Tenure) -> Operation:
        post = CreatePost(role=tenure.role, since=tenure.since, until=tenure.until)
        return self.names.operation(
            post, number, unit=self.names.unit(tenure.unit), on=tenure.since
        )

    def _login(self, member: int) -> str:
        if member in self.logins:
            return self.logins[member]
        words = fold(self.staff.members[member].name).split()
        return f"{words[-1]}.{''.join(word[0] for word in words[:-1])}{member}"
