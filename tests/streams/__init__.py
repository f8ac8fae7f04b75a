"""The tests of streams."""
