"""The claims room as Django knows it."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    name = "tuyen.apps.claims"
    label = "claims"

    def ready(self) -> None:
        from tuyen.apps.claims import services, tasks  # noqa: F401  # they register themselves
