"""The WSGI callable that any server runs."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

from tuyen.cli.compiled import keep_compiled

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuyen.project.settings")

application = get_wsgi_application()


def _warm_up() -> None:
    """Load the compiled detectors beside the first requests: no report waits for a compiler."""
    keep_compiled()
    from tuyen.apps.surveillance.tasks import warm_up

    warm_up()


Thread(target=_warm_up, name="warm-up", daemon=True).start()
