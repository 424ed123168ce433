"""The animation, painted, with its controls."""
