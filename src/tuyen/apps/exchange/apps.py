from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "tuyen.apps.exchange"
    label = "exchange"

    def ready(self) -> None:
        from tuyen.apps.exchange import services  # noqa: F401  # services register themselves
