"""Recurrent decoders: one file a kind, each a generator of steps (see `engine.decoders.base`)."""
