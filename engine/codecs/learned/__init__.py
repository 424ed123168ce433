"""Learned codecs, E2E and GOOG: networks, entropy coding, container."""
