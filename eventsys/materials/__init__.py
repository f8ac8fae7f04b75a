"""Slides, recordings and files that stay."""
