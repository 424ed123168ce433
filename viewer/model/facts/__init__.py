"""What is known: records of results."""
