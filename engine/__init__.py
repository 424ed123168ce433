"""Codecs, recurrent decoders, their training and their scores. Never imports Qt or `viewer`."""

__version__ = "0.1.0"
