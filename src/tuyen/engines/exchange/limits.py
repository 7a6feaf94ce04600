"""How much one file may ask of the machine."""

from typing import NamedTuple

from tuyen.engines.exchange.refusals import FileTooLarge


class Limits(NamedTuple):
    """Upper bounds for one file. The defaults keep reading below about 1.5 GB of memory."""

    size: int = 32 * 2**20  # bytes of the file
    rows: int = 100_000  # with data
    columns: int = 256
    cells: int = 3_000_000
    cell_length: int = 32_767  # characters; what a spreadsheet cell can hold
    sheets: int = 64
    entries: int = 1_000  # files inside the workbook
    unpacked: int = 320 * 2**20  # bytes of all of them
    ratio: int = 200  # unpacked / packed, looked at beyond 8 MB
    area: int = 8_000_000  # rows x columns of the box around all cells of a sheet
    text: int = 128 * 2**20  # characters of all cells of a sheet together


DEFAULT = Limits()


def check_size(size: int, name: str, limits: Limits = DEFAULT) -> None:
    """Refuse by size alone: a door calls this before it reads the file into memory."""
    if size > limits.size:
        raise FileTooLarge(name=name, size=size, limit=limits.size)
