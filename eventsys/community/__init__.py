"""The themes and sectors that events and people belong to."""
