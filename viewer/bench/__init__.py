"""Measure: a folder of pictures measured in the background, as `nrc bench` does, and its results."""
