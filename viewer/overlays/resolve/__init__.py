"""Overlay chosen and facts → maps; no Qt."""
