"""Who came through which door, when, and how it is proved."""
