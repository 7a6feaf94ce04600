from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "tuyen.apps.governance"
    label = "governance"

    def ready(self) -> None:
        # Services register themselves with the journal when they are imported.
        from tuyen.apps.governance import services  # noqa: F401
