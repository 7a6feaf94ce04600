"""Why an operation on duty, leave, the surge roster or allowances is refused."""

from tuyen.kernel.refusal import N_, Refusal


class NotOfUnit(Refusal):
    code = "workforce.not-of-unit"
    message = N_(
        "{name} holds no post at {unit} on {on}; choose somebody who works there that day."
    )


class OutOfMonth(Refusal):
    code = "workforce.out-of-month"
    message = N_("{on} is not in {month}; a roster is of one month, named by its first day.")


class TwiceOnDay(Refusal):
    code = "workforce.twice-on-day"
    message = N_("{name} has another shift on {on}; one a day.")


class AwayThen(Refusal):
    code = "workforce.away-then"
    message = N_("{name} is away on {on} ({why}); choose somebody else.")


class RestBroken(Refusal):
    code = "workforce.rest-broken"
    message = N_(
        "{name}, {on}: {rule} is not kept ({n} such in all); change it, or say why it must be."
    )


class UnknownRoster(Refusal):
    code = "workforce.unknown-roster"
    message = N_(
        "There is no roster that waits to come into force here ({roster}); load the page again."
    )


class UnknownShift(Refusal):
    code = "workforce.unknown-shift"
    message = N_("There is no such shift in force ({shift}); load the roster again.")


class MonthClosed(Refusal):
    code = "workforce.month-closed"
    message = N_("The allowances of {month} are closed at {unit}; open that sheet again first.")


class NotYourShift(Refusal):
    code = "workforce.not-your-shift"
    message = N_("Only whoever has the shift offers it; ask whoever plans the roster.")


class SwapWithSelf(Refusal):
    code = "workforce.swap-with-self"
    message = N_("A swap is with somebody else; choose a colleague.")


class SwapPast(Refusal):
    code = "workforce.swap-past"
    message = N_("The shift of {on} is over; it stays with whoever had it.")


class SwapSettled(Refusal):
    code = "workforce.swap-settled"
    message = N_("There is no such swap that waits for you ({swap}).")


class LeaveMeets(Refusal):
    code = "workforce.leave-meets"
    message = N_(
        "{name} is away from {since} to before {until} already; withdraw that, or choose other days."
    )


class LeaveTooLong(Refusal):
    code = "workforce.leave-too-long"
    message = N_("{days} days at once; at most {most} are written down together.")


class LeaveUsedUp(Refusal):
    code = "workforce.leave-used-up"
    message = N_("{name} has {left} days of yearly leave left in {year}, and asks for {days}.")


class LeaveSettled(Refusal):
    code = "workforce.leave-settled"
    message = N_(
        "There is no such leave that waits ({leave}); somebody answered it or it was withdrawn."
    )


class OwnLeave(Refusal):
    code = "workforce.own-leave"
    message = N_("Nobody answers their own leave; somebody else who plans the roster does.")


class NotReady(Refusal):
    code = "workforce.not-ready"
    message = N_("{name} is not on the surge roster, or has not agreed; ask first.")


class SkillMissing(Refusal):
    code = "workforce.skill-missing"
    message = N_("Say what somebody who can be drawn is able to do; choose one skill at least.")


class DrawnAlready(Refusal):
    code = "workforce.drawn-already"
    message = N_(
        "{name} is drawn from {since} to before {until} already; release them there first."
    )


class DrawSettled(Refusal):
    code = "workforce.draw-settled"
    message = N_("There is no such draw that lasts ({draw}); it ended or somebody released them.")


class NoTariff(Refusal):
    code = "workforce.no-tariff"
    message = N_("No tariff is entered for {month}; allowances are worked out from {since} on.")


class MonthGoesOn(Refusal):
    code = "workforce.month-goes-on"
    message = N_("{month} has not ended; its sheet is prepared when all its days have been worked.")


class SheetMoved(Refusal):
    code = "workforce.sheet-moved"
    message = N_("The sheet comes to {now} now, not to {seen}; look at it again.")


class SheetStands(Refusal):
    code = "workforce.sheet-stands"
    message = N_("A closed sheet of {month} stands; open it again before another is prepared.")


class UnknownSheet(Refusal):
    code = "workforce.unknown-sheet"
    message = N_("There is no such sheet in this state ({sheet}); load the page again.")


class OneHand(Refusal):
    code = "workforce.one-hand"
    message = N_("Whoever prepared a sheet does not close it; somebody else does.")


class NoVillage(Refusal):
    code = "workforce.no-village"
    message = N_("{unit} is no village on {on}; households are those of a village.")
