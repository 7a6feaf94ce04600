from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class AccessConfig(AppConfig):
    name = "tuyen.apps.access"
    label = "access"

    def ready(self) -> None:
        from django.contrib.auth.models import update_last_login
        from django.contrib.auth.signals import user_logged_in

        from tuyen.apps.access import (
            devices,  # noqa: F401  # services register themselves
            guard,
            moving,  # noqa: F401
            row_policies,
            services,  # noqa: F401
            walls,
        )

        def lock(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
            if connection.alias in connections:  # not PostgreSQL's connection to no database
                guard.install(connection.alias)

        def as_owner(sender: object, **kwargs: object) -> None:
            walls.trust_process(walls.Level.OWNER)  # a migration changes tables

        def wall(sender: object, using: str, **kwargs: object) -> None:
            if connections[using].vendor == "postgresql":
                row_policies.build(connections[using], settings.DATABASE_LOGIN)

        pre_migrate.connect(as_owner, sender=self, weak=False, dispatch_uid="tuyen-owner")
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(wall, sender=last, weak=False, dispatch_uid="tuyen-walls")
        connection_created.connect(lock, weak=False, dispatch_uid="tuyen-write-lock")
        # Sign-ins are kept by the session and the throttle; the user's row belongs to the journal.
        user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")
