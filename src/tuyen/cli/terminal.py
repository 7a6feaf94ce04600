"""Speaking to an operator: one sentence for an error, a bar for what takes long."""

import sys
from collections.abc import Callable

from tqdm import tqdm

from tuyen.kernel.refusal import Refusal

DONE, FINDINGS, WRONG = 0, 1, 2
"""Exit codes: done; findings or refusals; wrong usage or unreadable input."""


def say(text: str = "") -> None:
    print(text, flush=True)


def complain(error: Refusal | str) -> None:
    """One sentence on standard error, with the code that programs rely on."""
    code = f" [{error.code}]" if isinstance(error, Refusal) else ""
    print(f"tuyen: {error}{code}", file=sys.stderr, flush=True)


def bar(label: str, total: int | None = None) -> Callable[[int], None]:
    """A progress bar on standard error; call the result with how far it is."""
    meter = tqdm(total=total, desc=label, unit="", file=sys.stderr, disable=None, leave=False)

    def move(done: int) -> None:
        meter.update(done - meter.n)
        if total is not None and done >= total:
            meter.close()

    return move
