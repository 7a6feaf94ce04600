"""What was asked for: a method and its control, from the command line and a control file."""

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tuyen.cli.detect.points import Points
from tuyen.cli.terminal import gettext as _
from tuyen.cli.tidy_counts import BadCounts
from tuyen.kernel.refusal import N_

_EARS = ("baseline", "minSigma", "alpha")
METHODS: dict[str, tuple[str, ...]] = {
    "ears-c1": _EARS,
    "ears-c2": _EARS,
    "ears-c3": _EARS,
    "law": ("b", "k", "floor"),
    "farrington-flexible": (
        "b", "w", "reweight", "weightsThreshold", "alpha", "trend", "pThresholdTrend", "limit54",
        "powertrans", "fitFun", "populationOffset", "noPeriods", "pastWeeksNotIncluded",
        "thresholdMethod", "mode",
    ),
    "cusum": ("k", "h", "m", "trans", "mode"),
    "glrnb": ("mu0", "alpha", "c.ARL", "theta", "Mtilde", "M", "change", "dir", "ret", "xMax"),
    "rki": ("b", "w", "actY"),
    "bayes": ("b", "w", "actY", "alpha"),
}  # fmt: skip
"""The controls of each method, named as in R's *surveillance*."""

#: Keys of R's lists that change no answer.
_IGNORED = {"verbose", "glmWarnings"}
_FLAGS = ("baseline", "minSigma", "alpha", "b", "k", "floor", "mode")


@dataclass(frozen=True)
class Asked:
    """A method, its control, and which points."""

    method: str
    control: dict[str, Any] = field(default_factory=dict)
    points: Points | None = None
    range_text: str = ""
    frequency: int | None = None
    reasons: bool = False

    def get(self, name: str, default: Any) -> Any:
        """A control, or its default where nothing is said."""
        value = self.control.get(name)
        return default if value is None else value


class _Rule(NamedTuple):
    """What a value must be, and the words for it."""

    good: Callable[[Any], bool]
    expected: str


def _number(low: float, high: float = sys.float_info.max) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int | float) and not isinstance(v, bool) and low <= v <= high


def _whole(low: int, high: int = 10**15) -> Callable[[Any], bool]:
    return lambda v: _number(low, high)(v) and v == math.floor(v)


def _word(*words: str) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, str) and v in words


def _two(v: Any) -> bool:
    return isinstance(v, list) and len(v) == 2 and _whole(0)(v[0]) and _whole(1)(v[1])


def _usual(v: Any) -> bool:
    """A mean in control: one, one for each point, or the shape of a wave."""
    if isinstance(v, list):
        return bool(v) and all(_number(sys.float_info.min)(one) for one in v)
    if isinstance(v, dict):
        return (
            set(v) <= {"S", "trend"} and _whole(0, 26)(v.get("S", 1))
            and isinstance(v.get("trend", False), bool)
        )  # fmt: skip
    return _number(sys.float_info.min)(v)


_SHARE = _Rule(
    _number(sys.float_info.min, 1 - sys.float_info.epsilon), N_("a number between 0 and 1")
)
_POSITIVE = _Rule(_number(sys.float_info.min), N_("a number above 0"))
_FROM_0 = _Rule(_number(0), N_("0 or more"))
_POINTS = _Rule(_whole(0, 10_000), N_("a whole number of points from 0"))
_SWITCH = _Rule(lambda v: isinstance(v, bool), N_("true or false"))
_RULES: dict[str, _Rule] = {
    "baseline": _Rule(_whole(3, 10_000), N_("a whole number of points from 3")),
    "minSigma": _FROM_0,
    "alpha": _SHARE,
    "b": _Rule(_whole(1, 100), N_("a whole number of years from 1")),
    "law b": _Rule(_whole(2, 100), N_("a whole number of years from 2")),
    "bayes b": _Rule(_whole(0, 100), N_("a whole number of years from 0")),
    "rki b": _Rule(_whole(0, 100), N_("a whole number of years from 0")),
    "k": _FROM_0,
    "floor": _FROM_0,
    "w": _POINTS,
    "reweight": _SWITCH,
    "weightsThreshold": _POSITIVE,
    "trend": _SWITCH,
    "pThresholdTrend": _Rule(_number(0, 1), N_("a number from 0 to 1")),
    "limit54": _Rule(_two, N_("two whole numbers: cases, and periods from 1")),
    "powertrans": _Rule(_word("2/3", "1/2", "none"), '"2/3", "1/2", "none"'),
    "fitFun": _Rule(_word("algo.farrington.fitGLM.flexible"), "algo.farrington.fitGLM.flexible"),
    "populationOffset": _SWITCH,
    "noPeriods": _Rule(_whole(1, 10_000), N_("a whole number from 1")),
    "pastWeeksNotIncluded": _POINTS,
    "thresholdMethod": _Rule(_word("delta", "nbPlugin", "muan"), '"delta", "nbPlugin", "muan"'),
    "mode": _Rule(_word("corrected", "r_compat"), '"corrected", "r_compat"'),
    "h": _POSITIVE,
    "m": _Rule(lambda v: v == "glm" or _POSITIVE.good(v), N_('null, "glm" or a number above 0')),
    "trans": _Rule(_word("rossi", "standard"), '"rossi", "standard"'),
    "mu0": _Rule(_usual, N_('a number above 0, one for each point, or {"S": 1, "trend": false}')),
    "glrnb alpha": _Rule(lambda v: v is None or _FROM_0.good(v), N_("0 or more, or null")),
    "c.ARL": _POSITIVE,
    "theta": _POSITIVE,
    "Mtilde": _Rule(_whole(1, 10_000), N_("a whole number from 1")),
    "M": _Rule(_whole(-1, 10_000), N_("a whole number of points, or -1 for all")),
    "change": _Rule(_word("intercept", "epi"), '"intercept", "epi"'),
    "dir": _Rule(_word("inc", "dec"), '"inc", "dec"'),
    "ret": _Rule(_word("value", "cases"), '"value", "cases"'),
    "xMax": _Rule(_whole(1, 10**7), N_("a whole number from 1")),
    "actY": _SWITCH,
}


