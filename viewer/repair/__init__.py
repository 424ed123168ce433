"""Repair: files that people have made better and saved anew, many at once."""
