from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "tuyen.apps.network"
    label = "network"

    def ready(self) -> None:
        # Services register themselves with the journal when they are imported.
        from tuyen.apps.network import services  # noqa: F401
