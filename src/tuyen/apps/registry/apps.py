from datetime import date
from uuid import UUID

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "tuyen.apps.registry"
    label = "registry"

    def ready(self) -> None:
        from django.core.signals import request_finished, request_started

        from tuyen.apps.access import policies
        from tuyen.apps.registry import (  # services register themselves
            mapstore,
            queries,
            services,  # noqa: F401
        )
        from tuyen.apps.registry.shelves import offer_shelves

        def reach(unit: UUID, line: str, on: date) -> frozenset[UUID]:
            return queries.atlas().reach(unit, line, on)

        policies.set_reach(reach)
        request_started.connect(mapstore.begin_request, dispatch_uid="registry.map.begin")
        request_finished.connect(mapstore.end_request, dispatch_uid="registry.map.end")
        offer_shelves()
