"""Views of the codecs view: pages, plot."""
