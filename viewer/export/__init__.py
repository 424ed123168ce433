"""Export: pictures, animations, reports."""
