"""Who takes part: forms, seats, waiting list, and what a person may do."""
