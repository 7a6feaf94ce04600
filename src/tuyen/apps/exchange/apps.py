from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "tuyen.apps.exchange"
    label = "exchange"

    def ready(self) -> None:
        from tuyen.apps.exchange import (  # services and views register themselves
            documents,  # noqa: F401
            patients,  # noqa: F401
            services,  # noqa: F401
            shown_allergies,  # noqa: F401
            shown_care,  # noqa: F401
            shown_doses,  # noqa: F401
            shown_kin,  # noqa: F401
            shown_origin,  # noqa: F401
            shown_places,  # noqa: F401
            shown_sent,  # noqa: F401
        )
