"""Pictures for the back row: full screen, large captions, a spotlight, a magnifier, a question."""
