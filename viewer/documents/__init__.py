"""Documents: opening, sessions, settings, recovery."""
