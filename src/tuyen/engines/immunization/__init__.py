"""The science of immunisation as pure functions: schedules, screening, sessions, adverse events."""
