"""What the window knows, shows and has chosen: frozen records and pure transitions; no Qt."""
