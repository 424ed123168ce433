"""Frames over the steps as GIF and MP4 files."""
