"""PostgreSQL with a wall: see :mod:`tuyen.apps.access.walls`."""
