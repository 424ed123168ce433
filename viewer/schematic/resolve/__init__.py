"""What the diagram shows, and where."""
