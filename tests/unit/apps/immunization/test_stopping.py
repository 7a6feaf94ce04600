"""A lot that one room stops or lets go: what the other does, by whose right."""

from datetime import date

import pytest

from tests.unit.apps.immunization.holding import LOT, TODAY, later
from tests.unit.apps.immunization.test_aefi import report
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.access.queries import actor
from tuyen.apps.immunization.models import LotHold
from tuyen.apps.immunization.operations import LiftSuspension, SuspendLot
from tuyen.apps.journal.services import commit
from tuyen.apps.supply.models import Lot
from tuyen.apps.supply.operations import LiftSuspension as LiftInStock
from tuyen.apps.supply.operations import ReceiveLot
from tuyen.apps.supply.operations import SuspendLot as StopInStock
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation

HERE = {"vaccine": "MR", "lot": LOT}


@pytest.fixture
def signed(world):
    """``signed(role, payload)``: somebody of the province with that post sends it."""
    world.good(ReceiveLot(item="mr-10", number=LOT, expires_on=date(2027, 6, 30), vials=5),
               unit=world.station)  # fmt: skip

    def send(role, payload):
        login = f"u{uuid7().hex[-10:]}"
        (user,) = world.good(OpenAccount(login=login, name="Người thử"), unit=NODE)
        (post,) = world.good(CreatePost(role=role, since=date(2020, 1, 1)), unit=world.station)
        world.good(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=world.station)
        by = actor(User.objects.get(pk=user), on=TODAY, channel="web")
        operation = Operation.of(
            payload, unit=world.station, happened_on=TODAY, recorded_at=later(200)
        )
        (receipt,) = commit(by=by, operations=[operation], at=later(200))
        assert receipt.ok, receipt.refusal

    return send


def in_stock():
    return Lot.objects.get().suspended_on is not None


def at_the_desk():
    return LotHold.objects.filter(lifted_at=None).exists()


CDC, CENTRE, HEAD = "cdc-epidemiologist", "health-centre-supervisor", "station-head"


def test_what_only_followed_is_lifted_with_the_other(world, signed):
    signed(HEAD, SuspendLot(**HERE, reason="nghi ngờ"))
    assert in_stock()
    signed(CDC, LiftSuspension(**HERE, reason="an toàn"))
    assert not in_stock()

    signed(HEAD, StopInStock(lot=Lot.objects.get().pk, reason="thu hồi"))
    assert at_the_desk()
    signed(CENTRE, LiftInStock(lot=Lot.objects.get().pk, reason="an toàn"))
    assert not at_the_desk()


def test_an_events_suspension_is_not_lifted_by_who_only_decides_about_stock(world, signed):
    report(world, world.child(), severity=("hospital",))
    assert (in_stock(), at_the_desk()) == (True, True)

    signed(CENTRE, LiftInStock(lot=Lot.objects.get().pk, reason="kho nguyên vẹn"))
    assert (in_stock(), at_the_desk()) == (False, True)


@pytest.mark.parametrize(("where", "role"), [("stock", CDC), ("desk", CDC)])
def test_who_may_lift_in_both_lifts_in_both(world, signed, where, role):
    if where == "stock":
        report(world, world.child(), severity=("hospital",))
        signed(role, LiftInStock(lot=Lot.objects.get().pk, reason="hội đồng kết luận"))
    else:
        signed(HEAD, StopInStock(lot=Lot.objects.get().pk, reason="thu hồi"))
        signed(role, LiftSuspension(**HERE, reason="hội đồng kết luận"))

    assert (in_stock(), at_the_desk()) == (False, False)
