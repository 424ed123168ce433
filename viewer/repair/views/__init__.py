"""Views of the Repair page: list, before and after, how files are saved."""
