"""The tests of materials."""
