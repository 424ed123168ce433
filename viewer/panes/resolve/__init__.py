"""Session and facts → panes, plots, status; no Qt."""
