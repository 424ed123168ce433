"""The panel that explains one patch."""
