from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "tuyen.apps.workforce"
    label = "workforce"

    def ready(self) -> None:
        # Services register themselves with the journal when they are imported.
        from tuyen.apps.workforce import services  # noqa: F401
