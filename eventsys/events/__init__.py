"""Events: what they are, whose they are, and how they become public."""
