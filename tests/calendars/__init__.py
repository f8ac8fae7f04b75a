"""Tests: calendars."""
