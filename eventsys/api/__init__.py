"""JSON over the queries and actions below."""
