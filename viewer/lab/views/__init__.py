"""Views of the lab: they draw a given scene and state intents by signals."""
