"""Pages composed of several domains."""
