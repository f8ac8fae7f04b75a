"""The demo community, brought in through the same doors as everyone."""
