"""What each operation writes: the journal calls these with a run of equal kinds."""

from tuyen.apps.workforce.services import files, people, transfers

__all__ = ["files", "people", "transfers"]
