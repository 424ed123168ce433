"""Scores: fidelity, settling of patches, Bjøntegaard's deltas."""
