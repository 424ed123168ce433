"""Playback: filmstrip, scrubber, clocks."""
