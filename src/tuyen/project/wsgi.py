"""The WSGI callable that any server runs."""

import os
from threading import Timer

from django.core.wsgi import get_wsgi_application

from tuyen.cli.compiled import PAGES, compile_beside, is_compiled, keep_compiled, wanted

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuyen.project.settings")

application = get_wsgi_application()

AFTER_FIRST_REQUESTS = 10.0  # seconds: who waits for the server's first page comes first
AT_ONCE = 1.0  # where pages wait for what is compiled


def _warm_up() -> None:
    """Load the compiled engines beside the work: no report and no page waits for a compiler."""
    keep_compiled()
    compiling = compile_beside() if wanted() else None
    from tuyen.apps.surveillance.tasks import warm_up

    if wanted():
        from tuyen.apps.network.loading import load

        load()
    warm_up()
    if compiling is not None:
        compiling.wait()


def _missing() -> bool:
    """Whether pages have to be told that engines are not ready."""
    if not wanted() or is_compiled(PAGES):
        return False
    from tuyen.apps.network.loading import begin

    begin()
    return True


_waiting = Timer(AT_ONCE if _missing() else AFTER_FIRST_REQUESTS, _warm_up)
_waiting.daemon = True
_waiting.start()
