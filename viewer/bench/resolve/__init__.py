"""State and facts of the Measure page → its scene; no Qt."""
