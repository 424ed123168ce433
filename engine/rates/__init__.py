"""Curves of codecs over the rate: measured, published, drawn."""
