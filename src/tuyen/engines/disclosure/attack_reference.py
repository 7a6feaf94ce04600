"""Every table that fits the print, one by one: slow, obvious, and the judge of :mod:`attack`."""

from collections.abc import Iterator, Sequence

Cell = tuple[frozenset[int], int, int | None]  # unknowns summed, least, most (None: no limit)


def tables(cells: Sequence[Cell], unknowns: int, largest: int) -> Iterator[tuple[int, ...]]:
    """All counts 0...largest of each unknown that agree with every cell."""

    def fits(counts: tuple[int, ...], *, done: bool) -> bool:
        for members, least, most in cells:
            total = sum(counts[i] for i in members if i < len(counts))
            complete = done or max(members, default=-1) < len(counts)
            if (most is not None and total > most) or (complete and total < least):
                return False
        return True

    def grow(counts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(counts) == unknowns:
            if fits(counts, done=True):
                yield counts
            return
        for value in range(largest + 1):
            longer = (*counts, value)
            if fits(longer, done=False):
                yield from grow(longer)

    return grow(())


def intervals(
    cells: Sequence[Cell], unknowns: int, targets: Sequence[frozenset[int]], largest: int
) -> list[tuple[int, int]]:
    """The least and greatest sum of each target, where no unknown is above ``largest``."""
    found = [
        [sum(counts[i] for i in target) for target in targets]
        for counts in tables(cells, unknowns, largest)
    ]
    if not found:
        raise ValueError("no counts agree with the cells")
    return [(min(column), max(column)) for column in zip(*found, strict=True)]
