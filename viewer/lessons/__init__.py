"""Lessons: course, panel, figures."""
