"""Panes: linked pictures, view modes, slots."""
