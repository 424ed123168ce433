"""Look and small parts of the window: theme, controls, dialogs."""
