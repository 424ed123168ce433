"""What is drawn for the back row beside the pictures."""
