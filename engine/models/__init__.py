"""Trained models: cards, weights, records of their training."""
