from django.apps import AppConfig


class SupplyConfig(AppConfig):
    name = "tuyen.apps.supply"
    label = "supply"

    def ready(self) -> None:
        # Services and reactions register themselves with the journal when they are imported, the
        # keeper of the stock with those who ask for it.
        from tuyen.apps.supply import moving, services, tasks  # noqa: F401
        from tuyen.apps.supply.keeper import Stock
        from tuyen.apps.supply.shelves import offer_shelves
        from tuyen.kernel import stocking

        stocking.kept_by(Stock())
        offer_shelves()
