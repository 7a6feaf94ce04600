"""How many processors a night may fill: engines answer the same for any number of threads."""

import os


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # a container may be given fewer than the machine has
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
