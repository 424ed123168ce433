"""Bundled decoders' networks for other runtimes."""
