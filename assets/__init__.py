"""Bundled models, icons and figures, reached through importlib.resources."""
