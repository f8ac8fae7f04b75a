"""Tests: agenda."""