def asked(args: argparse.Namespace) -> Asked:
    """Put the control file and the command line together; the command line wins.

    Raises
    ------
    BadCounts
        For a control that the method does not have, or a value out of its range.
    """
    control: dict[str, Any] = {}
    points = None
    text = args.range or ""
    if args.config:
        control, points = _from_file(args.config, args.method)
        text = text or "control"
    for name in _FLAGS:
        given = getattr(args, name)
        if given is None:
            continue
        if name not in METHODS[args.method]:
            options = ", ".join(f"--{one}" for one in METHODS[args.method] if one in _FLAGS)
            raise BadCounts(
                N_("--{name} does not belong to --method {method}; it has {options}"),
                name=name, method=args.method, options=options or "--config",
            )  # fmt: skip
        rule = _rule(args.method, name)
        if not rule.good(given):
            raise BadCounts(
                N_("--{name} is {given}; expected {expected}"),
                name=name, given=given, expected=_(rule.expected),
            )  # fmt: skip
        control[name] = given
    for out in (args.out, args.plot):
        if out is not None and out.resolve() == args.file.resolve():
            raise BadCounts(N_("--out is the input {path}; name another file"), path=args.file)
    if args.plot is not None and args.plot.resolve() == args.out.resolve():
        raise BadCounts(N_("--plot is --out {path}; name another file"), path=args.out)
    named = Points.parse(args.range)
    return Asked(
        args.method, control, named or points, text if named or points else "", args.frequency,
        args.reasons,
    )  # fmt: skip


def _rule(method: str, name: str) -> _Rule:
    return _RULES.get(f"{method} {name}") or _RULES[name]


def _from_file(place: str, method: str) -> tuple[dict[str, Any], Points | None]:
    path, given = _read(place)
    control: dict[str, Any] = {}
    points = None
    for name, value in given.items():
        if name in _IGNORED or (value is None and name in (*METHODS[method], "range")):
            if (method, name) == ("glrnb", "alpha"):  # as in R: learn it from the counts
                control[name] = None
            continue
        if name == "range":
            points = _points(path, value)
            continue
        if name not in METHODS[method]:
            raise BadCounts(
                N_("{path}: {name!r} is not a control of {method}; it has {controls}"),
                path=path, name=name, method=method, controls=", ".join(METHODS[method]),
            )  # fmt: skip
        rule = _rule(method, name)
        if not rule.good(value):
            raise BadCounts(
                N_("{path}: {name} is {given}; expected {expected}"),
                path=path, name=name, given=json.dumps(value, ensure_ascii=False),
                expected=_(rule.expected),
            )  # fmt: skip
        control[name] = value
    return control, points


def _read(place: str) -> tuple[str, dict[str, Any]]:
    path, name = place, ""
    if "#" in place and not Path(place).exists():
        path, _hash, name = place.rpartition("#")
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadCounts(
            N_("{path} cannot be read: {why}; check its name"), path=path, why=error.strerror
        ) from error
    except ValueError as error:
        raise BadCounts(
            N_("{path} is not JSON: {why}; expected a control list"), path=path, why=error
        ) from error
    controls = {one for names in METHODS.values() for one in names}
    several = isinstance(content, dict) and content and all(
        isinstance(one, dict) and key not in controls for key, one in content.items()
    )  # fmt: skip
    if several and name in content:
        return place, content[name]
    if several:
        raise BadCounts(
            N_("{path} holds several controls ({names}); name one, as in {path}#{first}"),
            path=path, names=", ".join(content), first=next(iter(content)),
        )  # fmt: skip
    if not isinstance(content, dict) or name:
        raise BadCounts(
            N_('{path} holds no control list; expected one such as {{"b": 5, "w": 3}}'), path=place
        )
    return path, content


def _points(path: str, value: Any) -> Points:
    many = value if isinstance(value, list) else [value]
    if not many or not all(_whole(1)(one) for one in many):
        raise BadCounts(
            N_("{path}: range is {given}; expected a list of t, such as [105, 106]"),
            path=path, given=json.dumps(value)[:60],
        )  # fmt: skip
    return Points(False, None, None, frozenset(int(one) for one in many))
