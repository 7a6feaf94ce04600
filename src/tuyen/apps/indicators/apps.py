from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "tuyen.apps.indicators"
    label = "indicators"

    def ready(self) -> None:
        from tuyen.apps.indicators import services  # noqa: F401  # services register themselves
