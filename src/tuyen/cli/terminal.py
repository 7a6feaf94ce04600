"""Speaking to an operator, in the operator's language: sentences, errors, bars for what takes long.

The language is that of the terminal (``LC_ALL``, ``LC_MESSAGES``, ``LANG``), or ``TUYEN_LANGUAGE``:
``vi``, ``en`` or ``zh``. What programs read (JSON, CSV, codes, options) is the same in all of them.
"""

import gettext as catalogues
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tuyen.kernel.refusal import Refusal

DONE, FINDINGS, WRONG = 0, 1, 2
"""Exit codes: done; findings or refusals; wrong usage or unreadable input."""

_LOCALE = Path(__file__).resolve().parent.parent / "locale"
_FOLDERS = {"vi": "vi", "zh": "zh_Hans"}


def language() -> str:
    """The operator's language: ``vi``, ``en`` or ``zh``; English for any other."""
    for name in ("TUYEN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if wanted := os.environ.get(name):
            short = wanted.replace("-", "_").partition("_")[0].lower()
            return short if short in _FOLDERS else "en"
    return "en"


def gettext(text: str) -> str:
    """``text`` in the operator's language, without waking Django up; itself where it has none."""
    return _catalogue(language()).gettext(text) if text else ""


@cache
def _catalogue(short: str) -> catalogues.NullTranslations:
    folders = [_FOLDERS[short]] if short in _FOLDERS else []
    return catalogues.translation("django", _LOCALE, folders, fallback=True)


def filled(text: str, values: dict[str, Any]) -> str:
    """A sentence in the operator's language, with its values; as it stands where it has none."""
    spoken = gettext(text)
    return spoken.format(**values) if values else spoken


def say(text: str = "", **values: Any) -> None:
    """One line on standard output: a sentence of the catalogue, or anything else as it is."""
    print(filled(text, values), flush=True)


def complain(error: Refusal | str, **values: Any) -> None:
    """One sentence on standard error, with the code that programs rely on."""
    if isinstance(error, Refusal):
        spoken = f"{error.spoken(gettext)} [{error.code}]"
    else:
        spoken = filled(error, values)
    print(f"tuyen: {spoken}", file=sys.stderr, flush=True)


def bar(label: str, total: int | None = None) -> Callable[[int], None]:
    """A progress bar on standard error; call the result with how far it is. Where nobody looks (a
    file, a pipe) nothing is written."""
    spoken, seen, shown = gettext(label), sys.stderr.isatty(), [""]

    def move(done: int) -> None:
        if not seen:
            return
        ended = total is not None and done >= total
        line = "" if ended else _drawn(spoken, done, total)
        if line != shown[0]:
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
            shown[0] = line

    return move


def _drawn(label: str, done: int, total: int | None) -> str:
    """A line such as "People  ██████░░░░  60 %"; without a total only how many."""
    if not total:
        return f"{label}  {done}"
    filled_in = 30 * done // total
    return f"{label}  {'█' * filled_in}{'░' * (30 - filled_in)}  {100 * done // total} %"
