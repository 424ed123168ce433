"""The report folder: page, pictures, maps, numbers."""
