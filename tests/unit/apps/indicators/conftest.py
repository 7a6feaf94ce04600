"""Three communes of a province: two merged whole, the third split, all on 2025-07-01."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import pytest

from tuyen.apps.indicators.operations import PublishFigure
from tuyen.apps.registry.operations import CreateUnit, Gift, Opening, Reorganise, Tie
from tuyen.kernel.ids import uuid7

MERGED_ON = date(2025, 7, 1)


class Places(NamedTuple):
    province: UUID
    high: UUID  # merged whole into united
    low: UUID  # merged whole into united
    torn: UUID  # 70 % to united, 30 % to other
    united: UUID
    other: UUID


@pytest.fixture
def places(send, operate, program) -> Places:
    province = operate(CreateUnit(type="province", name="Tỉnh Thử"))
    former = [
        operate(CreateUnit(type="commune", name=name, full_name=f"Xã {name}",
                           relations=(Tie(kind="lies_in", object=province.id),)))
        for name in ("Trên", "Dưới", "Rách")
    ]  # fmt: skip
    united, other = uuid7(), uuid7()
    merger = Reorganise(
        on=MERGED_ON,
        basis="Nghị quyết thử",
        opens=tuple(
            Opening(id=id, type="commune", name=name, full_name=f"Xã {name}")
            for id, name in ((united, "Chung"), (other, "Khác"))
        ),
        gives=(
            Gift(predecessor=former[0].id, successor=united, main=True),
            Gift(predecessor=former[1].id, successor=united, main=True),
            Gift(predecessor=former[2].id, successor=united, weight=0.7, main=True),
            Gift(predecessor=former[2].id, successor=other, weight=0.3),
        ),
    )
    receipts = send(program, province, *former, operate(merger, unit=province.id))
    assert [r.refusal for r in receipts if not r.ok] == []
    return Places(province.id, *(one.id for one in former), united, other)


@pytest.fixture
def whole(send, operate, program):
    """Two communes merged whole: (one, two, united)."""
    one, two = (
        operate(CreateUnit(type="commune", name=name, full_name=f"Xã {name}"))
        for name in ("Một", "Hai")
    )
    united = uuid7()
    merger = Reorganise(
        on=MERGED_ON, basis="Nghị quyết thử",
        opens=(Opening(id=united, type="commune", name="Một Hai", full_name="Xã Một Hai"),),
        gives=(Gift(predecessor=one.id, successor=united, main=True),
               Gift(predecessor=two.id, successor=united, main=True)),
    )  # fmt: skip
    receipts = send(program, one, two, operate(merger))
    assert [r.refusal for r in receipts if not r.ok] == []
    return one.id, two.id, united


def patients(value="635950", period="2025-H1", **more):
    said = {"document": "Báo cáo 6 tháng", "measure_unit": "visits", "indicator": "patients"}
    return PublishFigure(**{**said, "value": Decimal(value), "period": period, **more})


def coverage(value="95.23", period="2023", **more):
    said = {"document": "Bài báo", "measure_unit": "percent", "indicator": "insurance-coverage"}
    return PublishFigure(**{**said, "value": Decimal(value), "period": period, **more})
