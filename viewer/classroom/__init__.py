"""The class playlist: pictures, sessions and lessons of one lecture in their order, in one file."""
