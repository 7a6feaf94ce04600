from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


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
            services,  # noqa: F401
        )

        def lock(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
            if connection.alias in connections:  # not PostgreSQL's connection to no database
                guard.install(connection.alias)

        connection_created.connect(lock, weak=False, dispatch_uid="tuyen-write-lock")
        # Sign-ins are kept by the session and the throttle; the user's row belongs to the journal.
        user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")
