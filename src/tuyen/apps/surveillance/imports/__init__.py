"""Lists from files: planned and shown first, committed only when somebody says so."""

from tuyen.apps.surveillance.imports import signals
from tuyen.apps.surveillance.imports.plan import Choices, ImportPlan, fields, plan
from tuyen.apps.surveillance.imports.run import ImportResult, run

__all__ = ["Choices", "ImportPlan", "ImportResult", "fields", "plan", "run", "signals"]
