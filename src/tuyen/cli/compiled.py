"""Where compiled kernels are kept: with the installation's data, never in the program's folder."""

import os
from pathlib import Path


def keep_compiled() -> None:
    """Let numba keep what it compiles in TUYEN_HOME; call this before a kernel is imported.

    A folder that cannot be written is passed over: the kernel is then compiled in every process.
    """
    home = Path(os.environ.get("TUYEN_HOME") or Path.home() / ".local/share/tuyen")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(home / "cache" / "numba"))
