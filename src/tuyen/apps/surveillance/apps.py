from django.apps import AppConfig


class SurveillanceConfig(AppConfig):
    name = "tuyen.apps.surveillance"
    label = "surveillance"

    def ready(self) -> None:
        # Services and reactions register themselves with the journal when they are imported, the
        # sources of signals with the inbox.
        from tuyen.apps.journal import queries as journal
        from tuyen.apps.surveillance import discreet, services, sources, tasks  # noqa: F401
        from tuyen.apps.surveillance.drills import clockwork  # noqa: F401
        from tuyen.apps.surveillance.shelves import offer_shelves

        offer_shelves()
        journal.set_diseases(discreet.diseases_now)
