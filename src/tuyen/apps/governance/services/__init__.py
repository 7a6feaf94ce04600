"""The services of governance; importing this registers them with the journal."""

from tuyen.apps.governance.services import money, projects, use

__all__ = ["money", "projects", "use"]
