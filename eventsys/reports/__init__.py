"""Tables and figures taken out of the system."""
