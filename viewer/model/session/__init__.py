"""What is chosen: state and its transitions."""
