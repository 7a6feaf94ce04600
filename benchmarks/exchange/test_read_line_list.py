"""How long a large line list takes from bytes to typed records, beside the bare readers.

The peers are Python's own ``csv`` and ``calamine`` alone: they only make cells, so they are the
limit that reading, mapping, parsing and checking cannot go below.
"""

import csv
import io
from datetime import date, timedelta

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from tuyen.engines.exchange.columns import propose
from tuyen.engines.exchange.errors_file import write_errors
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.reading import parse_table
from tuyen.engines.exchange.tabular import read_table
from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx
from tuyen.rules.loader import load

ROWS = 20_000
TODAY = date(2026, 10, 15)
HEADER = [
    "STT", "Họ và tên", "CCCD", "Ngày sinh", "Tuổi", "Giới tính", "Dân tộc", "Nghề nghiệp",
    "Điện thoại", "Mã xã", "Xã", "Thôn bản", "Bệnh", "Mã ICD-10", "Phân loại", "Ngày khởi phát",
    "Ngày chẩn đoán", "Ngày báo cáo", "Lấy mẫu", "Loại xét nghiệm", "Kết quả xét nghiệm",
    "Nội trú/ngoại trú", "Tình trạng", "Số mũi đã tiêm", "Đơn vị báo cáo",
]  # fmt: skip


def line_list() -> list[list[str | int]]:
    """20,000 records of 25 columns; one in a hundred has a date that cannot be."""
    rng = np.random.default_rng(20260701)

    def pick(words: str) -> list[str]:
        return list(rng.choice(words.split("|"), ROWS))

    born = [date(1950, 1, 1) + timedelta(int(days)) for days in rng.integers(0, 27_000, ROWS)]
    onset = [date(2026, 1, 1) + timedelta(int(days)) for days in rng.integers(0, 250, ROWS)]
    names = [
        f"{family} {middle} {given} {n % 997}"
        for n, (family, middle, given) in enumerate(
            zip(
                pick("Lò|Quàng|Nguyễn|Giàng|Vừ"),
                pick("Văn|Thị|A|Minh"),
                pick("Hoà|Pó|Lan|Sùng"),
                strict=True,
            )
        )
    ]
    bad = rng.random(ROWS) < 0.01
    columns = [
        list(range(1, ROWS + 1)), names, [f"0110{n:08d}" for n in range(ROWS)],
        [day.strftime("%d/%m/%Y") for day in born], [f"{2026 - day.year} tuổi" for day in born],
        pick("Nam|Nữ"), pick("Thái|Mông|Kinh|Khơ Mú"), pick("Làm ruộng|Học sinh|Trẻ nhỏ"),
        [f"09{n:08d}" for n in rng.integers(0, 10**8, ROWS)], pick("03127|03166|03325"),
        pick("Mường Phăng|Nà Tấu|Thanh Nưa"), [f"Bản {n}" for n in rng.integers(1, 300, ROWS)],
        pick("Sởi|Sốt xuất huyết|Tay chân miệng"), pick("B05|A97|B08.4"), pick("Nghi ngờ|Xác định"),
        ["31/02/2026" if wrong else day.strftime("%d/%m/%Y") for day, wrong in zip(onset, bad, strict=True)],
        [(day + timedelta(1)).strftime("%d/%m/%Y") for day in onset],
        [(day + timedelta(2)).strftime("%d/%m/%Y") for day in onset],
        pick("Có|Không"), pick("PCR|Test nhanh"), pick("Dương tính|Âm tính"),
        pick("Nội trú|Ngoại trú"), pick("Ra viện|Đang điều trị"), [int(n) for n in rng.integers(0, 4, ROWS)],
        pick("Trạm y tế Mường Phăng|Trạm y tế Nà Tấu"),
    ]  # fmt: skip
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.fixture(scope="module")
def fields() -> Fields:
    return Fields.of(load("exchange/case_line_list"))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    rows = line_list()
    return {
        "csv": write_csv(HEADER, rows),
        "xlsx": write_xlsx([SheetOut("Ca bệnh", HEADER, rows)]),
    }


def everything(data: bytes, fields: Fields) -> int:
    table = read_table(data, "cases", vocabulary=fields.vocabulary)
    reading = parse_table(table, propose(table, fields), fields, today=TODAY)
    return sum(1 for _ in reading.records())


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_read_map_and_parse(benchmark, files, fields, kind):
    good = benchmark(everything, files[kind], fields)

    assert 0.98 * ROWS < good < ROWS


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_read_only(benchmark, files, fields, kind):
    table = benchmark(read_table, files[kind], "cases", vocabulary=fields.vocabulary)

    assert len(table) == ROWS


def test_peer_csv_module(benchmark, files):
    def peer() -> int:
        text = io.StringIO(files["csv"].decode("utf-8-sig"), newline="")
        return len(list(csv.reader(text)))

    assert benchmark(peer) == ROWS + 1


def test_peer_calamine(benchmark, files):
    def peer() -> int:
        book = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"]))
        return len(book.get_sheet_by_index(0).to_python())

    assert benchmark(peer) == ROWS + 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_write_errors(benchmark, files, fields, form):
    table = read_table(files["csv"], "cases", vocabulary=fields.vocabulary)
    reading = parse_table(table, propose(table, fields), fields, today=TODAY)

    data = benchmark(write_errors, table, reading.findings, form=form)

    assert len(data) > 10_000
