"""Models of one's own, opened from the window and remembered."""
