"""The tablet's protocol as pure functions: terms, signed texts, and the tablet's own state machine."""
