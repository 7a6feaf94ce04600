from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "tuyen.apps.journal"
    label = "journal"

    def ready(self) -> None:
        from tuyen.apps.journal import lookups, services  # noqa: F401  # they register themselves
