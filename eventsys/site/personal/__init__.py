"""The parts of a person's own page, each with what it shows."""
