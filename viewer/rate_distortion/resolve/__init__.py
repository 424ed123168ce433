"""State and facts of the codecs view → its scene; no Qt."""
