"""Why a threshold is not moved."""

from tuyen.kernel.refusal import N_, Refusal


class LevelOutOfRange(Refusal):
    code = "surveillance.level-out-of-range"
    message = N_(
        "The level {level} is outside {least} to {most}, within which a threshold may be moved."
    )


class PointUnchanged(Refusal):
    code = "surveillance.point-unchanged"
    message = N_("That is the level in use already; nothing would change.")
