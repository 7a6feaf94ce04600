"""Answers kept for as long as neither a case nor the map was changed.

What the board counts from thousands of rows is the same for everybody of the same units until the
next operation that touches surveillance or the map. The journal says which one that was, in the
store itself, so an answer is never older than the last commit of any process.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

from tuyen.apps.journal import queries as journal
from tuyen.apps.journal import store

Answer = TypeVar("Answer")

MOST = 64
"""Answers of one state of a store; the longest unused goes first."""


class _State:
    """The answers of one state of a store: the map, and the last operation on surveillance."""

    def __init__(self, map_: Any, revision: UUID | None) -> None:
        self.map, self.revision = map_, revision
        self.answers: OrderedDict[Hashable, Any] = OrderedDict()


_states: dict[tuple[str, str], _State] = {}  # by store and room
_lock = Lock()


def answer(
    map_: Any, question: Hashable, work: Callable[[], Answer], *, room: str = "surveillance"
) -> Answer:
    """The answer to a question on a map: one query when it was asked before.

    ``question`` names all that the answer depends on but the rows and the map: above all the scope.
    ``room`` is whose operations make it old. Answers are shared, so nobody may change one. Within a transaction nothing is kept: what it
    sees may yet be undone.
    """
    if store.connection().in_atomic_block:
        return work()
    # Read before the rows are: an answer can be newer than its mark, never older.
    alias, revision = (store.alias(), room), journal.revision(room)
    with _lock:
        state = _states.get(alias)
        if state is None or state.map is not map_ or state.revision != revision:
            state = _states[alias] = _State(map_, revision)
        if question in state.answers:
            state.answers.move_to_end(question)
            return state.answers[question]
    found = work()
    with _lock:
        state.answers[question] = found
        while len(state.answers) > MOST:
            state.answers.popitem(last=False)
    return found
