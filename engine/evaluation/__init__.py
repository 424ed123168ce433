"""Measuring over sets of pictures and of models: rows, conditions, summaries, tables."""
