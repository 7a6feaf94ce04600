from datetime import date
from uuid import UUID

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "tuyen.apps.registry"
    label = "registry"

    def ready(self) -> None:
        from tuyen.apps.access import policies
        from tuyen.apps.registry import queries, services  # noqa: F401  # services register themselves
        from tuyen.apps.registry.shelves import offer_shelves

        def reach(unit: UUID, line: str, on: date) -> frozenset[UUID]:
            return queries.atlas().reach(unit, line, on)

        policies.set_reach(reach)
        offer_shelves()
