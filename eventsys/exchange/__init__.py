"""Whole events and programmes, in and out."""
