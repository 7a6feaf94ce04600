"""The law as data: dated YAML and CSV, read by one loader. No code per rule.

>>> from tuyen import rules
>>> import datetime
>>> rules.value(rules.load("surveillance/thresholds")["epidemic_sd"]["values"],
...             datetime.date(2026, 10, 1))
2
"""

from tuyen.rules.loader import BadRule, dated, folders, load, own_faults, value

__all__ = ["BadRule", "dated", "folders", "load", "own_faults", "value"]
