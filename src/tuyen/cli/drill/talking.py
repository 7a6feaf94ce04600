"""Speaking to the other side of a joint drill, to that address alone and to nothing that is real."""

import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPException
from time import monotonic
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.surveillance.drills.addresses import checked
from tuyen.kernel.refusal import N_, Refusal

WORLD = "Tuyen-World"
PAIR, NEWS = "/api/v1/drills/pair", "/api/v1/drills/news"
_SECONDS = 15.0
_MOST = 4 * 2**20


class NotReached(Refusal):
    code = "cli.other-side-not-reached"
    message = N_("The other side at {url} does not answer: {why}")


class OtherSideIsReal(Refusal):
    code = "cli.other-side-is-no-drill"
    message = N_("What answers at {url} is no drill ({said}); a drill speaks to drills only.")


class OtherSideRefused(Refusal):
    code = "cli.other-side-refused"
    message = N_("The other side at {url} refused: {why}")


class _Stay(urllib.request.HTTPRedirectHandler):
    """A drill goes nowhere but where it was paired."""

    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


def world_of(url: str) -> str:
    """Which world answers at an address, by its own word: ``drill ID``.

    Raises
    ------
    OtherSideIsReal, NotReached
    """
    said = _ask(url, PAIR, None, {})[1]
    if _drill_of(said) is None:
        raise OtherSideIsReal(url=url, said=said or "—")
    return said


def join(url: str, code: str, *, drill: UUID, scenario: str) -> tuple[dict[str, Any], int]:
    """Pair this drill, which is being made, with the one that waits at ``url``.

    Returns what is kept of the pairing, and the seed of the joint drill.

    Raises
    ------
    BadAddress, NotReached, OtherSideIsReal, OtherSideRefused, NoCode, WrongCode
    """
    from tuyen.apps.surveillance.drills import meeting

    url = checked(url)
    world = world_of(url)
    code = meeting.typed(code)
    asked = meeting.ask(code, drill=drill, scenario=scenario)
    said = msgspec.json.decode(
        post(url, PAIR, msgspec.json.encode(asked), world), type=meeting.Joined
    )
    if said.drill != _drill_of(world):
        raise OtherSideIsReal(url=url, said=world)
    return {**meeting.agreed(code, asked, said), "url": url}, said.seed


def post(url: str, path: str, body: bytes, world: str) -> bytes:
    """Send to the drill ``world``, which is named in the request: no other takes it."""
    status, said, content = _ask(url, path, body, {WORLD: world})
    if said != world:
        raise OtherSideIsReal(url=url, said=said or "—")
    if status != 200:
        raise OtherSideRefused(url=url, why=_why(content, status))
    return content


class Line:
    """The line to the other side: news goes out and comes back beside the play, never in its way."""

    def __init__(self, joint: dict[str, Any], every: float = 1.0) -> None:
        self.url, self.world = joint["url"], f"drill {joint['peer']}"
        self._every, self._next = every, 0.0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="other-side")
        self._waits: Future[bytes] | None = None
        self.trouble = ""
        self.exchanged = 0

    def turn(self, bundle: Callable[[], bytes], take: Callable[[bytes], int]) -> None:
        """Take what came, and send what is new when it is time."""
        if self._waits is not None and self._waits.done():
            waited, self._waits = self._waits, None
            self._next = monotonic() + self._every
            try:
                take(waited.result())
                self.trouble, self.exchanged = "", self.exchanged + 1
            except Refusal as refusal:
                self.trouble = str(refusal)
        if self._waits is None and monotonic() >= self._next:
            self._waits = self._pool.submit(post, self.url, NEWS, bundle(), self.world)

    def finish(self, bundle: Callable[[], bytes], take: Callable[[bytes], int]) -> None:
        """Say the last, and hear it."""
        self._next = 0.0
        if self._waits is not None:
            self._waits.exception(timeout=2 * _SECONDS)
        self.turn(bundle, take)
        if self._waits is not None:
            self._waits.exception(timeout=2 * _SECONDS)
            self.turn(bundle, take)
        self._pool.shutdown(wait=False, cancel_futures=True)


def _ask(
    url: str, path: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int, str, bytes]:
    request = urllib.request.Request(  # noqa: S310  # the scheme was checked
        url + path, data=body, headers={"Content-Type": "application/json", **headers}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return answer.status, answer.headers.get(WORLD, ""), answer.read(_MOST)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get(WORLD, ""), error.read(_MOST)
    except (OSError, HTTPException) as error:
        raise NotReached(url=url, why=str(error)) from None


def _drill_of(said: str) -> UUID | None:
    word, _, id = said.partition(" ")
    try:
        return UUID(id) if word == "drill" else None
    except ValueError:
        return None


def _why(content: bytes, status: int) -> str:
    try:
        return str(msgspec.json.decode(content)["detail"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return str(status)
