"""Plain choices that commands, window and engine share, known without loading anything."""

MOST_STEPS = 12
"""More steps than any model was trained for, so that people can see what happens beyond."""
