"""Who signs in, in which role, and how they are invited."""
