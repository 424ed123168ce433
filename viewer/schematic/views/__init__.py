"""The diagram, painted."""
