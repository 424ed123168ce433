"""Views of the patch panel."""
