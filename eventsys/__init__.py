"""Conferences, workshops and seminars, from the first programme to the slides that remain."""
