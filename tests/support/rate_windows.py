"""What windows of the codecs view have in common."""

CODECS_HERE = ("jpeg", "jpeg2000", "webp")
"""Those switched on."""
