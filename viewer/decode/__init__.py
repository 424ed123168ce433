"""The decode run: jobs, menus of codecs and decoders, past runs."""
