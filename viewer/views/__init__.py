"""The window's views: each draws frozen scene records and states intents through signals."""
