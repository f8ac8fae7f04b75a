"""What registered people are told, and when."""
