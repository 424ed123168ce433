"""State and facts of the comparison → its scene; no Qt."""
