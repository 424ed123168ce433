"""Views of a lesson: panel and live figures."""
