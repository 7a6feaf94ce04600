"""The WSGI callable that any server runs."""

import os
from threading import Timer

from django.core.wsgi import get_wsgi_application

from tuyen.cli.compiled import keep_compiled

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuyen.project.settings")

application = get_wsgi_application()

AFTER_FIRST_REQUESTS = 10.0  # seconds: who waits for the server's first page comes first


def _warm_up() -> None:
    """Load the compiled detectors beside the work: no report waits for a compiler."""
    keep_compiled()
    from tuyen.apps.surveillance.tasks import warm_up

    warm_up()


_waiting = Timer(AFTER_FIRST_REQUESTS, _warm_up)
_waiting.daemon = True
_waiting.start()
