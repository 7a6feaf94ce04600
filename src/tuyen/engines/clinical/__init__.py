"""The science of the record: values that call for action, growth, pregnancy, inheritance, programmes. Pure functions."""

from tuyen.engines.clinical.critical import Critical, Limit, critical
from tuyen.engines.clinical.pressures import Pair, pairs, swapped

__all__ = ["Critical", "Limit", "Pair", "critical", "pairs", "swapped"]
