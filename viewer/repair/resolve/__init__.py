"""State and facts of the Repair page → its scene; no Qt."""
