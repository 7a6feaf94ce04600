"""Django's PostgreSQL, and on each connection what it was last told about its reader.

A role and a setting that were changed inside a transaction go back when it is rolled back. So
after a rollback, and on a new connection, nothing is known, and the next statement tells it anew.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """``wall``: for whom the connection works, None when that is not known. ``wall_told``: the
    classes of rows whose units it was told. ``wall_stands``: whether the database has walls, None
    before asking."""

    wall: object = None
    wall_told: frozenset[str] = frozenset()
    wall_stands: bool | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._forget()
        self.wall_stands = None
        return super().get_new_connection(conn_params)

    def _rollback(self) -> None:
        self._forget()
        super()._rollback()  # type: ignore[misc]

    def _commit(self) -> None:
        driver = self.connection
        if driver is not None and driver.info.transaction_status == TransactionStatus.INERROR:
            self._forget()  # a commit of a failed transaction rolls it back
        super()._commit()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        self._forget()
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _close(self) -> None:
        self._forget()
        super()._close()  # type: ignore[misc]

    def _forget(self) -> None:
        self.wall, self.wall_told = None, frozenset()
