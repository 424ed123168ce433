"""Views of the comparison: pages, tables."""
