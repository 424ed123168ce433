"""The window: shows what the engine does, and computes nothing that the engine could."""
