"""The last pictures drawn: the same data in the same language are drawn once.

A picture is a function of what it is given and of the reader's language, and of nothing else: its
colours come from style sheets, who may see it was decided before. So whoever asks for the same data
may have the same picture, and after a report only the charts that it changed are drawn again.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tuyen.web.charts.ground import Outline

Args = ParamSpec("Args")

MOST_CHARACTERS = 12_000_000
LARGEST = MOST_CHARACTERS // 12  # a larger picture is not kept: it would push out many others


class Drawings:
    """Pictures by what they show, up to ``most`` characters; the longest unused goes first."""

    def __init__(self, most: int = MOST_CHARACTERS, largest: int = LARGEST) -> None:
        self.most, self.largest = most, largest
        self.characters = 0
        self._kept: OrderedDict[Hashable, SafeString] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> SafeString | None:
        with self._lock:
            picture = self._kept.get(key)
            if picture is not None:
                self._kept.move_to_end(key)
            return picture

    def keep(self, key: Hashable, picture: SafeString) -> None:
        if len(picture) > self.largest:
            return
        with self._lock:
            self.characters += len(picture) - len(self._kept.pop(key, ""))
            self._kept[key] = picture
            while self.characters > self.most:
                _, oldest = self._kept.popitem(last=False)
                self.characters -= len(oldest)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.characters = 0


drawings = Drawings()


def drawn_once(draw: Callable[Args, SafeString]) -> Callable[Args, SafeString]:
    """Keep what a function draws, by its arguments (sequences of plain values) and the language."""

    @wraps(draw)
    def kept(*args: Args.args, **kwargs: Args.kwargs) -> SafeString:
        key = (draw.__qualname__, get_language(), _still(args), *sorted(_named(kwargs)))
        picture = drawings.get(key)
        if picture is None:
            picture = draw(*args, **kwargs)
            drawings.keep(key, picture)
        return picture

    return kept


def _named(kwargs: dict[str, Any]) -> list[tuple[str, Hashable]]:
    return [(name, _still(value)) for name, value in kwargs.items()]


def _still(value: Any) -> Hashable:
    """A value that does not change any more: tuples for lists, to any depth.

    Text that is markup already is told from text that is not: it is written differently.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is SafeString:
        return ("markup", str(value))
    if isinstance(value, (tuple, list)):
        return tuple(map(_still, value))
    return value


_PLAIN = frozenset((str, int, float, bool, type(None), Outline))
