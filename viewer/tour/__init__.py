"""The first minute: a handful of hints that point at the real controls. Shown once, and from Help."""
