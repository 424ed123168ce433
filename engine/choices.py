"""Plain choices that commands, window and engine share, known without loading anything."""

MOST_STEPS = 12
"""More steps than any model was trained for, so that people can see what happens beyond."""
MOST_STRENGTH = 1.5
"""More of the residual than the network's own, so that people can see that it is too much."""
PRECISIONS = ("auto", "single", "bf16")
"""In which sweep networks can compute."""
