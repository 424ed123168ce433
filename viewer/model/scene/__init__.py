"""What is shown: records given to views."""
