from django.apps import AppConfig


class ClinicalConfig(AppConfig):
    name = "tuyen.apps.clinical"
    label = "clinical"

    def ready(self) -> None:
        # Services register themselves with the journal when they are imported.
        from tuyen.apps.clinical import services  # noqa: F401
