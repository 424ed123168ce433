"""Two pictures without their names."""
