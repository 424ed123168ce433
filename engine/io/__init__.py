"""Pictures in and out of files: formats, depth, colour, atomic writing."""
