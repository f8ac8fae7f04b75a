"""Tests: mailing."""
