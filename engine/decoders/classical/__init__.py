"""Decoders without a trained network: baselines that stand beside those that learned."""
