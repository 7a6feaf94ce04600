from datetime import date, timedelta

from tuyen.engines.clinical.contraception import Step, in_use, users

DAY = date(2026, 1, 5)


def after(days):
    return DAY + timedelta(days=days)


def test_supply_carries_a_use_on():
    steps = [Step(after(26), "supply", "pill", 28), Step(DAY, "start", "pill", 28)]

    assert in_use(steps, after(10)).until == after(28)
    assert in_use(steps, after(30)) == ("pill", DAY, after(54))


def test_a_change_of_method_ends_the_first():
    steps = [
        Step(DAY, "start", "pill", 28),
        Step(after(5), "start", "iud", 3650),
        Step(after(5), "stop", "pill", None),
    ]

    assert in_use(steps, after(6)).method == "iud"


def test_a_stop_ends_all():
    steps = [Step(DAY, "start", "implant", 1095), Step(after(30), "stop", "implant", None)]

    assert in_use(steps, after(29)) is not None
    assert in_use(steps, after(30)) is None


def test_a_look_after_is_no_start():
    assert in_use([Step(DAY, "follow-up", "iud", None)], after(1)) is None


def test_lapsed_users_are_counted_no_more():
    people = {1: [Step(DAY, "start", "pill", 28)], 2: [Step(DAY, "start", "tubal", None)]}

    assert users(people, after(57), 30) == {"pill": 1, "tubal": 1}
    assert users(people, after(58), 30) == {"tubal": 1}
