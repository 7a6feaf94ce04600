from django.apps import AppConfig


class ImmunizationConfig(AppConfig):
    name = "tuyen.apps.immunization"
    label = "immunization"

    def ready(self) -> None:
        # Services and reactions register themselves with the journal when they are imported.
        from tuyen.apps.immunization import (  # noqa: F401
            births,
            book_lines,
            schedule_tasks,
            services,
            signals,
            stopping,
            tasks,
        )
        from tuyen.apps.immunization.shelves import offer_shelves

        offer_shelves()
