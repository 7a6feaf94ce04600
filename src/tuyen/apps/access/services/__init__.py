"""What changes accounts, credentials and the log of readings; accounts and posts by the journal."""

from tuyen.apps.access.services import (  # services register themselves
    emergencies,  # noqa: F401
    exports,  # noqa: F401
    factors,  # noqa: F401
)
from tuyen.apps.access.services.accounts import (
    AlreadyBegun,
    AlreadyEnded,
    AlreadyHeld,
    EndsBeforeItBegins,
    LoginTaken,
    Missing,
    UnknownRole,
)
from tuyen.apps.access.services.credentials import (
    INVITATION_DAYS,
    TokenRefused,
    WeakPassword,
    accept_invitation,
    check_new_password,
    check_password,
    invitation,
    invite,
    issue_key,
    lifetime,
    revoke_keys,
    set_hashes,
    set_password,
)
from tuyen.apps.access.services.preferences import forget_view, look, save_view
from tuyen.apps.access.services.readings import (
    TooMuchRead,
    allow_bulk,
    record_readings,
    record_search,
)

__all__ = [
    "INVITATION_DAYS",
    "AlreadyBegun",
    "AlreadyEnded",
    "AlreadyHeld",
    "EndsBeforeItBegins",
    "LoginTaken",
    "Missing",
    "TokenRefused",
    "TooMuchRead",
    "UnknownRole",
    "WeakPassword",
    "accept_invitation",
    "allow_bulk",
    "check_new_password",
    "check_password",
    "forget_view",
    "invitation",
    "invite",
    "issue_key",
    "lifetime",
    "look",
    "record_readings",
    "record_search",
    "revoke_keys",
    "save_view",
    "set_hashes",
    "set_password",
]
