"""The WSGI callable that any server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuyen.project.settings")

application = get_wsgi_application()
