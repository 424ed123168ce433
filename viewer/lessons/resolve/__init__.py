"""State and facts of a lesson → its scene; no Qt."""
